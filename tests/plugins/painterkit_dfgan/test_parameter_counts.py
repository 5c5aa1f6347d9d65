"""Widths and depths are those of DF-GAN's networks: their parameters, counted.

The numbers in millions were counted in the networks of DF-GAN's authors, whose settings are the
defaults here: 256 px, a width of 32 (nf), a sentence of 256 and a noise of 100 numbers. The
formulas below say layer by layer what ours are, and hold to the last parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from painterkit.roles import Role

Build = Callable[..., Any]

SENTENCE, NOISE, NF = 256, 100, 32
COARSE_TO_FINE = [8 * NF, 8 * NF, 8 * NF, 8 * NF, 4 * NF, 2 * NF, NF]


GENERATOR, TRUNK, JUDGE = 9.74, 6.62, 0.30
"""Parameters of DF-GAN's networks, in millions."""


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def linear(width_in: int, width_out: int) -> int:
    return (width_in + 1) * width_out


def convolution(width_in: int, width_out: int, size: int = 3, bias: bool = False) -> int:
    return width_in * width_out * size**2 + (width_out if bias else 0)


def fusion(width: int) -> int:
    """Count two affine layers, each with a perceptron for gamma and one for beta."""
    perceptron = linear(NOISE + SENTENCE, width) + linear(width, width)
    return 2 * 2 * perceptron


def up_block(a: int, b: int) -> int:
    shortcut = convolution(a, b, size=1, bias=True) if a != b else 0
    return fusion(a) + convolution(a, b) + fusion(b) + convolution(b, b) + shortcut


def down_block(a: int, b: int, shortcut: bool) -> int:
    change = convolution(a, b, size=4, bias=True) + convolution(b, b, bias=True)
    gain = 1
    return change + gain + (convolution(a, b, size=1, bias=True) if shortcut else 0)


def trunk_of(shortcuts: Callable[[int, int], bool]) -> int:
    blocks = pairwise(COARSE_TO_FINE[::-1])
    first = convolution(3, NF, bias=True)
    return first + sum(down_block(a, b, shortcuts(a, b)) for a, b in blocks)


def discriminator_of(build: Build, table: dict[str, Any]) -> Any:
    with torch.device("meta"):
        return build(
            Role.DISCRIMINATOR,
            "df-gan",
            table,
            resolution=256,
            condition_widths=dict.fromkeys(("mu", "code", "embedding"), SENTENCE),
        )


def test_generator(build: Build) -> None:
    with torch.device("meta"):
        part = build(Role.GENERATOR, "df-gan", {}, embedding_width=SENTENCE)
    assert part.resolutions == (256,)
    assert part.noise_widths == {"z": NOISE, "epsilon": 0}
    assert part.condition_widths == {256: SENTENCE}
    assert round(count(part) / 1e6, 2) == GENERATOR
    seed = linear(NOISE, COARSE_TO_FINE[0] * 16)
    blocks = [up_block(a, b) for a, b in pairwise(COARSE_TO_FINE)]
    assert [count(block) for block in part.blocks] == blocks
    assert count(part) == seed + sum(blocks) + convolution(NF, 3)
    assert count(part.conditioner) == 0


def test_discriminator(build: Build) -> None:
    part = discriminator_of(build, {"shortcuts": "every-block"})
    assert round(count(part.trunk) / 1e6, 2) == TRUNK
    assert count(part.trunk) == trunk_of(lambda a, b: True)
    joined = convolution(8 * NF + SENTENCE, 2 * NF, bias=True)
    assert round(count(part.conditional) / 1e6, 2) == JUDGE
    assert count(part.conditional) == joined + convolution(2 * NF, 1, size=4, bias=True)
    assert count(part) == count(part.trunk) + count(part.conditional)


def test_discriminator_without_what_the_published_one_never_uses(build: Build) -> None:
    """Three blocks keep the width of 8 nf; a 1x1 convolution there is what 6.42 lacks of 6.62."""
    part = discriminator_of(build, {})
    assert round(count(part.trunk) / 1e6, 2) == 6.42
    assert count(part.trunk) == trunk_of(lambda a, b: a != b)
    three = 3 * convolution(8 * NF, 8 * NF, size=1, bias=True)
    assert round((count(part.trunk) + three) / 1e6, 2) == TRUNK
