"""log.jsonl: one JSON object a line, whatever happens."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from painterkit.errors import Failure
from painterkit.interfaces.reporter import Tick
from painterkit.reporting.log import LogReporter

TICK = Tick("stage-1", 20, 40, 640, 32.5, {"generator.matching": 0.5, "generator.kl": 0.25})


def lines(path: Path) -> list[dict[str, object]]:
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    return [without_time(line) for line in text.splitlines()]


def without_time(line: str) -> dict[str, object]:
    """Return a line's entry, whose time is in the zone UTC and near now."""
    entry: dict[str, object] = json.loads(line)
    told = datetime.fromisoformat(str(entry.pop("time")))
    assert told.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - told) < timedelta(hours=1)
    return entry


def test_what_is_told_is_written_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with LogReporter(path) as log:
        assert not path.exists()
        log.phase("stage-1", 0, 40)
        log.tick(TICK)
        # Flushed: another program may follow the file.
        assert [line["event"] for line in lines(path)] == ["phase", "tick"]
        log.note("saved")
    assert lines(path) == [
        {"event": "phase", "phase": "stage-1", "step": 0, "steps": 40},
        {
            "event": "tick",
            "phase": "stage-1",
            "step": 20,
            "steps": 40,
            "images": 640,
            "images_per_second": 32.5,
            "metrics": {"generator.matching": 0.5, "generator.kl": 0.25},
        },
        {"event": "note", "note": "saved"},
    ]


def test_a_sample_grid_is_named_as_it_lies_in_the_run(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with LogReporter(path) as log:
        log.drawn(640, tmp_path / "samples" / "000000640.png")
        log.drawn(700, Path("/elsewhere/grid.png"))
    assert lines(path) == [
        {"event": "drawn", "images": 640, "path": "samples/000000640.png"},
        {"event": "drawn", "images": 700, "path": "/elsewhere/grid.png"},
    ]


def test_numbers_that_are_not_finite_are_null(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    metrics = {"a": float("nan"), "b": float("inf"), "c": -1.0}
    with LogReporter(path) as log:
        log.tick(Tick("p", 1, 1, 1, float("inf"), metrics))
    [line] = lines(path)
    assert line["metrics"] == {"a": None, "b": None, "c": -1.0}
    assert line["images_per_second"] is None


def test_a_resumed_training_says_so_once_and_mends_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"event": "note", "note": "one"}\n{"event": "tick", "pha')
    with LogReporter(path, resumed=True) as log:
        log.note("two")
        log.note("three")
    texts = path.read_text().splitlines()
    assert texts[1] == '{"event": "tick", "pha'
    assert [without_time(text) for text in texts[2:]] == [
        {"event": "resumed"},
        {"event": "note", "note": "two"},
        {"event": "note", "note": "three"},
    ]


def test_a_finished_run_is_not_touched_by_a_resume_that_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"event": "note", "note": "one"}\n')
    with LogReporter(path, resumed=True):
        pass
    assert len(path.read_text().splitlines()) == 1


def test_a_log_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "no-such-folder" / "log.jsonl"
    with LogReporter(path) as log, pytest.raises(Failure) as failure:
        log.note("lost")
    assert str(failure.value) == (
        f"{path}   cannot be written (No such file or directory); make room and resume"
    )
