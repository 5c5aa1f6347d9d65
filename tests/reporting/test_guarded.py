"""A plugin's reporter that fails is told nothing more, and nobody else notices but by a note."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from painterkit.errors import Failure, Problem
from painterkit.interfaces.reporter import Tick
from painterkit.reporting.guarded import GuardedReporter

TICK = Tick("only", 20, 40, 160, 10.0, {"spread": 0.5})


class Heard:
    """Keep what is told, and raise where it is asked to."""

    def __init__(self, fails: str = "", error: BaseException | None = None) -> None:
        self.heard: list[tuple[object, ...]] = []
        self._fails = fails
        self._error = error

    def phase(self, name: str, done: int, steps: int) -> None:
        self._hear("phase", name, done, steps)

    def tick(self, tick: Tick) -> None:
        self._hear("tick", tick)

    def note(self, sentence: str) -> None:
        self._hear("note", sentence)

    def drawn(self, images: int, path: Path) -> None:
        self._hear("drawn", images, path)

    def close(self) -> None:
        self._hear("close")

    def _hear(self, *what: object) -> None:
        self.heard.append(what)
        if what[0] == self._fails and self._error is not None:
            raise self._error


def tell_all(reporter: Any) -> None:
    reporter.note("it begins")
    for _ in range(2):
        reporter.phase("only", 0, 40)
        reporter.tick(TICK)
        reporter.drawn(160, Path("grid.png"))
    reporter.close()


ALL = ["note", *["phase", "tick", "drawn"] * 2, "close"]


def test_what_is_told_is_passed_on() -> None:
    inner, log = Heard(), Heard()
    guarded = GuardedReporter("mine", lambda run: inner, Path("run"), [log])
    tell_all(guarded)
    assert [what[0] for what in inner.heard] == ALL
    assert inner.heard[2] == ("tick", TICK)
    assert inner.heard[3] == ("drawn", 160, Path("grid.png"))
    assert log.heard == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TypeError("no\n  \x1b[31mway"), "TypeError: no way"),
        (SystemExit(), "SystemExit"),
        (Failure(Problem("the board", "is full", "empty it")), "the board   is full; empty it"),
        (RecursionError("deep"), "RecursionError: deep"),
    ],
)
def test_after_its_first_exception_it_is_only_closed(error: BaseException, words: str) -> None:
    inner, log, console = Heard("tick", error), Heard(), Heard()
    tell_all(GuardedReporter("mine", lambda run: inner, Path("run"), [log, console]))
    assert [what[0] for what in inner.heard] == ["note", "phase", "tick", "close"]
    sentence = f"the reporter 'mine' failed and is told nothing more: {' '.join(words.split())}"
    assert log.heard == console.heard == [("note", sentence)]


def test_a_reporter_that_cannot_be_closed_is_told_of_once() -> None:
    log = Heard()
    tell_all(GuardedReporter("mine", lambda run: Heard("close", OSError("disk")), Path(), [log]))
    assert log.heard == [
        ("note", "the reporter 'mine' failed and is told nothing more: OSError: disk")
    ]
    both = Heard()
    inner = Heard("close", OSError("disk"))
    inner.tick = None  # type: ignore[assignment]
    tell_all(GuardedReporter("mine", lambda run: inner, Path(), [both]))
    assert len(both.heard) == 1
    assert inner.heard[-1] == ("close",)


def exits(run: Path) -> Heard:
    sys.exit(f"cannot write to {run}")


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (exits, "SystemExit: cannot write to run"),
        (lambda: Heard(), "TypeError: "),
        (lambda run: None, "AttributeError: 'NoneType' object has no attribute 'note'"),
    ],
)
def test_one_that_cannot_be_built(build: Callable[..., Any], words: str) -> None:
    log = Heard()
    tell_all(GuardedReporter("mine", build, Path("run"), [log]))
    [(_, sentence)] = log.heard
    assert str(sentence).startswith(f"the reporter 'mine' failed and is told nothing more: {words}")


@pytest.mark.parametrize("moment", ["phase", "tick", "note", "drawn", "close"])
def test_ctrl_c_passes(moment: str) -> None:
    log = Heard()
    inner = Heard(moment, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        tell_all(GuardedReporter("mine", lambda run: inner, Path(), [log]))
    assert log.heard == []
