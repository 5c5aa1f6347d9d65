"""The residual block that GAN-CLS has at its coarsest maps."""

from __future__ import annotations

from torch import Tensor, nn

from painterkit.nn.blocks import Norm, normalised

NARROWING = 4
"""How much narrower the inside of the block is than its ends."""


class BottleneckBlock(nn.Module):
    """Add a change of [B, C, H, W] that is computed at a quarter of the width, then rectify.

    A 1x1 convolution narrows, a 3x3 convolution keeps and another one widens, each normalised.
    The rectifier is a leaky ReLU with `slope`, 0 for a ReLU.
    """

    def __init__(self, channels: int, slope: float, norm: Norm = "batch") -> None:
        super().__init__()
        narrow = max(channels // NARROWING, 1)
        bias = norm != "batch"
        self.change = nn.Sequential(
            *normalised(nn.Conv2d(channels, narrow, 1, bias=bias), norm),
            nn.LeakyReLU(slope),
            *normalised(nn.Conv2d(narrow, narrow, 3, padding=1, bias=bias), norm),
            nn.LeakyReLU(slope),
            *normalised(nn.Conv2d(narrow, channels, 3, padding=1, bias=bias), norm),
        )
        self.activation = nn.LeakyReLU(slope)

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the same shape."""
        return self.activation(x + self.change(x))
