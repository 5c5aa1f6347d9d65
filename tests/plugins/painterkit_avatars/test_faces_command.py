"""`painterkit faces`: true faces that have what is told, and what is refused in words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painterkit.cli.app import main
from painterkit.testing import plugin_checks
from painterkit_avatars.attributes import ATTRIBUTES
from painterkit_avatars.drawing import draw
from painterkit_avatars.faces_command import GAP, RESOLUTION
from painterkit_avatars.told_faces import faces_told, told_attributes

Said = tuple[int, str, list[str]]
Say = Callable[..., Said]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return a function that runs `painterkit faces` here: exit code, stdout, lines of stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def faces(*arguments: str) -> Said:
        capsys.readouterr()
        code = main(["faces", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err.splitlines()

    return faces


def told(*texts: str) -> list[str]:
    return [word for text in texts for word in ("--told", text)]


def test_faces_have_what_is_told_and_differ_in_the_rest(say: Say) -> None:
    texts = told("hair colour: ginger", "round glasses, please", "no beard")
    code, out, err = say(*texts, "--count", "6", "--json")
    assert (code, err) == (0, ["faces.png: 6 faces"])
    facts = json.loads(out)
    expected = {"hair_colour": "ginger", "glasses": "round", "facial_hair": "none"}
    assert facts["told"] == expected
    faces = [one["attributes"] for one in facts["faces"]]
    assert [{name: face[name] for name in expected} for face in faces] == [expected] * 6
    assert len({tuple(face.values()) for face in faces}) == 6
    assert len({face["clothing"] for face in faces}) > 1
    assert all(len(one["turns"]) == 10 and one["caption"] for one in facts["faces"])

    picture = np.asarray(Image.open("faces.png"))
    step = RESOLUTION + GAP
    assert picture.shape == (2 * step + GAP, 4 * step + GAP, 3)
    top = left = GAP + step
    fifth, sixth = (draw(face, RESOLUTION) for face in faces[4:])
    assert np.array_equal(picture[top : top + RESOLUTION, GAP : GAP + RESOLUTION], fifth)
    assert np.array_equal(picture[top : top + RESOLUTION, left : left + RESOLUTION], sixth)
    assert (picture[top:, left + step :] == 255).all()


def test_the_words_are_those_of_the_facts_and_the_seed_chooses(say: Say) -> None:
    facts = json.loads(say("--count", "2", "--json")[1])
    code, out, _ = say("--count", "2", "--out", "again.png")
    assert code == 0
    assert Image.open("again.png").tobytes() == Image.open("faces.png").tobytes()
    first, second = out.split("\n\n")
    lines = first.splitlines()
    assert lines[0] == f"1   {facts['faces'][0]['caption']}"
    assert [line.strip() for line in lines[1:]] == facts["faces"][0]["turns"]
    assert second.startswith(f"2   {facts['faces'][1]['caption']}\n")
    other = json.loads(say("--count", "2", "--seed", "1", "--json")[1])
    assert other["faces"][0]["attributes"] != facts["faces"][0]["attributes"]


def test_where_fewer_fit_they_are_all(say: Say) -> None:
    texts = [f"{name}: {values[0]}" for name, values in ATTRIBUTES.items()]
    code, out, err = say(*told(*texts), "--json")
    assert (code, err) == (0, ["faces.png: 1 face: no other has all that is told"])
    [one] = json.loads(out)["faces"]
    assert one["attributes"] == {name: values[0] for name, values in ATTRIBUTES.items()}
    # The bald have no hair colour to choose, the others have six.
    some = {name: values[0] for name, values in list(ATTRIBUTES.items())[2:]}
    for shape, count in (({}, 31), ({"hair_shape": "bald"}, 1), ({"hair_shape": "bob"}, 6)):
        assert len(faces_told({**some, **shape}, 100, 0)) == count
    assert len(faces_told({**some, "hair_colour": "pink"}, 100, 0)) == 5


def test_what_is_wrong_is_told_at_once_and_nothing_is_written(say: Say, tmp_path: Path) -> None:
    texts = told("hair colour: purple", "bald", "black hair", "a beard", "moustache", "a beard")
    code, out, err = say(*texts)
    assert (code, out) == (2, "")
    assert err == [
        "error: --told 'hair colour: purple'   hair colour cannot be 'purple'; hair colour can be "
        "black, brown, blonde, ginger, grey, pink",
        "error: --told 'facial hair: moustache'   contradicts 'facial hair: beard', which is told "
        "as well; leave one of them out",
        "error: --told 'hair colour: black'   cannot be seen on a bald head, and 'hair shape: "
        "bald' is told as well; leave one of them out",
    ]
    code, out, err = say(*told("blue"), "--json")
    assert code == 2
    [problem] = json.loads(out)["problems"]
    assert problem["what"] == "'blue' could be clothing colour or background"
    assert list(tmp_path.iterdir()) == []


def test_it_understands_as_a_painter_that_reads_attributes_does() -> None:
    assert told_attributes([]) == {}
    assert told_attributes(["Hair_Color: GINGER", "make the background green", "no glasses"]) == {
        "hair_colour": "ginger",
        "background": "green",
        "glasses": "none",
    }


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("face.txt", "ends in '.txt'; give a file that ends in .png or .jpg or .jpeg or .webp"),
        ("face", "has no suffix; give a file that ends in .png or .jpg or .jpeg or .webp"),
        (".", "is a folder, not a file; give a file in it, such as faces.png"),
        (
            "gone/face.png",
            "cannot be written: there is no folder gone; make it first, or give another --out",
        ),
    ],
)
def test_a_place_that_cannot_be_written(say: Say, out: str, sentence: str) -> None:
    assert say("--out", out) == (2, "", [f"error: {out}   {sentence}"])


WITHOUT = """
import sys
from importlib import metadata
from painterkit.cli.app import main

found = metadata.version
def version(name):
    if name == "resvg-py":
        raise metadata.PackageNotFoundError(name)
    return found(name)
metadata.version = version
sys.exit(main(["faces"]))
"""


def test_without_what_draws_it_says_how_to_install_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "error: the data set avatars needs python-avatars and resvg-py; "
        'pip install "painterkit[avatars]"'
    ]
    assert list(tmp_path.iterdir()) == []


def test_it_says_what_it_is_for() -> None:
    plugin_checks("avatars")["command:faces"]()


def test_its_help_and_its_module_import_nothing_slow() -> None:
    code = (
        "import sys; from painterkit.cli.app import main; main(['faces', '--help'])\n"
        "print([name for name in ('torch', 'numpy', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "What every face is to have" in done.stdout
