"""A picture in half blocks has the picture's colours, where they were, in its shape."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from painterkit.cli.half_blocks import Colours, columns_of, half_blocks

CELL = re.compile(r"(?:\x1b\[38;([\d;]+);48;([\d;]+)m)?▀")


def codes_of(lines: list[str]) -> list[list[str]]:
    """Return the colour codes of the pixels that lines of half blocks show, row by row."""
    rows: list[list[str]] = []
    for line in lines:
        upper: list[str] = []
        lower: list[str] = []
        for cell in CELL.finditer(line):
            upper.append(cell[1] or upper[-1])
            lower.append(cell[2] or lower[-1])
        assert "".join(cell[0] for cell in CELL.finditer(line)) + "\x1b[0m" == line
        rows += [upper, lower]
    return rows


def test_every_pixel_has_its_colour() -> None:
    picture = Image.effect_noise((6, 8), 100).convert("RGB")
    picture.putpixel((2, 3), (10, 200, 30))
    shown = codes_of(half_blocks(picture, 6, 4, "truecolor"))
    for y, row in enumerate(shown):
        assert row == ["2;{};{};{}".format(*picture.getpixel((x, y))) for x in range(6)]


def test_256_colours_that_a_terminal_has() -> None:
    picture = Image.new("RGB", (4, 2))
    for x, colour in enumerate([(255, 0, 0), (95, 135, 175), (8, 8, 8), (238, 238, 238)]):
        picture.putpixel((x, 0), colour)
    upper, lower = codes_of(half_blocks(picture, 4, 1, "256"))
    assert upper == ["5;196", "5;67", "5;232", "5;255"]
    assert lower == ["5;16"] * 4


def test_256_colours_mixed_make_the_others() -> None:
    """A red jacket is not orange, though the nearest of the 256 colours is."""
    red = (218, 46, 43)
    shown = codes_of(half_blocks(Image.new("RGB", (40, 40), red), 40, 20, "256"))
    numbers = [int(code.removeprefix("5;")) - 16 for row in shown for code in row]
    levels = (0, 95, 135, 175, 215, 255)
    mixed = np.array([[levels[n // 36], levels[n // 6 % 6], levels[n % 6]] for n in numbers])
    assert max(numbers) < 216, "no grey"
    assert np.abs(mixed.mean(axis=0) - red).max() < 8


SIZES = [
    # a picture, a window's columns and lines, and the columns and lines that it fills
    ((64, 64), (60, 35), (60, 30)),
    ((64, 64), (200, 10), (20, 10)),
    ((256, 256), (39, 19), (38, 19)),
    ((64, 32), (40, 40), (40, 10)),
    ((32, 64), (40, 10), (10, 10)),
    ((64, 64), (1, 1), (1, 1)),
    ((1, 1), (10, 10), (10, 5)),
]


@pytest.mark.parametrize(("picture", "window", "expected"), SIZES)
@pytest.mark.parametrize("colours", ["truecolor", "256"])
def test_it_fills_the_window_and_keeps_its_shape(
    picture: tuple[int, int], window: tuple[int, int], expected: tuple[int, int], colours: Colours
) -> None:
    drawn = Image.new("RGB", picture, (215, 0, 0))
    lines = half_blocks(drawn, *window, colours)
    assert (lines[0].count("▀"), len(lines)) == expected
    assert columns_of(drawn, *window) == expected[0]
    assert len({code for row in codes_of(lines) for code in row}) == 1
