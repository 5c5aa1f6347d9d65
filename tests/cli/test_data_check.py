"""data check: what a folder holds, or all that is wrong with it; check and train say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from painterkit.cli.app import app

from ..picture_folders import write_jsonl_folder, write_lines, write_visdial_09, write_visdial_10
from .conftest import Done, Run

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder of twelve pictures with faces.jsonl."""
    return write_jsonl_folder(tmp_path / "own")


@pytest.fixture
def spoilt(own: Path) -> Path:
    """Return the folder with five things wrong in it."""
    lines = (own / "faces.jsonl").read_text().splitlines()
    lines[0] = "{"
    lines[2] = lines[2].replace('"captions"', '"captoins"')
    lines[4] = lines[4].replace("faces/004.jpg", "faces/004.png")
    picture = own / "faces" / "006.jpg"
    picture.write_bytes(picture.read_bytes()[:-200])
    write_lines(own / "faces.jsonl", lines)
    return own


def said(done: Done) -> list[str]:
    """Return the problems that a command told, as errors or warnings."""
    kinds = ("error: ", "warning: ")
    return [line.split(": ", 1)[1] for line in done.errors if line.startswith(kinds)]


def test_every_parameter_has_help() -> None:
    group: Any = typer.main.get_command(app)
    command = group.commands["data"].commands["check"]
    assert command.help.endswith(".")
    assert all(parameter.help.endswith(".") for parameter in command.params)


@pytest.mark.parametrize("file", ["", "faces.jsonl"])
def test_what_is_there(run: Run, own: Path, file: str) -> None:
    path = own / file
    done = run("data", "check", str(path))
    assert (done.code, done.errors) == (0, [f"{path}: nothing is wrong"])
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0] == ["jsonl,", "pictures", "made", "to", "fit", "64", "px"]
    assert rows[3] == ["train", "11", "11", "11", "110", "10", "to", "10", "135.3", "kB"]
    assert rows[4] == ["validation", "1", "1", "1", "10", "10", "to", "10", "12.4", "kB"]
    assert ["glasses", "none,", "round,", "sunglasses"] in rows


def test_as_json(run: Run, own: Path) -> None:
    done = run("data", "check", str(own), "--set", "resolution=32", "--json")
    assert (done.code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["right"], told["problems"]) == (True, [])
    facts = told["facts"]
    assert (facts["dataset"], facts["resolution"]) == ("jsonl", 32)
    assert facts["attributes"]["glasses"] == ["none", "round", "sunglasses"]
    assert facts["splits"][0] == {
        "split": "train",
        "pictures": 11,
        "conversations": 11,
        "captions": 11,
        "turns": 110,
        "fewest_turns": 10,
        "most_turns": 10,
        "bytes": 128 + 11 * 32 * 32 * 3,
    }


def test_all_that_is_wrong_with_file_and_line(run: Run, spoilt: Path) -> None:
    done = run("data", "check", str(spoilt))
    assert (done.code, done.stdout) == (2, "")
    places = [line.split("   ")[0] for line in done.errors]
    assert places == [f"error: {spoilt / 'faces.jsonl'} line {n}" for n in (1, 3, 3, 5, 7)]
    assert "is not JSON" in done.errors[0]
    assert "unknown key 'captoins'; did you mean 'captions'?" in done.errors[1]
    assert "'faces/004.png' is missing; did you mean 'faces/004.jpg'?" in done.errors[3]
    assert "'faces/006.jpg' is broken or cut short" in done.errors[4]

    words, done = done, run("data", "check", str(spoilt), "--json")
    assert (done.code, done.stderr) == (2, words.stderr)
    told = json.loads(done.stdout)
    assert told["right"] is False
    assert [one["where"] for one in told["problems"]] == [
        place.removeprefix("error: ") for place in places
    ]


DATA = "data={{ use = 'jsonl', folder = '{}', resolution = 32 }}"


def test_check_and_train_tell_the_same(run: Run, spoilt: Path) -> None:
    problems = said(run("data", "check", str(spoilt)))
    data = DATA.format(spoilt)
    assert said(run("check", "small.toml", "--set", data)) == problems
    done = run("train", "small.toml", "--set", data, "--out", "not-trained")
    assert done.code != 0
    assert said(done) == problems
    assert not Path("not-trained").exists()


