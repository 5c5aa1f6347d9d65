"""What a step is trained on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen
from torch import Tensor

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.discriminator import Logits


class Side(StrEnum):
    """Whose update a loss belongs to."""

    DISCRIMINATOR = "discriminator"
    GENERATOR = "generator"


@frozen
class Judged:
    """The three pairs of a matching-aware discriminator at one resolution.

    On the generator's side only `fake` is there. `mismatched` is None where a batch holds no two
    pictures; `mismatched_weight` [B] is 0 where the other conversation is of the same picture.
    """

    fake: Logits
    real: Logits | None = None
    mismatched: Logits | None = None
    mismatched_weight: Tensor | None = None


@frozen
class StepView:
    """What a loss may read of one update.

    `judged` and `conditions` are by resolution; a condition shared by several resolutions is the
    same object in each. `images` {R: [B, 3, R, R] in [-1, 1]} are the drawn pictures, those that
    nobody judges as well; on the discriminator's side they are cut from the graph.
    """

    side: Side
    judged: Mapping[int, Judged]
    conditions: Mapping[int, Condition]
    images: Mapping[int, Tensor] = field(factory=dict)


class Loss(Protocol):
    """Compute one term of an update."""

    sides: Collection[Side]
    """The updates that the term belongs to."""

    reads: Collection[str]
    """The parts of a StepView and of Judged that it reads, such as `judged`, `images`."""

    def __call__(self, view: StepView) -> Tensor:
        """Return a scalar, float32."""
        ...
