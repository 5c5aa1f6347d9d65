"""What judges pictures."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen
from torch import Tensor

from painterkit.interfaces.conditioner import Condition


@frozen
class Logits:
    """What a discriminator thinks, before any sigmoid, in float32.

    `conditional` [B]: is the picture real and does it fit its condition; `unconditional` [B]: is
    it real, or None without that head.
    """

    conditional: Tensor
    unconditional: Tensor | None = None


class Discriminator(Protocol):
    """Judge pictures in two calls, so that a trunk runs once for several conditions."""

    def features(self, image: Tensor) -> Tensor:
        """Return what the trunk sees in `image` [B, 3, R, R]: [B, C, M, M]."""
        ...

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        """Judge what was seen against a condition. The discriminator says which field it reads."""
        ...
