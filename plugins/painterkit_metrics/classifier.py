"""A network that tells the classes of pictures, and what is said of it beside a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from attrs import frozen
from torch import Tensor, nn
from torch.nn import functional

ROUNDING = "uint8, rounded to the nearest"


@frozen
class Classifier:
    """A network from pixels, uint8 [B, 3, R, R], to logits [B, classes].

    `name` is what tables call it; `facts` say how its numbers are made: weights, preprocessing
    and resize.
    """

    name: str
    network: nn.Module
    classes: int
    facts: Mapping[str, Any]


def to_pixels(images: Tensor) -> Tensor:
    """Return [B, 3, R, R] in [-1, 1] as uint8, rounded as in a picture that is saved."""
    return ((images.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


class Resized(nn.Module):
    """Give a network pixels in its own size and range: (x - mean) / deviation, x from 0 to 255."""

    def __init__(self, network: nn.Module, side: int, mean: float, deviation: float) -> None:
        super().__init__()
        self.network = network
        self.side = side
        self.mean = mean
        self.deviation = deviation

    def forward(self, pixels: Tensor) -> Tensor:
        """Return logits [B, classes] of pixels, uint8 [B, 3, R, R]."""
        size = (self.side, self.side)
        images = functional.interpolate(pixels.float(), size, mode="bilinear", antialias=True)
        return self.network((images - self.mean) / self.deviation)

    def facts(self) -> dict[str, str]:
        """Return what it does, in words."""
        return {
            "pixels": ROUNDING,
            "resize": f"bilinear to {self.side} x {self.side} px, half-pixel centres, "
            "antialiased where it shrinks",
            "preprocessing": f"(x - {self.mean:g}) / {self.deviation:g}, x from 0 to 255",
        }
