"""Widths and depths are those of AttnGAN's code: its generator's parameters, counted.

The numbers in millions were counted in that code at its settings for birds and for COCO. The
formulas below say layer by layer what ours is, and hold to the last parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import pytest
import torch
from attrs import frozen
from torch import nn

from painterkit.roles import Role

Build = Callable[..., Any]

TEXT = 256
"""Width of a sentence's vector, and of a word's."""

N_Z, N_C = 100, 100


@frozen
class Published:
    """A setting of the authors' code, and what its generator has, in millions."""

    channels: int
    blocks: int
    millions: float


BIRDS, COCO = Published(32, 2, 7.08), Published(48, 3, 13.81)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def convolution(width_in: int, width_out: int) -> int:
    """Count a 3x3 convolution without bias, and the batch normalisation after it."""
    return width_in * width_out * 9 + 2 * width_out


def gated(width_in: int, width_out: int) -> int:
    """Count a convolution whose outputs a gated linear unit halves."""
    return convolution(width_in, 2 * width_out)


def conditioner() -> int:
    return (TEXT + 1) * 4 * N_C


def first_stage(channels: int) -> int:
    seed = 16 * channels
    linear = (N_C + N_Z) * 2 * seed * 16 + 2 * 2 * seed * 16
    return linear + sum(gated(a, b) for a, b in pairwise(seed // 2**n for n in range(5)))


def attending_stage(channels: int, blocks: int, widths: Mapping[str, int]) -> int:
    joined = 2 * channels
    block = gated(joined, joined) + convolution(joined, joined)
    return channels * sum(widths.values()) + blocks * block + gated(joined, channels)


def generator_of(build: Build, one: Published, widths: Mapping[str, int]) -> Any:
    table = {"channels": one.channels, "residual_blocks": one.blocks, "words": list(widths)}
    with torch.device("meta"):
        return build(Role.GENERATOR, "attngan", table, embedding_width=TEXT, word_widths=widths)


@pytest.mark.parametrize("one", [BIRDS, COCO], ids=["birds", "coco"])
def test_generator(build: Build, one: Published) -> None:
    part = generator_of(build, one, {"caption": TEXT})
    assert part.resolutions == (64, 128, 256)
    assert part.noise_widths == {"z": N_Z, "epsilon": N_C}
    assert part.condition_widths == {64: N_C, 128: N_C, 256: N_C}
    assert round(count(part) / 1e6, 2) == one.millions
    finer = attending_stage(one.channels, one.blocks, {"caption": TEXT})
    heads = 3 * one.channels * 3 * 9
    assert count(part.conditioner) == conditioner()
    assert count(part.stages["64"]) == first_stage(one.channels)
    assert [count(part.stages[size]) for size in ("128", "256")] == [finer, finer]
    assert count(part) == conditioner() + first_stage(one.channels) + 2 * finer + heads


def test_the_defaults_are_those_for_birds(build: Build) -> None:
    with torch.device("meta"):
        part = build(
            Role.GENERATOR, "attngan", {}, embedding_width=TEXT, word_widths={"caption": TEXT}
        )
    assert count(part) == count(generator_of(build, BIRDS, {"caption": TEXT}))


def test_another_source_costs_a_matrix_a_stage(build: Build) -> None:
    alone = generator_of(build, BIRDS, {"caption": TEXT})
    both = generator_of(build, BIRDS, {"caption": TEXT, "turns": 384})
    assert count(both) - count(alone) == 2 * 384 * BIRDS.channels
