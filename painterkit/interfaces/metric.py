"""What a metric measures on drawn pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen
from torch import Tensor

from painterkit.data.conversation import Conversation


@frozen
class Drawn:
    """A batch of drawn pictures beside their truth.

    `images` and `truth` are [B, 3, R, R] in [-1, 1]; row i was drawn from `conversations[i]`.
    """

    conversations: Sequence[Conversation]
    images: Tensor
    truth: Tensor


@frozen
class MetricResult:
    """What a metric found.

    `values` are the numbers to compare runs by; `columns` and `rows` make the table a person
    reads; `protocol` says how the numbers were made (counts, resolution, seeds, hashes).
    """

    values: Mapping[str, float]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str | float | int | None]] = ()
    protocol: Mapping[str, Any] = field(factory=dict)


class Metric(Protocol):
    """Measure drawn pictures, batch by batch, at constant memory."""

    conversations: int
    """How many held-out conversations the metric wants to see drawn."""

    def add(self, drawn: Drawn) -> None:
        """Take in one batch."""
        ...

    def result(self) -> MetricResult:
        """Return what was measured on every batch added so far."""
        ...
