"""What sees pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from attrs import frozen
from torch import Tensor


@frozen
class ImageFeatures:
    """What an image encoder sees of B pictures.

    `pooled` [B, D] is the whole picture, `regions` [B, V, N] its N places, or None for an encoder
    that looks at none by itself.
    """

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


@runtime_checkable
class Fitted(Protocol):
    """An image encoder that has something to learn from pictures alone, before the first step."""

    resolution: int

    def fit(self, images: Iterable[Tensor]) -> None:
        """Learn from training pictures, given once, in chunks [n, 3, R, R] in [-1, 1].

        What is learnt is in its buffers, and does not depend on torch's random state.
        """
        ...


@runtime_checkable
class GivesRegions(ImageEncoder, Protocol):
    """An image encoder whose features have regions; known without loading any weights."""

    region_width: int
    """Width V of a region's vector; 0 where its settings ask for no regions."""


def region_width(encoder: object) -> int:
    """Return the width of the regions that an image encoder gives; 0 if it gives none."""
    return encoder.region_width if isinstance(encoder, GivesRegions) else 0
