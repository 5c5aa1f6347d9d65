"""The parameters of GAN-CLS, written out layer by layer from the architecture."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn

from painterkit.roles import Role

Build = Callable[..., Any]

TEXT = 1024
"""Width of a caption's vector from the char-CNN-RNN."""

Z, T = 100, 128
GENERATOR = [1024, 512, 256, 128]
"""Widths of the maps of 4, 8, 16 and 32 px."""

DISCRIMINATOR = [64, 128, 256, 512]
"""Widths of the maps of 32, 16, 8 and 4 px."""


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def convolution(width_in: int, width_out: int, size: int) -> int:
    """Count a convolution without bias, and the batch normalisation after it."""
    return width_in * width_out * size**2 + 2 * width_out


def bottleneck(width: int) -> int:
    narrow = width // 4
    return (
        convolution(width, narrow, 1)
        + convolution(narrow, narrow, 3)
        + convolution(narrow, width, 3)
    )


def linear() -> int:
    return (TEXT + 1) * T


def transposed() -> int:
    """Count what draws, without residual blocks; the layer of the picture has biases."""
    first = convolution(Z + T, GENERATOR[0], 4)
    between = sum(convolution(a, b, 4) for a, b in pairwise(GENERATOR))
    return first + between + GENERATOR[-1] * 3 * 16 + 3


def strided() -> int:
    """Count what sees a picture; the first layer has biases in place of a normalisation."""
    first = 3 * DISCRIMINATOR[0] * 16 + DISCRIMINATOR[0]
    return first + sum(convolution(a, b, 4) for a, b in pairwise(DISCRIMINATOR))


def head(told: int) -> int:
    deep = DISCRIMINATOR[-1]
    return convolution(deep + told, deep, 1) + deep * 16 + 1


def generator_of(build: Build, **table: Any) -> Any:
    with torch.device("meta"):
        return build(Role.GENERATOR, "gan-cls", table, embedding_width=TEXT)


def discriminator_of(build: Build, **table: Any) -> Any:
    widths = {"mu": T, "code": T, "embedding": TEXT}
    with torch.device("meta"):
        return build(Role.DISCRIMINATOR, "gan-cls", table, resolution=64, condition_widths=widths)


def test_generator(build: Build) -> None:
    part = generator_of(build)
    assert part.resolutions == (64,)
    assert part.noise_widths == {"z": Z, "epsilon": 0}
    assert part.condition_widths == {64: T}
    assert count(part.conditioner) == linear() == 131_200
    assert count(part) == linear() + transposed() + bottleneck(1024) + bottleneck(512)
    assert count(part) == 18_905_475


def test_generator_without_residual_blocks(build: Build) -> None:
    assert count(generator_of(build, residual=False)) == linear() + transposed() == 14_886_787


def test_discriminator(build: Build) -> None:
    part = discriminator_of(build)
    assert count(part.told) == linear()
    assert count(part) == linear() + strided() + head(T) == 3_225_537


def test_discriminator_that_is_told_what_the_generator_is(build: Build) -> None:
    assert count(discriminator_of(build, reads="mu")) == strided() + head(T)


def test_discriminator_with_a_residual_block(build: Build) -> None:
    part = discriminator_of(build, residual=True)
    assert count(part) == linear() + strided() + bottleneck(512) + head(T)


@pytest.mark.parametrize("resolution", [16, 32, 128])
def test_other_heights_double_less_or_more_often(build: Build, resolution: int) -> None:
    part = generator_of(build, resolutions=[resolution])
    halvings = {16: 2, 32: 3, 128: 5}[resolution]
    widths = [block[0].out_channels for block in part.maps]
    assert widths == [128 * 2**n for n in reversed(range(halvings))]
