"""chat over a pipe: one thing said after another."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from .conftest import Done, Run, Talk, Trained

pytestmark = pytest.mark.usefixtures("at_work")


def answers(done: Done) -> list[str]:
    """Return the lines on stdout without the times."""
    assert done.code == 0, done.stderr
    return [line.rpartition("  (")[0] or line for line in done.stdout.splitlines()]


def facts(done: Done) -> list[dict[str, object]]:
    assert done.code == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for one in found:
        milliseconds = one.pop("milliseconds", 0.0)
        assert isinstance(milliseconds, float)
    return found


def pixels(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture).astype(int)


def test_a_line_a_turn_and_a_picture(talk: Talk, run: Run, turns_run: Path, tmp_path: Path) -> None:
    said = f"hair colour: pink\nglasses: round\n/save {tmp_path / 'a.png'}\n"
    done = talk(turns_run, said, "--seed", "4")
    assert answers(done) == ["1  hair colour: pink", "2  glasses: round"]
    assert done.errors == [f"saved {tmp_path / 'a.png'}"]
    assert all(line.endswith(" ms)") for line in done.stdout.splitlines())
    words = ("--turn", "hair colour: pink", "--turn", "glasses: round", "--seed", "4")
    run("generate", str(turns_run), *words, "--out", str(tmp_path / "b.png"))
    assert np.abs(pixels(tmp_path / "a.png") - pixels(tmp_path / "b.png")).max() <= 1


def test_a_painter_that_reads_a_dialogue(talk: Talk, trained: Trained) -> None:
    done = talk(trained.run, "Does he smile? Yes.\nAny glasses? No.\n", "--caption", "a bald man")
    expected = ["0  a bald man", "1  Does he smile? Yes.", "2  Any glasses? No."]
    assert (answers(done), done.stderr) == (expected, "")


def test_wrong_words_are_told_and_it_goes_on(talk: Talk, turns_run: Path) -> None:
    done = talk(turns_run, "hat: blue\nhair colour: mauve\n\n  \nhair colour: Pink\nno, grey\n")
    assert answers(done) == ["1  hair colour: pink", "2  hair colour: grey"]
    attribute, value = done.errors
    assert attribute.startswith("error: 'hat: blue' there is no attribute 'hat'; ")
    assert value.startswith("error: 'hair colour: mauve' hair colour cannot be 'mauve'; ")


def test_json(talk: Talk, turns_run: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "a.png")
    lines = ["give her pink hair", "hat: blue", f"/save {file}", "no, grey", "/again", "/undo"]
    done = talk(turns_run, "\n".join([*lines, "/undo"]), "--json", "--seed", "3")
    pink = {"text": "hair colour: pink", "attribute": "hair_colour", "value": "pink"}
    first = {"turn": 1, **pink, "seed": 3}
    grey = {"turn": 2, "text": "hair colour: grey", "attribute": "hair_colour", "value": "grey"}
    told, wrong, saved, *rest = facts(done)
    assert told == first
    [problem] = wrong["problems"]  # pyright: ignore[reportGeneralTypeIssues]
    assert problem["what"] == "there is no attribute 'hat'"
    assert saved == {**first, "saved": file}
    silence = {"turn": 0, "text": "", "attribute": None, "value": None, "seed": 4}
    assert rest == [{**grey, "seed": 3}, {**grey, "seed": 4}, {**first, "seed": 4}, silence]
    assert [line.partition(" ")[0] for line in done.errors] == [
        "error:",
        "saved",
        "seed",
        "nothing",
    ]


def test_the_strip_and_again(talk: Talk, turns_run: Path, tmp_path: Path) -> None:
    before, after, strip = (tmp_path / f"{name}.png" for name in ("before", "after", "strip"))
    said = f"hair colour: pink\nglasses: round\n/save {before}\n/again 9\n/save '{after}'\n"
    done = talk(turns_run, f"{said}/strip {strip}\n")
    assert answers(done) == ["1  hair colour: pink", *["2  glasses: round"] * 2]
    assert (pixels(before) != pixels(after)).any()
    assert pixels(strip).shape[1] > 2 * 128


def test_attributes_and_help(talk: Talk, turns_run: Path) -> None:
    done = talk(turns_run, "hair colour: pink\n/attributes\n/help\n/quit\nglasses: round\n")
    assert answers(done) == ["1  hair colour: pink"], "nothing is heard after /quit"
    rows = {line[:13].strip(): line[13:].split() for line in done.errors}
    assert rows["hair colour"][0] == "pink"
    assert rows["glasses"][0] == "none,"
    for command in ("undo", "again", "save", "strip", "attributes", "help", "quit"):
        assert f"  /{command} " in done.stderr


REFUSED = {
    "/sav a.png": "/sav is no command; did you mean '/save'?",
    "/": "/ is no command; known: /again, /attributes, /help, /quit, /save, /strip, /undo",
    "/undo": "there is nothing to take back: nothing was said",
    "/undo 2": "/undo stands alone; type /undo",
    "/save": "/save needs a file; as in /save save.png",
    "/save a.png": "/save there is no picture yet; say something first",
    "/strip a.png": "/strip there is no picture yet; say something first",
    "/again x": "/again 'x' is no seed; give a whole number, as in /again 7",
    "/again -1": "seed must be at least 0 and below 2^63, got -1",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_command_that_cannot_be(talk: Talk, turns_run: Path, line: str) -> None:
    done = talk(turns_run, f"{line}\nhair colour: pink\n")
    assert answers(done) == ["1  hair colour: pink"]
    assert done.errors == [f"error: {REFUSED[line]}"]


NOWHERE = {
    "no folder": ("/nowhere/at/all/a.png", "cannot be written: there is no folder /nowhere/at;"),
    "a folder": ("/tmp", "is a folder, not a file"),
    "no picture": ("a.txt", "ends in '.txt'"),
    "no name": ("a\x00b.png", "cannot be a file"),
    "too long": ("x" * 100_000 + ".png", "cannot be a file"),
    "nobody's home": ("~nobody-of-this-name/a.png", "cannot be a file"),
}


@pytest.mark.parametrize("name", NOWHERE)
def test_a_file_that_cannot_be_written(talk: Talk, turns_run: Path, name: str) -> None:
    path, what = NOWHERE[name]
    done = talk(turns_run, f"hair colour: pink\n/save {path}\nglasses: round\n")
    assert answers(done) == ["1  hair colour: pink", "2  glasses: round"]
    [error] = done.errors
    assert what in error
    assert "--out" not in error
    assert len(error) < 300


ODD = {
    "emoji": "\U0001f469‍\U0001f9b0 \U0001f642",
    "right to left": "امرأة مبتسمة ‏عם",
    "controls": "\x1b[2J\x1b]0;mine\x07\x9b31m a\x08b",
    "turned around": "\u202ecolour\u202c",
    "a megabyte": "x" * 1_000_000,
    "a megabyte of words": "glasses " * 125_000,
}


@pytest.mark.parametrize("name", ODD)
def test_odd_lines_are_answered(talk: Talk, turns_run: Path, trained: Trained, name: str) -> None:
    """One painter reads any text, the other knows attributes alone; a terminal obeys neither."""
    for painter in (turns_run, trained.run):
        done = talk(painter, f"{ODD[name]}\nglasses: round\n")
        assert answers(done)[-1].endswith("glasses: round")
        assert len(done.stdout) + len(done.stderr) < 3000
        assert len(done.stdout.splitlines()) + len(done.errors) == 2
        shown = done.stdout + done.stderr
        assert not [c for c in shown if not c.isprintable() and c not in "\n‍"]
        assert "�" not in shown


def test_bytes_that_are_no_text(talk: Talk, turns_run: Path) -> None:
    lines = b"\xef\xbb\xbfglasses: round\r\nhair colour: \xff\xfe\n\x00\x00\nglasses: none"
    done = talk(turns_run, lines)
    assert answers(done) == ["1  glasses: round", "2  glasses: none"]
    warning, *errors = done.errors
    assert warning == "warning: line 2 is not UTF-8: what cannot be read is taken for �"
    assert [error.partition(" ")[0] for error in errors] == ["error:", "error:"]


def test_json_escapes_what_a_terminal_obeys(talk: Talk, trained: Trained) -> None:
    text = "a \x1b[31m \x9b31m \x7f face"
    done = talk(trained.run, text, "--json")
    assert all(letter.isprintable() for letter in done.stdout.rstrip("\n"))
    assert facts(done)[0]["text"] == text


def test_nothing_said(talk: Talk, turns_run: Path) -> None:
    done = talk(turns_run, "")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")


def test_a_hundred_turns_and_all_taken_back(talk: Talk, turns_run: Path) -> None:
    said = ["glasses: round", "glasses: none"] * 50
    done = talk(turns_run, "\n".join([*said, *["/undo"] * 100]))
    numbers = [int(line.split()[0]) for line in answers(done)]
    assert numbers == [*range(1, 101), *reversed(range(1, 100))]
    assert done.errors == ["nothing is said now"]


def test_what_is_no_painter(talk: Talk) -> None:
    done = talk(Path("nothing"), "hello\n")
    assert (done.code, done.stdout) == (2, "")
    assert done.errors[0].startswith("error: nothing   there is no such folder")


def test_over_a_real_pipe(run_apart: Run, trained: Trained) -> None:
    """Bytes that no locale knows, and a reader that has gone."""
    done = run_apart("chat", str(trained.run), "--caption", "\udcff", env={"LC_ALL": "C"})
    assert (done.code, done.stdout) == (0, "0  \ufffd\n")
