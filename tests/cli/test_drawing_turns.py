"""generate with a painter that draws after every turn: one picture a turn, and the strip."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from .conftest import Run, Trained

SAID = ("hair colour: pink", "Glasses: round", "no, sunglasses")
TURNS = [word for text in SAID for word in ("--turn", text)]

pytestmark = pytest.mark.usefixtures("at_work")


def pixels(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_one_picture_a_turn_and_the_strip(turns_run: Path, run: Run, tmp_path: Path) -> None:
    face = tmp_path / "new" / "face.png"
    done = run("generate", str(turns_run), *TURNS, "--out", str(face))
    assert (done.code, done.stderr) == (0, "")
    files = [face.with_name(f"face{ending}.png") for ending in ("-01", "-02", "", "-strip")]
    assert done.stdout.splitlines() == list(map(str, files))
    assert sorted(face.parent.iterdir()) == sorted(files)
    # Each is what is drawn of the turns up to its own alone.
    for count, file in enumerate(files[:3], 1):
        alone = tmp_path / f"{count}.png"
        words = TURNS[: 2 * count]
        assert (
            run("generate", str(turns_run), *words, "--count", "2", "--out", str(alone)).code == 0
        )
        assert np.abs(pixels(tmp_path / f"{count}-01.png") - pixels(file)).max() <= 1
    assert pixels(files[3]).shape[1] > 3 * 128


def test_they_are_listed_with_their_turns(turns_run: Path, run: Run, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    arguments = (*TURNS[:4], "--seed", "5", "--out", str(face), "--json")
    done = run("generate", str(turns_run), *arguments)
    first, strip = (str(tmp_path / f"face-{name}.png") for name in ("01", "strip"))
    assert json.loads(done.stdout) == [
        {"path": first, "seed": 5, "turn": 1, "words": "hair colour: pink"},
        {"path": str(face), "seed": 5, "turn": 2, "words": "glasses: round"},
        {"path": strip, "seed": 5, "strip": True},
    ]


def test_a_single_turn_is_a_single_picture(turns_run: Path, run: Run, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    done = run("generate", str(turns_run), *TURNS[:2], "--out", str(face))
    assert (done.code, done.stdout) == (0, f"{face}\n")
    assert list(tmp_path.iterdir()) == [face]


def test_several_are_of_the_last_turn_alone(turns_run: Path, run: Run, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    done = run("generate", str(turns_run), *TURNS, "--count", "3", "--out", str(face), "--json")
    assert [row["seed"] for row in json.loads(done.stdout)] == [0, 1, 2]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "face-01.png", "face-02.png", "face-03.png",
    ]  # fmt: skip


def test_words_that_are_not_known_draw_nothing(turns_run: Path, run: Run, tmp_path: Path) -> None:
    words = ("--turn", "hair colour: pink", "--turn", "hat: blue")
    done = run("generate", str(turns_run), *words, "--out", str(tmp_path / "face.png"))
    assert (done.code, done.stdout) == (2, "")
    [error] = done.errors
    assert error.startswith("error: 'hat: blue'   there is no attribute 'hat'; ")
    assert not list(tmp_path.iterdir())


def test_a_painter_of_the_last_turn_draws_one(trained: Trained, run: Run, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    done = run("generate", str(trained.run), *TURNS, "--out", str(face))
    assert (done.code, done.stdout) == (0, f"{face}\n")
    assert list(tmp_path.iterdir()) == [face]
