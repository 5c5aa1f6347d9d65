"""generate --attention: where the generator looked at which words, beside the picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from .conftest import SMALL_RECIPE, Run, Trained

TURNS = ("Does he smile? Yes.", "Is he bald? No.")
WORDS = [word for text in TURNS for word in ("--turn", text)]

LOOKING = """\
[parts.generator]
use = "attngan"
resolutions = [16, 32]
channels = 4
words = ["turns"]
"""

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture(scope="module")
def looking_run(workplace: Path, run_apart: Run) -> Path:
    """Train a painter that looks at the turns, once for all tests."""
    before, rest = SMALL_RECIPE.split("[parts.generator]")
    recipe = before + LOOKING + rest[rest.index("\n[[phases]]") :]
    (workplace / "looking.toml").write_text(recipe.replace("steps = 40", "steps = 10"))
    cache = {"PAINTERKIT_CACHE": str(workplace / "looking_cache")}
    done = run_apart("train", "looking.toml", "--out", "looking", cwd=workplace, env=cache)
    assert done.code == 0, done.stderr
    return workplace / "looking"


def test_it_is_drawn_beside_the_picture(looking_run: Path, run: Run, tmp_path: Path) -> None:
    face = tmp_path / "new" / "face.png"
    done = run("generate", str(looking_run), *WORDS, "--attention", "--json", "--out", str(face))
    assert (done.code, done.stderr) == (0, "")
    beside = face.with_name("face-attention.png")
    picture, looked = json.loads(done.stdout)
    assert picture == {"path": str(face), "seed": 0}
    assert (looked["path"], looked["seed"]) == (str(beside), 0)
    [one, other] = looked["attention"]["32"]
    assert {one["word"], other["word"]} == set(TURNS)
    assert one["share"] >= other["share"]
    assert one["share"] + other["share"] == pytest.approx(1.0, abs=1e-5)
    with Image.open(beside) as shown:
        assert shown.width == 3 * (128 + 8) + 8, "the picture, and a map for each turn"
    plain = tmp_path / "plain.png"
    assert run("generate", str(looking_run), *WORDS, "--out", str(plain)).code == 0
    assert plain.read_bytes() == face.read_bytes()


def test_each_of_several_pictures_has_its_own(looking_run: Path, run: Run, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    arguments = ("--attention", "--count", "2", "--seed", "7", "--out", str(face))
    done = run("generate", str(looking_run), *WORDS, *arguments)
    assert done.code == 0
    names = ["face-01.png", "face-02.png", "face-01-attention.png", "face-02-attention.png"]
    files = [tmp_path / name for name in names]
    assert done.stdout.splitlines() == list(map(str, files))
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert len({file.read_bytes() for file in files}) == 4


def test_a_painter_that_looks_at_no_words_is_refused(
    trained: Trained, run: Run, tmp_path: Path
) -> None:
    done = run(
        "generate", str(trained.run), *WORDS, "--attention", "--out", str(tmp_path / "face.png")
    )
    assert (done.code, done.stdout) == (2, "")
    assert done.errors == [
        "error: attention   the painter's generator looks at no words; one that does is 'attngan'"
    ]
    assert not list(tmp_path.iterdir())


def test_where_none_of_its_words_was_said_nothing_is_drawn(
    looking_run: Path, run: Run, tmp_path: Path
) -> None:
    arguments = ("--caption", "a man", "--attention", "--out", str(tmp_path / "face.png"))
    done = run("generate", str(looking_run), *arguments)
    assert done.code == 2
    assert done.errors == [
        "error: attention   there is no word to look at: the generator looks at those of the "
        "turns; say some"
    ]
    assert not list(tmp_path.iterdir())
