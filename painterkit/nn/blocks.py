"""Convolution blocks of the StackGAN family."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

Norm = Literal["batch", "spectral", "none"]


def conv3x3(channels_in: int, channels_out: int) -> nn.Conv2d:
    """Make a 3x3 convolution that keeps height and width, without bias."""
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)


class UpConvolution(nn.Conv2d):
    """Double height and width by nearest neighbour, then convolve 3x3: both in one pass.

    Each output pixel sees at most 2x2 distinct input pixels, so the pair equals a transposed 4x4
    convolution of stride 2 whose kernel adds up shifted copies of the 3x3 weight. It has the
    weight of the plain convolution and takes 4/9 of its multiplications.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, 3, padding=1, bias=False)

    def forward(self, input: Tensor) -> Tensor:
        """Return [B, O, 2H, 2W] for `input` [B, I, H, W]."""
        weight = self.weight.flip(2, 3)
        kernel = sum(
            functional.pad(weight, (left, 1 - left, top, 1 - top))
            for left in (0, 1)
            for top in (0, 1)
        )
        assert isinstance(kernel, Tensor)
        return functional.conv_transpose2d(input, kernel.transpose(0, 1), stride=2, padding=1)


def up_block(channels_in: int, channels_out: int) -> nn.Sequential:
    """Make a block that doubles height and width: nearest neighbour, convolution, norm, ReLU."""
    return nn.Sequential(
        UpConvolution(channels_in, channels_out),
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

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the same shape."""
        return self.activation(x + self.change(x))
