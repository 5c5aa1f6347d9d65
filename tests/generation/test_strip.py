"""The strip: pictures side by side, their words beneath, whatever was said."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from painterkit.errors import WrongInput
from painterkit.generation.strip import IN_A_ROW, LINES, strip

COLOURS = [(250, 20, 20), (20, 250, 20), (20, 20, 250), (250, 250, 20)]


def plain(number: int, size: int = 64) -> Image.Image:
    return Image.new("RGB", (size, size), COLOURS[number % len(COLOURS)])


def colours_along(picture: Image.Image, y: int) -> list[tuple[int, ...]]:
    """Return the colours of a line of pixels from left to right, each once, without the white."""
    row = [tuple(map(int, pixel)) for pixel in np.asarray(picture)[y]]
    changes = [one for one, before in zip(row, [(), *row], strict=False) if one != before]
    return [one for one in changes if one != (255, 255, 255)]


def bottom_of_ink(picture: Image.Image) -> int:
    return int(np.flatnonzero((np.asarray(picture) < 255).any(axis=(1, 2))).max())


def test_the_pictures_stand_side_by_side_and_the_truth_at_the_left() -> None:
    drawn = [plain(0), plain(1), plain(2)]
    shown = strip(drawn, ["one", "two", "three"], truth=plain(3))
    assert colours_along(shown, 60) == [COLOURS[3], *COLOURS[:3]]
    assert shown.mode == "RGB"
    assert shown.getpixel((0, 0)) == (255, 255, 255)
    assert colours_along(strip(drawn, ["one", "two", "three"]), 60) == COLOURS[:3]


@pytest.mark.parametrize(("size", "side"), [(8, 128), (64, 128), (128, 128), (200, 200)])
def test_small_pictures_are_enlarged(size: int, side: int) -> None:
    shown = np.asarray(strip([plain(0, size)], ["red"]))
    assert int((shown == COLOURS[0]).all(axis=2).sum()) == side**2


def test_words_stand_beneath_the_picture_that_they_made() -> None:
    silent = np.asarray(strip([plain(0), plain(1)], ["", ""]))
    told = np.asarray(strip([plain(0), plain(1)], ["", "hair colour: green"]))
    assert silent.shape == told.shape
    changed = np.flatnonzero((silent != told).any(axis=(0, 2)))
    assert changed.min() > told.shape[1] // 2
    assert np.flatnonzero((silent != told).any(axis=(1, 2))).min() > 128


ODD = {
    "emoji": "\U0001f469‍\U0001f9b0\U0001f642",
    "right to left": "امرأة مبتسمة",
    "accents": "Frisör, frise\u0301",
    "no spaces": "微笑的红发女人" * 30,
    "one long word": "x" * 5000,
    "a megabyte": "a smiling woman " * 65_000,
    "a megabyte of blanks": " " * 1_000_000,
    "controls": "a\x00b\x1b[31mred\x7f\n\n\nface",
    "half a character": "a \udcff face",
}


@pytest.mark.parametrize("name", ODD)
def test_any_text_fits(name: str) -> None:
    words = " ".join(f"word{number}" for number in range(500))
    tallest = strip([plain(0)], [words])
    shown = strip([plain(0), plain(1)], [ODD[name], "plain words"])
    assert shown.height <= tallest.height
    assert bottom_of_ink(shown) < shown.height - 1
    assert colours_along(shown, 60) == COLOURS[:2]


def test_a_text_that_is_too_long_is_cut() -> None:
    """What stands after the cut changes nothing."""
    words = " ".join(f"word{number}" for number in range(500))
    assert strip([plain(0)], [words]).tobytes() == strip([plain(0)], [words + " more"]).tobytes()
    fewer = strip([plain(0)], ["\n".join(["word"] * 3)])
    assert fewer.height < strip([plain(0)], [words]).height


def test_very_many_turns_are_rows() -> None:
    count = 2 * IN_A_ROW + 1
    shown = strip([plain(n) for n in range(count)], ["words " * 20 * LINES] * count)
    one = strip([plain(n) for n in range(IN_A_ROW)], ["words " * 20 * LINES] * IN_A_ROW)
    assert shown.size == (one.width, 3 * one.height)


def test_its_file_is_small() -> None:
    file = io.BytesIO()
    strip([plain(n) for n in range(5)], ["hair colour: red"] * 5).save(file, "PNG")
    assert len(file.getvalue()) < 10_000


@pytest.mark.parametrize(("count", "words"), [(0, []), (1, []), (2, ["one"])])
def test_words_and_pictures_that_do_not_fit(count: int, words: list[str]) -> None:
    with pytest.raises(WrongInput, match="needs pictures and words for each"):
        strip([plain(n) for n in range(count)], words)
