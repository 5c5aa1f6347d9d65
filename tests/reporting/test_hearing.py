"""Everybody who hears of a training: built at its beginning, closed at its end, whatever it is."""

from __future__ import annotations

import json
import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.errors import Failure, WrongInput
from painterkit.interfaces.reporter import Tick
from painterkit.reporters import ReporterOffer, Reporters
from painterkit.reporting.hearing import hearing

LINES = """
class Lines:
    def __init__(self, file):
        self.file = file

    def phase(self, name, done, steps): pass
    def tick(self, tick): pass
    def drawn(self, images, path): pass

    def note(self, sentence):
        print(sentence, file=self.file)

    def close(self):
        print("closed", file=self.file)
        self.file.close()

def build(run):
    return Lines((run / "lines.txt").open("a"))
"""


class Notes:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def phase(self, name: str, done: int, steps: int) -> None: ...

    def tick(self, tick: Tick) -> None: ...

    def note(self, sentence: str) -> None:
        self.heard.append(sentence)

    def drawn(self, images: int, path: Path) -> None: ...


@pytest.fixture
def on_offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reporters:
    (tmp_path / "pk_hearing_lines.py").write_text(LINES)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    invalidate_caches()
    build = "pk_hearing_lines:build"
    return Reporters(
        [
            ReporterOffer("lines", build, "mine"),
            ReporterOffer("lost", "pk_hearing_gone:build", "mine"),
        ],
        plugins=["mine"],
    )


def heard(run: Path) -> list[str]:
    return (run / "lines.txt").read_text().splitlines()


def test_those_that_are_asked_for_hear_what_the_log_and_the_others_hear(
    on_offer: Reporters, tmp_path: Path
) -> None:
    log = Notes()
    with hearing(["lines"], on_offer, tmp_path, [log], resumed=False) as told:
        assert told[1] is log
        for reporter in told:
            reporter.tick(Tick("only", 20, 1000, 20, 1.0, {"spread": 0.01}))
            reporter.note("look")
    assert log.heard == ["look"]
    assert heard(tmp_path) == ["look", "closed"]
    tick, last = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    assert tick["event"] == "tick"
    assert last["note"] == "look"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Failure([]), SystemExit(3)])
def test_they_are_closed_whatever_happens(
    on_offer: Reporters, tmp_path: Path, error: BaseException
) -> None:
    def train() -> None:
        with hearing(["lines"], on_offer, tmp_path, [], resumed=False) as told:
            told[1].note("it begins")
            raise error

    with pytest.raises(type(error)) as caught:
        train()
    assert caught.value is error
    assert heard(tmp_path) == ["it begins", "closed"]


def test_a_new_training_is_refused_and_a_resumed_one_goes_on(
    on_offer: Reporters, tmp_path: Path
) -> None:
    names = ["lines", "lost", "linse"]
    for name, error in (("lost", Failure), ("linse", WrongInput)):
        with pytest.raises(error), hearing([name], on_offer, tmp_path, [], resumed=False):
            pass
    log = Notes()
    with hearing(names, on_offer, tmp_path, [log], resumed=True) as told:
        told[2].note("going on")
    assert log.heard == [
        "the reporter 'lost' is told nothing: reporter 'lost' of plugin 'mine'   its module "
        "pk_hearing_gone does not exist; reinstall the plugin, or mend 'build' of "
        "the component where the plugin is yours",
        "the reporter 'linse' is told nothing: no reporter is named 'linse'; did you mean 'lines'?",
    ]
    assert heard(tmp_path) == ["going on", "closed"]