def test_a_picture_that_is_missing_is_a_warning_in_check_and_an_error_in_train(
    run: Run, own: Path
) -> None:
    (own / "faces" / "000.jpg").unlink()
    [problem] = said(run("data", "check", str(own)))
    data = DATA.format(own)
    arguments = ("small.toml", "--set", data, "--set", "phases.only.batch=4")
    done = run("check", *arguments)
    assert done.code == 0
    assert done.errors[0] == f"warning: {problem}"
    done = run("train", *arguments, "--out", "not-trained")
    assert (done.code, done.errors) == (1, [f"error: {problem}"])


def test_a_training_on_own_pictures(run: Run, own: Path) -> None:
    steps = ("--set", "phases.only.until.steps=2", "--set", "phases.only.batch=4")
    done = run("train", "small.toml", "--set", DATA.format(own), *steps, "--out", "own-run")
    assert done.code == 0, done.stderr
    done = run("generate", "own-run", "--caption", "a bald man", "--out", "own.png")
    assert done.code == 0, done.stderr


def test_coco_with_visdial(run: Run, tmp_path: Path) -> None:
    folder = write_visdial_09(tmp_path / "coco")
    done = run("data", "check", str(folder), "--json")
    assert done.code == 0, done.stdout
    facts = json.loads(done.stdout)["facts"]
    assert facts["dataset"] == "coco-visdial"
    assert [one["conversations"] for one in facts["splits"]] == [6, 4]
    (folder / "visdial_0.9_val.json").unlink()
    done = run("data", "check", str(folder))
    assert done.code == 2
    [line] = done.errors
    assert line.startswith(f"error: {folder / 'visdial_0.9_val.json'}   is missing; download ")


def test_a_setting_chooses_the_version(run: Run, tmp_path: Path) -> None:
    folder = write_visdial_10(tmp_path / "coco")
    done = run("data", "check", str(folder))
    assert done.code == 2
    assert 'read them with version = "1.0"' in done.stderr
    version, test = 'version="1.0"', "held_out=test"
    done = run("data", "check", str(folder), "--set", version, "--set", test, "--json")
    assert done.code == 0, done.stdout
    held_out = json.loads(done.stdout)["facts"]["splits"][1]
    assert (held_out["fewest_turns"], held_out["most_turns"]) == (0, 3)


def test_which_data_set_it_is(run: Run, own: Path) -> None:
    write_visdial_09(own, 2, 2)
    done = run("data", "check", str(own))
    assert done.code == 2
    assert done.errors == [
        f"error: {own}   holds files of coco-visdial and jsonl; say which is meant: "
        "--as coco-visdial"
    ]
    assert run("data", "check", str(own), "--as", "coco-visdial").code == 0
    assert run("data", "check", str(own), "--as", "datasets:jsonl").code == 0
    assert run("data", "check", str(own / "faces.jsonl")).code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("own/gone",), "gone   is not there"),
        (("own/face.jsonl",), "face.jsonl   is not there; did you mean 'faces.jsonl'?"),
        (
            ("own/faces",),
            "faces   holds no file by which a data set is known; known are coco-visdial: ",
        ),
        (("own", "--as", "jsnol"), "no dataset is named 'jsnol'; did you mean 'jsonl'?"),
        (("own", "--as", "avatars"), "--as   the data set 'avatars' reads no folder; known: "),
        (("own", "--set", "resolution"), "--set #1   expected path=value, got 'resolution'; "),
        (
            ("own", "--set", "resolutoin=64"),
            "--set #1   resolutoin   unknown key; did you mean 'resolution'?",
        ),
        (("own", "--set", "resolution=4"), "--set #1   resolution   must be at least 8, got 4"),
        (
            ("own", "--set", "crop=top", "--set", "seed=x"),
            "--set #2   seed   expected a whole number, got 'x' (text)",
        ),
    ],
)
def test_what_is_wrong_with_the_command(
    run: Run, own: Path, arguments: tuple[str, ...], words: str
) -> None:
    path, *options = arguments
    done = run("data", "check", str(own.parent / path), *options)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_wrong_with_the_command_is_told_without_torch(run_apart: Run, own: Path) -> None:
    done = run_apart(
        "data", "check", str(own), "--set", "seed=x", env={"PYTHONPROFILEIMPORTTIME": "1"}
    )
    assert done.code == 2
    assert " numpy" not in done.stderr
    assert " torch" not in done.stderr
