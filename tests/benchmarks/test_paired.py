"""What every experiment rests on: how long a run was trained, and paired differences."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.paired.intervals import difference, mean_and_deviation, table_of
from benchmarks.paired.trainings import seconds_of


def write_log(run: Path, *lines: str) -> Path:
    (run / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    return run


def line(clock: str, event: str) -> str:
    return json.dumps({"time": f"2026-01-01T{clock}.000+00:00", "event": event}) + "\n"


def test_the_pause_before_a_run_was_resumed_is_not_counted(tmp_path: Path) -> None:
    run = write_log(
        tmp_path,
        line("10:00:00", "started"),
        line("10:01:30", "tick"),
        line("23:00:00", "resumed"),
        line("23:00:20", "tick"),
    )
    assert seconds_of(run) == 110.0


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    cut = line("10:00:40", "tick")[:-20]
    run = write_log(tmp_path, line("10:00:00", "started"), line("10:00:30", "tick"), cut)
    assert seconds_of(run) == 30.0


def test_the_interval_of_paired_runs_does_not_know_what_both_have_in_common() -> None:
    easy = np.linspace(0, 1, 50)
    one = np.stack([easy + 0.1, easy + 0.1])
    assert difference(one, np.stack([easy, easy])) == pytest.approx((0.1, 0.1, 0.1))


def test_an_interval_holds_the_difference_of_noisy_runs_and_leaves_out_what_was_not_asked() -> None:
    generator = np.random.default_rng(0)
    asked = generator.random((3, 400)) < 0.7
    other = np.where(asked, generator.normal(0.0, 1.0, (3, 400)), np.nan)
    mean, low, high = difference(other + generator.normal(0.3, 0.5, (3, 400)), other)
    assert low < 0.3 < high
    assert low < mean < high
    assert high - low < 0.3


def test_several_seeds_have_a_deviation_and_one_has_none() -> None:
    assert mean_and_deviation([1.0, 3.0]) == (2.0, pytest.approx(2**0.5))
    assert mean_and_deviation([1.0]) == (1.0, 0.0)
    assert np.isnan(table_of([[1.0, None]])[0, 1])
