"""Reporters that a recipe asks for: named wrongly, not to be had, failing, stopped and resumed."""

from __future__ import annotations

import json
import os
import signal
import tomllib
from collections.abc import Callable
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.plugins import BLOCK_VARIABLE

from .conftest import Done, Run, Trained
from .test_training import interrupted

PLUGIN = """
from painterkit.hookspecs import hookimpl

@hookimpl
def painterkit_reporters():
    return {"lines": "pk_reporters:build", "falls": "pk_reporters:build_falling",
            "lacks": "pk_lacking:build"}
"""
OTHER = """
from painterkit.hookspecs import hookimpl

@hookimpl
def painterkit_reporters():
    return {"lines": "pk_reporters:build"}
"""
REPORTERS = """
class Lines:
    def __init__(self, run, falls):
        self.file = (run / "heard.txt").open("a")
        self.falls = falls
        self.write("built")

    def write(self, *words):
        print(*words, file=self.file, flush=True)

    def phase(self, name, done, steps):
        self.write("phase", name, done, steps)

    def tick(self, tick):
        self.write("tick", tick.step, tick.images)
        if self.falls:
            raise TypeError("it fell")

    def note(self, sentence):
        self.write("note", sentence)

    def drawn(self, images, path):
        self.write("drawn", images, path.name, path.is_file())

    def close(self):
        self.write("closed")

def build(run):
    return Lines(run, falls=False)

def build_falling(run):
    return Lines(run, falls=True)
"""
FELL = "the reporter 'falls' failed and is told nothing more: TypeError: it fell"
LACKS = "reporter 'lacks' of plugin 'talking'   needs no_such_board, which is not installed"

Train = Callable[..., Done]


@pytest.fixture
def talking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install two plugins with reporters."""
    for name, text in {
        "pk_talking": PLUGIN,
        "pk_other": OTHER,
        "pk_reporters": REPORTERS,
        "pk_lacking": "import no_such_board\n",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    metadata = tmp_path / "talking-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: talking\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[painterkit.plugins]\ntalking = pk_talking\nother = pk_other\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    there = filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(there))
    invalidate_caches()


@pytest.fixture
def train(run: Run, trained: Trained, at_work: Path, talking: None) -> Train:
    """Return a function that trains small.toml a little, with reporters.

    `trained` comes first, as it is to prepare the pictures of the workplace itself.
    """

    def train_small(out: str, *reporters: str, steps: int = 40) -> Done:
        asked = f"report={json.dumps(reporters)}"
        length = f"phases.only.until.steps={steps}"
        return run("train", "small.toml", "--out", out, "--set", asked, "--set", length)

    return train_small


def heard(run: Path) -> list[str]:
    return (run / "heard.txt").read_text().splitlines()


def notes(run: Path) -> list[str]:
    entries = map(json.loads, (run / "log.jsonl").read_text().splitlines())
    return [entry["note"] for entry in entries if entry["event"] == "note"]


@pytest.mark.parametrize("command", ["check", "train"])
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ('["fals"]', "no reporter is named 'fals'; did you mean 'falls'?"),
        (
            '["lines"]',
            "'lines' is offered by the plugins 'other' and 'talking'; "
            "write 'other:lines' or 'talking:lines'",
        ),
        ('["falls", "talking:falls"]', "'talking:falls' is asked for twice; once is enough"),
        ("falls", "expected an array, got 'falls' (text)"),
    ],
)
def test_a_wrong_name_is_told_with_its_place(
    command: str, asked: str, sentence: str, run: Run, at_work: Path, talking: None
) -> None:
    done = run(command, "small.toml", "--set", "seed=-1", "--set", f"report={asked}")
    assert done.code == 2
    assert len(done.errors) == 2
    [told] = [line for line in done.errors if "report" in line]
    assert told == f"error: --set #2   report   {sentence}"


def test_in_a_recipe_it_is_told_with_its_line(run: Run, at_work: Path, talking: None) -> None:
    recipe = at_work / "asking.toml"
    recipe.write_text('painterkit = 1\nextends = "small"\nname = "asking"\nreport = ["fals"]\n')
    done = run("check", "asking.toml")
    assert done.errors == [
        "error: asking.toml line 4   report   no reporter is named 'fals'; did you mean 'falls'?"
    ]


def test_one_that_cannot_be_had_is_told_before_there_is_a_run(
    train: Train, run: Run, at_work: Path
) -> None:
    done = train("lacking", "lacks")
    assert (done.code, len(done.errors)) == (1, 1)
    assert done.errors[0].startswith(f"error: {LACKS}; install the package")
    assert not (at_work / "lacking").exists()
    done = run("check", "small.toml", "--set", 'report=["lacks"]')
    assert done.code == 0
    assert done.errors[0].startswith(f"warning: {LACKS}")


def test_it_hears_all_and_the_run_remembers_it(train: Train, at_work: Path) -> None:
    done = train("heard", "talking:lines")
    assert done.code == 0, done.stderr
    assert heard(at_work / "heard") == [
        "built",
        "phase only 0 40",
        "tick 20 160",
        "tick 40 320",
        "drawn 320 000000320.png True",
        "closed",
    ]
    recipe = tomllib.loads((at_work / "heard" / "recipe.toml").read_text())
    assert recipe["report"] == ["talking:lines"]


def test_one_that_falls_takes_nothing_down(train: Train, at_work: Path) -> None:
    done = train("fallen", "falls", "talking:lines")
    assert done.code == 0, done.stderr
    assert done.errors.count(FELL) == 1
    assert "trained: fallen" in done.errors
    assert notes(at_work / "fallen") == [FELL]
    lines = heard(at_work / "fallen")
    assert lines.count("tick 20 160") == 2
    assert lines.count("tick 40 320") == 1
    assert lines.count("closed") == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_stopped_and_resumed_it_goes_on(train: Train, run: Run, at_work: Path) -> None:
    arguments = ["small.toml", "--out", "long", "--set", 'report=["talking:lines"]']
    length = ["--set", "phases.only.until.steps=200"]
    code, said = interrupted([*arguments, *length], at_work, "only  step", signal.SIGINT)
    assert code == 130, said
    first = heard(at_work / "long")
    assert (first[0], first[-1]) == ("built", "closed")
    done = run("train", "--resume", "long")
    assert done.code == 0, done.stderr
    second = heard(at_work / "long")[len(first) :]
    assert second[0] == "built"
    assert second[1].startswith("note going on after ")
    assert second[-2:] == ["drawn 1600 000001600.png True", "closed"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_run_goes_on_where_its_reporter_is_gone(
    train: Train, run: Run, at_work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["small.toml", "--out", "alone", "--set", 'report=["falls"]']
    length = ["--set", "phases.only.until.steps=200"]
    code, said = interrupted([*arguments, *length], at_work, "only  step", signal.SIGINT)
    assert code == 130, said
    monkeypatch.setenv(BLOCK_VARIABLE, "talking")
    done = run("train", "--resume", "alone")
    assert done.code == 0, done.stderr
    gone = "the reporter 'falls' is told nothing: no reporter is named 'falls'; known: lines"
    assert any(line.startswith(gone) for line in done.errors)
    assert any(note.startswith(gone) for note in notes(at_work / "alone"))
    # What was trained can be drawn with as well.
    assert run("generate", "alone", "--caption", "a bald man", "--out", "alone.png").code == 0
