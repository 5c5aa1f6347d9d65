from __future__ import annotations

from pathlib import Path

from painterkit.interfaces.reporter import Tick
from painterkit.reporting.collapse import NARROW, PATIENCE, CollapseWatch


class Notes:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def phase(self, name: str, done: int, steps: int) -> None: ...

    def tick(self, tick: Tick) -> None: ...

    def note(self, sentence: str) -> None:
        self.heard.append(sentence)

    def drawn(self, images: int, path: Path) -> None: ...


def remedies(phase: str) -> list[str]:
    return [f"train {phase} otherwise", "read the words"]


def heard(*spreads: float | None, phases: int = 1, done: int = 0) -> list[str]:
    notes = Notes()
    watch = CollapseWatch([notes], remedies)
    for _ in range(phases):
        watch.phase("joint", done, 1000)
        for place, spread in enumerate(spreads):
            metrics = {} if spread is None else {"spread": spread}
            watch.tick(Tick("joint", done + 20 * (place + 1), 1000, 0, 1.0, metrics))
    return notes.heard


def test_pictures_that_are_all_one_are_told_of_once_a_phase() -> None:
    [sentence] = heard(*[0.1] * 50)
    assert sentence.startswith("the pictures hardly differ from each other")
    assert f"below {NARROW} of the real ones' for {20 * PATIENCE} steps" in sentence
    assert sentence.endswith("Should it stay so: train joint otherwise; or read the words")
    assert len(heard(*[0.1] * 50, phases=2)) == 2


def test_the_steps_are_counted_from_the_last_tick_that_was_not_narrow() -> None:
    for sentences in (heard(0.9, *[0.1] * PATIENCE), heard(*[0.1] * PATIENCE, done=400)):
        [sentence] = sentences
        assert f"for {20 * PATIENCE} steps" in sentence


def test_a_slow_start_and_a_bad_moment_are_no_collapse() -> None:
    assert heard(*[0.1] * (PATIENCE - 1), 0.9, *[0.1] * (PATIENCE - 1)) == []
    assert heard(*[None] * 50) == []
    assert heard(*[NARROW] * 50) == []
