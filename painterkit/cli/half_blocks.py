"""A picture as text: a half block shows two pixels, the upper one in its own colour."""

from __future__ import annotations

from typing import Literal

from PIL import Image

Colours = Literal["truecolor", "256"]

CUBE = (0, 95, 135, 175, 215, 255)
"""The levels of red, green and blue in a terminal's 256 colours: 6 x 6 x 6 from number 16 on."""

GREYS = range(8, 248, 10)
FIRST = 16


def half_blocks(picture: Image.Image, columns: int, lines: int, colours: Colours) -> list[str]:
    """Return the picture as lines of text with escape codes, all equally wide.

    It fills so many columns or lines of a terminal and keeps its shape: a character is about twice
    as high as it is wide.
    """
    fitted = _fitted(picture.convert("RGB"), columns, 2 * lines)
    codes = _exact(fitted) if colours == "truecolor" else _mixed(fitted)
    return [_line(codes[y], codes[y + 1]) for y in range(0, len(codes), 2)]


def columns_of(picture: Image.Image, columns: int, lines: int) -> int:
    """Return how many columns `half_blocks` fills."""
    return _size(picture, columns, 2 * lines)[0]


def _size(picture: Image.Image, width: int, height: int) -> tuple[int, int]:
    scale = min(width / picture.width, height / picture.height)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale / 2)) * 2


def _fitted(picture: Image.Image, width: int, height: int) -> Image.Image:
    size = _size(picture, width, height)
    smaller = size[0] < picture.width
    way = Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC
    return picture.resize(size, way)


def _exact(picture: Image.Image) -> list[list[str]]:
    """Return the code of each pixel's own colour, row by row."""
    data, width = picture.tobytes(), 3 * picture.width
    rows = (data[start : start + width] for start in range(0, len(data), width))
    return [[f"2;{row[x]};{row[x + 1]};{row[x + 2]}" for x in range(0, width, 3)] for row in rows]


def _mixed(picture: Image.Image) -> list[list[str]]:
    """Return the code of one of 256 colours for each pixel, mixed so that an area has its colour.

    The nearest alone would make red jackets orange.
    """
    known = [(red, green, blue) for red in CUBE for green in CUBE for blue in CUBE]
    known += [(grey, grey, grey) for grey in GREYS]
    palette = Image.new("P", (1, 1))
    # A palette has 256 places: black, the first of the known, fills what is left.
    palette.putpalette([level for colour in known for level in colour] + [0] * 3 * FIRST)
    numbers = picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).tobytes()
    codes = [f"5;{FIRST + (number if number < len(known) else 0)}" for number in numbers]
    return [codes[start : start + picture.width] for start in range(0, len(codes), picture.width)]


def _line(upper: list[str], lower: list[str]) -> str:
    text, before = "", ""
    for colours in zip(upper, lower, strict=True):
        code = f"\x1b[38;{colours[0]};48;{colours[1]}m"
        text += "▀" if code == before else f"{code}▀"
        before = code
    return f"{text}\x1b[0m"
