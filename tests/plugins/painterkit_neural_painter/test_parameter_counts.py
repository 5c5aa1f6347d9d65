"""Widths and depths are those of StackGAN-v2's code: its parameters, counted.

The numbers in millions were counted in that code, whose settings are the defaults here. The
formulas below say layer by layer what its networks are, and hold to the last parameter.
"""

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

N_Z, N_G = 100, 128
CHANNELS, BLOCKS = 64, 2
JUDGES = {64: 5.72, 128: 18.83, 256: 71.27}


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def convolution(width_in: int, width_out: int, size: int = 3, norm: bool = True) -> int:
    """Count a convolution without bias, and the batch normalisation after it."""
    return width_in * width_out * size**2 + (2 * width_out if norm else 0)


def gated(width_in: int, width_out: int) -> int:
    """Count a convolution whose outputs a gated linear unit halves."""
    return convolution(width_in, 2 * width_out)


def image_head(width: int) -> int:
    return convolution(width, 3, norm=False)


def conditioner() -> int:
    return (TEXT + 1) * 4 * N_G


def first_stage() -> int:
    seed = 16 * CHANNELS
    linear = (N_G + N_Z) * 2 * seed * 16 + 2 * 2 * seed * 16
    return linear + sum(gated(a, b) for a, b in pairwise(seed // 2**n for n in range(5)))


def next_stage(width: int) -> int:
    block = gated(width, width) + convolution(width, width)
    return gated(width + N_G, width) + BLOCKS * block + gated(width, width // 2)


def generator() -> int:
    widths = [CHANNELS, CHANNELS // 2, CHANNELS // 4]
    return (
        conditioner()
        + first_stage()
        + sum(next_stage(width) for width in widths[:-1])
        + sum(image_head(width) for width in widths)
    )


def discriminator(resolution: int) -> int:
    halvings = {64: 4, 128: 5, 256: 6}[resolution]
    widths = [64 * 2**n for n in range(halvings)]
    trunk = convolution(3, 64, size=4, norm=False)
    trunk += sum(convolution(a, b, size=4) for a, b in pairwise(widths))
    back = [width for width in reversed(widths) if width >= 8 * 64]
    trunk += sum(convolution(a, b) for a, b in pairwise(back))
    logit = 8 * 64 * 16 + 1
    return trunk + convolution(8 * 64 + N_G, 8 * 64) + 2 * logit


def generator_of(build: Build, table: dict[str, Any]) -> Any:
    with torch.device("meta"):
        return build(Role.GENERATOR, "stackgan-pp", table, embedding_width=TEXT)


def test_generator(build: Build) -> None:
    part = generator_of(build, {})
    assert part.resolutions == (64, 128, 256)
    assert part.noise_widths == {"z": N_Z, "epsilon": N_G}
    assert part.condition_widths == {64: N_G, 128: N_G, 256: N_G}
    assert round(count(part) / 1e6, 2) == 21.24
    assert count(part) == generator()
    assert count(part.conditioner) == conditioner()
    assert count(part.stages["64"]) == first_stage()
    assert [count(part.stages[size]) for size in ("128", "256")] == [next_stage(64), next_stage(32)]
    assert [count(head) for head in part.heads.values()] == [image_head(w) for w in (64, 32, 16)]


@pytest.mark.parametrize(("memory", "sums"), [("gru", 3), ("lstm", 4)])
def test_memory(build: Build, memory: str, sums: int) -> None:
    """One cell on each stage, as wide as it: about 25k, 6k and 1.6k for the GRU."""
    part = generator_of(build, {"memory": memory})
    counts = [count(cell) for cell in part.memory.values()]
    assert counts == [sums * (2 * width * width + width) for width in (64, 32, 16)]
    if memory == "gru":
        assert counts == [24_768, 6_240, 1_584]
    assert count(part) == generator() + sum(counts)
    bare = generator_of(build, {"memory": memory, "memory_bias": False})
    assert count(part) - count(bare) == sums * (64 + 32 + 16)


@pytest.mark.parametrize("resolution", JUDGES)
def test_discriminator(build: Build, resolution: int) -> None:
    """The `stackgan` discriminator with its unconditional head is StackGAN-v2's at each height."""
    with torch.device("meta"):
        part = build(
            Role.DISCRIMINATOR,
            "stackgan",
            {"unconditional": True, "init": "orthogonal"},
            resolution=resolution,
            condition_widths={"mu": N_G, "code": N_G, "embedding": TEXT},
        )
    assert round(count(part) / 1e6, 2) == JUDGES[resolution]
    bias = 64  # of our first layer, which has no normalisation; StackGAN-v2's has none
    assert count(part) == discriminator(resolution) + bias
