"""What sees pictures."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen
from torch import Tensor


@frozen
class ImageFeatures:
    """What an image encoder sees: `pooled` [B, D] and, if it has them, `regions` [B, D, N]."""

    pooled: Tensor
    regions: Tensor | None = None


class ImageEncoder(Protocol):
    """Turn pictures into vectors."""

    width: int
    """Width D of the pooled vector."""

    resolution: int
    """Height of the pictures that it is given."""

    def forward(self, images: Tensor) -> ImageFeatures:
        """See `images` [B, 3, R, R] in [-1, 1]."""
        ...
