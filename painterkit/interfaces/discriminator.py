"""What judges pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from attrs import frozen
from torch import Tensor

from painterkit.interfaces.conditioner import Condition


@frozen
class Logits:
    """What a discriminator thinks, before any sigmoid, in float32.

    `conditional` [B]: is the picture real and does it fit its condition; `unconditional` [B]: is
    it real, or None without that head; `labels` [B, L]: what does it show, or None, for each value
    of each attribute in the data set's order, or for each class.
    """

    conditional: Tensor
    unconditional: Tensor | None = None
    labels: Tensor | None = None


class Discriminator(Protocol):
    """Judge pictures in two calls, so that a trunk runs once for several conditions."""

    def features(self, image: Tensor) -> Tensor:
        """Return what the trunk sees in `image` [B, 3, R, R]: [B, C, M, M]."""
        ...

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        """Judge what was seen against a condition. The discriminator says which field it reads."""
        ...


@runtime_checkable
class TellsLabels(Discriminator, Protocol):
    """A discriminator whose logits have `labels`."""

    label_counts: Sequence[int]
    """How many values each attribute has, in the data set's order; or how many classes there are,
    alone."""
