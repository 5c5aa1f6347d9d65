"""Widths and depths are those of StackGAN's code: its parameters, counted (in millions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from painterkit.roles import Role

Build = Callable[..., Any]

GENERATORS = [
    # channels, residual blocks, width of the text, Stage-I, Stage-II without Stage-I
    (128, 4, 1024, 10.30, 26.29),
    (128, 4, 3072, 10.83, 26.81),
    (128, 4, 5824, 11.53, 27.52),
    (192, 2, 1024, 20.02, 37.13),
    (192, 2, 3072, 20.55, 37.65),
    (192, 2, 5824, 21.25, 38.36),
]


def millions(module: nn.Module) -> float:
    return sum(parameter.numel() for parameter in module.parameters()) / 1e6


@pytest.mark.parametrize(("channels", "blocks", "text", "first", "second"), GENERATORS)
def test_generator(
    build: Build, channels: int, blocks: int, text: int, first: float, second: float
) -> None:
    table = {"channels": channels, "residual_blocks": blocks}
    with torch.device("meta"):
        generator = build(Role.GENERATOR, "stackgan", table, embedding_width=text)
    assert generator.resolutions == (64, 256)
    assert millions(generator.stage1) == pytest.approx(first, abs=0.005)
    assert millions(generator.stage2) == pytest.approx(second, abs=0.005)
    assert millions(generator) == pytest.approx(first + second, abs=0.01)


@pytest.mark.parametrize(
    ("channels", "resolution", "unconditional", "count"),
    [
        (64, 64, False, 5.72),
        (96, 64, False, 12.41),
        (64, 256, True, 71.27),
        (96, 256, True, 159.89),
    ],
)
def test_discriminator(
    build: Build, channels: int, resolution: int, unconditional: bool, count: float
) -> None:
    with torch.device("meta"):
        discriminator = build(
            Role.DISCRIMINATOR,
            "stackgan",
            {"channels": channels, "unconditional": unconditional},
            resolution=resolution,
            condition_widths={"mu": 128, "code": 128, "embedding": 1024},
        )
    assert millions(discriminator) == pytest.approx(count, abs=0.005)
