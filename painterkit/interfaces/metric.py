"""What a metric measures on drawn pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen
from torch import Tensor

from painterkit.data.conversation import Conversation


@frozen
class Draws:
    """How a metric wants conversations drawn: at every turn or at the last, with how many noises.

    A painter that draws nothing but the last turn has that one as its only turn.
    """

    every_turn: bool = False
    noises: int = 1


@frozen
class Drawn:
    """A batch of drawn pictures beside their truth.

    `images` and `truth` are [B, 3, R, R] in [-1, 1]; row i was drawn from `conversations[i]`, after
    its last turn. Where a metric asks for every turn, `turns` [B, K, 3, R, R] are the pictures
    after the turns `moments` [B, K], rising (-1 is before the first turn); a conversation with
    fewer than K repeats its last one. Where it asks for n noises, each conversation comes n times,
    one after the other.
    """

    conversations: Sequence[Conversation]
    images: Tensor
    truth: Tensor
    turns: Tensor | None = None
    moments: Tensor | None = None


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

    draws: Draws
    """How it wants them drawn."""

    def add(self, drawn: Drawn) -> None:
        """Take in one batch."""
        ...

    def result(self) -> MetricResult:
        """Return what was measured on every batch added so far."""
        ...
