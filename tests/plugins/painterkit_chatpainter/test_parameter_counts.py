"""Widths and depths are those of StackGAN's code: its parameters, counted.

The numbers in millions were counted in StackGAN's PyTorch code. The formulas below say layer by
layer what its networks are, and hold to the last parameter.
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

CAPTION = 1024
"""Width of a caption's vector from the char-CNN-RNN: all that StackGAN is told."""

RECURRENT = CAPTION + 2 * 1024
"""ChatPainter's with the recurrent encoder: 1024 for each direction."""

NON_RECURRENT = CAPTION + 4800
"""ChatPainter's with the whole dialogue as one skip-thought vector."""

GENERATORS = [
    # channels, residual blocks, width of the text, Stage-I, Stage-II without Stage-I
    (128, 4, CAPTION, 10.30, 26.29),
    (128, 4, RECURRENT, 10.83, 26.81),
    (128, 4, NON_RECURRENT, 11.53, 27.52),
    (192, 2, CAPTION, 20.02, 37.13),
    (192, 2, RECURRENT, 20.55, 37.65),
    (192, 2, NON_RECURRENT, 21.25, 38.36),
]
"""The defaults of StackGAN's code, which are the paper's, and its settings for MS COCO."""

N_Z, N_G = 100, 128


def millions(module: nn.Module) -> float:
    return count(module) / 1e6


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def convolution(width_in: int, width_out: int, size: int = 3, norm: bool = True) -> int:
    """Count a convolution without bias, and the batch normalisation after it."""
    return width_in * width_out * size**2 + (2 * width_out if norm else 0)


def conditioner(text: int, layers: int = 2) -> int:
    return (text + 1) * layers * N_G


def upsampling(widths: list[int]) -> int:
    return sum(convolution(a, b) for a, b in pairwise(widths)) + convolution(
        widths[-1], 3, norm=False
    )


def stage_1(channels: int, text: int) -> int:
    seed = 8 * channels
    linear = (N_Z + N_G) * seed * 16 + 2 * seed * 16
    return conditioner(text) + linear + upsampling([seed // 2**n for n in range(5)])


def stage_2(channels: int, blocks: int, text: int) -> int:
    deep = 4 * channels
    return (
        conditioner(text)
        + convolution(3, channels, norm=False)
        + convolution(channels, 2 * channels, size=4)
        + convolution(2 * channels, deep, size=4)
        + convolution(deep + N_G, deep)
        + blocks * 2 * convolution(deep, deep)
        + upsampling([deep // 2**n for n in range(5)])
    )


def head(width: int, told: int = 0) -> int:
    joined = convolution(width + told, width) if told else 0
    return joined + 16 * width + 1


def discriminator(channels: int, unconditional: bool, resolution: int) -> int:
    widths = [channels * 2**n for n in range({64: 4, 256: 6}[resolution])]
    trunk = convolution(3, channels, size=4, norm=False)
    trunk += sum(convolution(a, b, size=4) for a, b in pairwise(widths))
    back = [width for width in reversed(widths) if width >= 8 * channels]
    trunk += sum(convolution(a, b) for a, b in pairwise(back))
    return trunk + head(8 * channels, N_G) + (head(8 * channels) if unconditional else 0)


@pytest.mark.parametrize(("channels", "blocks", "text", "first", "second"), GENERATORS)
def test_generator(
    build: Build, channels: int, blocks: int, text: int, first: float, second: float
) -> None:
    table = {"channels": channels, "residual_blocks": blocks}
    with torch.device("meta"):
        generator = build(Role.GENERATOR, "stackgan", table, embedding_width=text)
    assert generator.resolutions == (64, 256)
    assert generator.noise_widths == {"z": N_Z, "epsilon1": N_G, "epsilon2": N_G}
    assert millions(generator.stage1) == pytest.approx(first, abs=0.005)
    assert millions(generator.stage2) == pytest.approx(second, abs=0.005)
    assert millions(generator) == pytest.approx(first + second, abs=0.01)
    assert count(generator.stage1) == stage_1(channels, text)
    assert count(generator.stage2) == stage_2(channels, blocks, text)
    for stage in (generator.stage1, generator.stage2):
        assert count(stage.conditioner) == conditioner(text)


@pytest.mark.parametrize("activation", ["none", "relu", "glu"])
def test_conditioner(build: Build, activation: str) -> None:
    with torch.device("meta"):
        part = build(
            Role.CONDITIONER,
            "conditioning-augmentation",
            {"activation": activation},
            embedding_width=CAPTION,
        )
    assert count(part) == conditioner(CAPTION, layers=4 if activation == "glu" else 2)


@pytest.mark.parametrize(
    ("channels", "resolution", "unconditional", "expected"),
    [
        (64, 64, False, 5.72),
        (96, 64, False, 12.41),
        (64, 256, True, 71.27),
        (96, 256, True, 159.89),
    ],
)
@pytest.mark.parametrize("text", [CAPTION, RECURRENT, NON_RECURRENT])
def test_discriminator(
    build: Build, channels: int, resolution: int, unconditional: bool, expected: float, text: int
) -> None:
    """Told the condition, it is the same whatever the width of the text."""
    with torch.device("meta"):
        part = build(
            Role.DISCRIMINATOR,
            "stackgan",
            {"channels": channels, "unconditional": unconditional},
            resolution=resolution,
            condition_widths={"mu": N_G, "code": N_G, "embedding": text},
        )
    assert millions(part) == pytest.approx(expected, abs=0.005)
    bias = channels  # of our first layer, which has no normalisation; StackGAN's has none
    assert count(part) == discriminator(channels, unconditional, resolution) + bias


@pytest.mark.parametrize(
    ("counts", "width", "expected"),
    [("each", 2048, 47_726_592), ("both", 1024, 21_766_144)],
)
def test_recurrent_encoder(build: Build, counts: str, width: int, expected: int) -> None:
    """A hidden dimension of 1024 over skip-thought vectors of 4800, as section 4.3 has it."""
    with torch.device("meta"):
        part = build(
            Role.DIALOGUE_ENCODER,
            "bilstm",
            {"hidden": 1024, "hidden_counts": counts},
            turn_width=4800,
        )
    assert part.width == width
    each = width // 2
    gates = 4 * each
    assert count(part) == 2 * (gates * 4800 + gates * each + 2 * gates) == expected
