"""A painter draws from anyone's words, any number of pictures, and a seed is always its picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painterkit.errors import WrongInput
from painterkit.generation.load_painter import load_painter
from painterkit.generation.painter import BATCH, Painter
from painterkit.generation.words import whole_characters

from ..conftest import Workshop

CAPTION = "a smiling woman with ginger hair"
TURNS = ["Does she wear glasses? Yes, round ones.", "What is she wearing? A green hoodie."]


@pytest.fixture(scope="module")
def painter(vivid: Path) -> Painter:
    return load_painter(vivid)


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture).astype(int)


def same(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether two pictures are one, but for the rounding of sums in batches of other sizes."""
    return one.size == other.size and int(np.abs(pixels(one) - pixels(other)).max()) <= 1


def test_a_picture_is_a_picture(painter: Painter) -> None:
    [picture] = painter.draw(CAPTION, TURNS)
    assert (picture.size, picture.mode) == ((32, 32), "RGB")
    assert pixels(picture).std() > 1, "it is not of one colour"


def test_the_same_seed_is_the_same_picture_alone_and_among_many(painter: Painter) -> None:
    count = BATCH + 8
    many = painter.draw(CAPTION, TURNS, seed=5, count=count)
    assert len(many) == count
    for number in (0, 1, BATCH - 1, BATCH, count - 1):
        [alone] = painter.draw(CAPTION, TURNS, seed=5 + number)
        assert same(alone, many[number]), number
    assert len({picture.tobytes() for picture in many}) == count, "each seed draws its own"


def test_a_picture_is_drawn_twice_to_the_byte(painter: Painter, vivid: Path) -> None:
    first = painter.draw(CAPTION, TURNS, seed=3, count=3)
    painter.draw("something else", seed=9, count=2)
    for again in (painter, load_painter(vivid)):
        drawn = again.draw(CAPTION, TURNS, seed=3, count=3)
        assert [p.tobytes() for p in drawn] == [p.tobytes() for p in first]


def test_the_words_change_the_picture(painter: Painter) -> None:
    drawn = [
        painter.draw(CAPTION, TURNS)[0],
        painter.draw("a bald man", TURNS)[0],
        painter.draw(CAPTION, TURNS[:1])[0],
        painter.draw(CAPTION, TURNS[::-1])[0],
        painter.draw(CAPTION)[0],
        painter.draw(turns=TURNS)[0],
    ]
    assert len({picture.tobytes() for picture in drawn}) == len(drawn)


def test_each_is_drawn_when_it_is_asked_for(painter: Painter) -> None:
    pictures = painter.draw_each(CAPTION, TURNS, seed=1, count=10**9)
    first = [next(pictures) for _ in range(3)]
    expected = painter.draw(CAPTION, TURNS, seed=1, count=3)
    assert all(same(one, other) for one, other in zip(first, expected, strict=True))
    assert painter.draw(CAPTION, count=0) == []


def test_a_coarser_picture_is_that_of_stage_one(painter: Painter) -> None:
    [coarse] = painter.draw(CAPTION, TURNS, resolution=16)
    [fine] = painter.draw(CAPTION, TURNS, resolution=32)
    assert coarse.size == (16, 16)
    assert fine.tobytes() == painter.draw(CAPTION, TURNS)[0].tobytes()


@pytest.mark.parametrize("resolution", [0, -16, 8, 24, 64, 10**9])
def test_a_resolution_that_is_not_drawn(painter: Painter, resolution: int) -> None:
    for draw in (painter.draw, painter.draw_each):
        with pytest.raises(WrongInput) as error:
            draw(CAPTION, resolution=resolution)
        assert str(error.value) == (
            f"resolution   the painter draws no picture of {resolution} px; it draws 16, 32"
        )


def test_one_text_is_no_list_of_turns(painter: Painter) -> None:
    for draw in (painter.draw, painter.draw_turns):
        with pytest.raises(WrongInput, match="turns   must be a list of texts, got one text"):
            draw(turns="red hair")


def test_a_caption_that_no_picture_shows_is_refused(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert painter.assembly.parts.reads_caption
    monkeypatch.setattr(painter.assembly.parts, "caption_told", False)
    told = "caption   this painter reads no caption; say it in a turn"
    for draw in (painter.draw, painter.draw_turns, painter.draw_each):
        with pytest.raises(WrongInput, match=told):
            draw(CAPTION, TURNS)
    with pytest.raises(WrongInput, match=told):
        painter.start(caption=CAPTION)


@pytest.mark.parametrize("seed", [-1, 2**63, 2**64, 10**30])
def test_a_seed_that_is_none(painter: Painter, seed: int) -> None:
    with pytest.raises(WrongInput, match=r"seed   must be at least 0 and below 2\^63"):
        painter.draw(CAPTION, seed=seed)
    assert painter.draw(CAPTION, seed=2**63 - 1)


ODD_TEXTS = {
    "empty": "",
    "blanks": " \t\n ",
    "emoji": "👩‍🦰🙂👓 \U0001f9d4🏽",
    "right to left": "امرأة مبتسمة ‏عם שיער אדום‎",
    "no spaces": "微笑的红发女人",
    "controls": "a\x00b\x1b[31mred\x7f￿",
    "half a character": "a face \ud83d and \udcff",
}


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_any_text_is_drawn(painter: Painter, name: str) -> None:
    text = ODD_TEXTS[name]
    for caption, turns in ((text, ()), (CAPTION, [text]), (text, [text, TURNS[0]])):
        [picture] = painter.draw(caption, turns)
        assert picture.size == (32, 32)
        assert pixels(picture).std() > 1


def test_half_characters_are_made_whole() -> None:
    """Tokenizers refuse them; a command line has them where its bytes are not UTF-8."""
    assert whole_characters("a \ud83d\ude42 face, \udcff \ud83d") == "a 🙂 face, \ufffd \ufffd"
    for text in (CAPTION, *ODD_TEXTS.values()):
        whole = whole_characters(text)
        assert whole.encode().decode() == whole
        assert whole == text or text == ODD_TEXTS["half a character"]


def test_a_megabyte_of_text_is_drawn(painter: Painter) -> None:
    [picture] = painter.draw("a smiling woman with ginger hair, " * 31_000)
    assert pixels(picture).std() > 1


def test_no_words_at_all_and_very_many_turns(painter: Painter) -> None:
    assert painter.draw()[0].size == (32, 32)
    assert painter.draw(CAPTION, [f"And then? {number}." for number in range(1000)])


MEASURE = """\
import resource, sys
from painterkit.generation.load_painter import load_painter

painter = load_painter(sys.argv[1])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def draw(count):
    drawn = 0
    for picture in painter.draw_each("a face", ["Any glasses? No."] * 10, count=count):
        drawn += picture.size[0] // 32
    assert drawn == count
    return peak()
print(draw(100), draw(1000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows measures memory in another way")
def test_a_thousand_pictures_take_the_memory_of_a_hundred(workshop: Workshop, vivid: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(vivid)],
        env=dict(workshop.environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    hundred, thousand = map(float, done.stdout.split())
    assert thousand - hundred < 3, "megabytes more at the peak"
