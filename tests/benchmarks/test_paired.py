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


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_an_interval_holds_the_true_difference_as_often_as_it_says(seeds: int) -> None:
    """Seeds lie apart by 0.02 and conversations by 0.3, as in the experiments; nothing is asked
    of some conversations. 19 of 20 intervals should hold 0, whatever the number of seeds."""
    generator = np.random.default_rng(seeds)
    held = 0
    for _ in range(400):
        gaps = (
            generator.normal(0.0, 0.02, (seeds, 1))
            + generator.normal(0.0, 0.3, (1, 300))
            + generator.normal(0.0, 0.3, (seeds, 300))
        )
        gaps[:, :30] = np.nan
        _, low, high = difference(gaps, np.zeros_like(gaps))
        held += low < 0 < high
    assert 0.94 <= held / 400 <= 0.995


def test_a_single_seed_has_the_interval_of_its_conversations() -> None:
    mean, low, high = difference(np.array([[0.0, 1.0, 0.0, 1.0]]), np.zeros((1, 4)))
    half = 3.182 * np.sqrt(1 / 3 / 4)
    assert (mean, low, high) == pytest.approx((0.5, 0.5 - half, 0.5 + half), abs=1e-3)


def test_several_seeds_have_a_deviation_and_one_has_none() -> None:
    assert mean_and_deviation([1.0, 3.0]) == (2.0, pytest.approx(2**0.5))
    assert mean_and_deviation([1.0]) == (1.0, 0.0)
    assert np.isnan(table_of([[1.0, None]])[0, 1])
