"""Convolution blocks of the StackGAN family."""

from __future__ import annotations

from typing import Literal

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

Norm = Literal["batch", "spectral", "none"]


def conv3x3(channels_in: int, channels_out: int) -> nn.Conv2d:
    """Make a 3x3 convolution that keeps height and width, without bias."""
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)


def up_block(channels_in: int, channels_out: int) -> nn.Sequential:
    """Make a block that doubles height and width: nearest neighbour, convolution, norm, ReLU."""
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="nearest"),
        conv3x3(channels_in, channels_out),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )


def normalised(convolution: nn.Conv2d, norm: Norm) -> list[nn.Module]:
    """Return a convolution with its normalisation, as layers in order.

    Spectral normalisation wraps the weight; batch normalisation follows the convolution.
    """
    if norm == "spectral":
        return [spectral_norm(convolution)]
    if norm == "batch":
        return [convolution, nn.BatchNorm2d(convolution.out_channels)]
    return [convolution]


def down_block(channels_in: int, channels_out: int, norm: Norm) -> nn.Sequential:
    """Make a block that halves height and width: 4x4 stride-2 convolution, norm, leaky ReLU 0.2."""
    convolution = nn.Conv2d(channels_in, channels_out, 4, stride=2, padding=1, bias=norm != "batch")
    return nn.Sequential(*normalised(convolution, norm), nn.LeakyReLU(0.2))


def leaky_block(channels_in: int, channels_out: int, norm: Norm) -> nn.Sequential:
    """Make a block that keeps height and width: 3x3 convolution, norm, leaky ReLU 0.2."""
    convolution = nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=norm != "batch")
    return nn.Sequential(*normalised(convolution, norm), nn.LeakyReLU(0.2))


class ResidualBlock(nn.Module):
    """Add two convolutions' worth of change to [B, C, H, W], then a ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            conv3x3(channels, channels),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            conv3x3(channels, channels),
            nn.BatchNorm2d(channels),
        )
        self.activation = nn.ReLU()

    def forward(self, x):  # pyright: ignore
        """Return a tensor of the same shape."""
        return self.activation(x + self.change(x))
