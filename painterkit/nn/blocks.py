"""Convolution blocks of the StackGAN family."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.nn.precision import full_precision
from painterkit.nn.spectral import spectral

Norm = Literal["batch", "layer", "spectral", "none"]

ONE_PASS_FROM = 400
"""From how many places, over all maps of a batch, enlarging and convolving is one pass."""


def doublings(low: int, high: int) -> int:
    """Return how often a height `low` is doubled to make `high`."""
    return int(math.log2(high // low))


def conv3x3(channels_in: int, channels_out: int) -> nn.Conv2d:
    """Make a 3x3 convolution that keeps height and width, without bias."""
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)


class UpConvolution(nn.Conv2d):
    """Double height and width by nearest neighbour, then convolve 3x3: both in one pass.

    Each output pixel sees at most 2x2 distinct input pixels, so the pair equals a transposed 4x4
    convolution of stride 2 whose kernel adds up shifted copies of the 3x3 weight. It has the
    weight of the plain convolution and takes 4/9 of its multiplications. The kernel is made anew
    at each call; where a batch has few places, that takes longer than it saves, and the two steps
    are taken one after the other.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, 3, padding=1, bias=False)

    def forward(self, input: Tensor) -> Tensor:
        """Return [B, O, 2H, 2W] for `input` [B, I, H, W]."""
        batch, _, height, width = input.shape
        if batch * height * width < ONE_PASS_FROM:
            return super().forward(functional.interpolate(input, scale_factor=2, mode="nearest"))
        with full_precision(input.device):
            kernel = doubling_kernel(self.weight)
        return functional.conv_transpose2d(input, kernel, stride=2, padding=1)


def doubling_kernel(weight: Tensor) -> Tensor:
    """Return [I, O, 4, 4], the sum of the four shifts of a turned `weight` [O, I, 3, 3].

    Turned and shifted along one dimension it is a product with a 3x4 matrix, along both with the
    Kronecker product of that matrix with itself.
    """
    turned = torch.eye(3, dtype=weight.dtype, device=weight.device).flip(0)
    shifts = functional.pad(turned, (1, 0)) + functional.pad(turned, (0, 1))
    rows = weight.transpose(0, 1).reshape(-1, 9)
    kernel = rows @ torch.kron(shifts, shifts)
    return kernel.view(weight.shape[1], weight.shape[0], 4, 4)


def up_block(channels_in: int, channels_out: int) -> nn.Sequential:
    """Make a block that doubles height and width: nearest neighbour, convolution, norm, ReLU."""
    return nn.Sequential(
        UpConvolution(channels_in, channels_out),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )


def normalised(convolution: nn.Conv2d, norm: Norm) -> list[nn.Module]:
    """Return a convolution with its normalisation, as layers in order.

    Spectral normalisation wraps the weight; the others follow the convolution. Layer normalisation
    is that of WGAN-GP: over all channels and places of each picture.
    """
    if norm == "spectral":
        return [spectral(convolution)]
    if norm == "batch":
        return [convolution, nn.BatchNorm2d(convolution.out_channels)]
    if norm == "layer":
        return [convolution, nn.GroupNorm(1, convolution.out_channels)]
    return [convolution]


def bounded(layer: nn.Module, norm: Norm) -> nn.Module:
    """Return a layer that nothing follows, its weight wrapped if `norm` is spectral.

    For layers that no other normalisation goes with, such as those that make a logit.
    """
    return spectral(layer) if norm == "spectral" else layer


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
