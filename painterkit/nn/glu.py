"""Convolution blocks with gated linear units, as in StackGAN++.

The convolution before a gated linear unit makes twice the channels: values, and gates for them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from painterkit.nn.blocks import UpConvolution, conv3x3
from painterkit.nn.spatial import JoinedConvolution


class GLU(nn.Module):
    """Multiply the first half of the channels by the sigmoid of the second.

    As `nn.GLU(dim=1)`, whose backward pass takes several times as long on a channels_last map.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return [B, C, ...] for `x` [B, 2C, ...]."""
        value, gate = x.chunk(2, dim=1)
        last = x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)
        # A sigmoid of every other few channels is slower than a copy and a sigmoid of that.
        gate = gate.contiguous(
            memory_format=torch.channels_last if last else torch.contiguous_format
        )
        return value * torch.sigmoid(gate)


def glu_up_block(channels_in: int, channels_out: int) -> nn.Sequential:
    """Make a block that doubles height and width: nearest neighbour, convolution, norm, GLU."""
    return nn.Sequential(
        UpConvolution(channels_in, 2 * channels_out), nn.BatchNorm2d(2 * channels_out), GLU()
    )


class JoinedGLUBlock(nn.Module):
    """Join a vector to every place of a map: 3x3 convolution, norm, GLU."""

    def __init__(self, channels_in: int, vector_width: int, channels_out: int) -> None:
        super().__init__()
        self.convolution = JoinedConvolution(channels_in, vector_width, 2 * channels_out)
        self.gated = nn.Sequential(nn.BatchNorm2d(2 * channels_out), GLU())

    def forward(self, features: Tensor, vector: Tensor) -> Tensor:
        """Return [B, O, H, W] for `features` [B, I, H, W] and `vector` [B, V]."""
        return self.gated(self.convolution(features, vector))


class GLUResidualBlock(nn.Module):
    """Add two convolutions' worth of change to [B, C, H, W]; nothing follows the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            conv3x3(channels, 2 * channels),
            nn.BatchNorm2d(2 * channels),
            GLU(),
            conv3x3(channels, channels),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the same shape."""
        return x + self.change(x)
