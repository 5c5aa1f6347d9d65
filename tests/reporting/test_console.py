"""What a person sees of a training, on a terminal and elsewhere."""

from __future__ import annotations

import io
import os
import re

import pytest
from attrs import evolve
from rich.console import Console

from painterkit.interfaces.reporter import Tick
from painterkit.reporting.bar import BarReporter
from painterkit.reporting.console import LineReporter, console_reporter
from painterkit.reporting.status import STOPPING, clock_words, speed_words

TICK = Tick("stage-1", 20, 4000, 640, 32.46, {"generator.matching": 0.51234567, "real.64": -12.0})


class Clock:
    """A clock that a test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "-"),
        (float("inf"), "-"),
        (0.2, "0:00"),
        (59.6, "1:00"),
        (754, "12:34"),
        (3723, "1:02:03"),
        (47 * 3600, "47:00:00"),
        (51 * 3600, "2 d 3 h"),
    ],
)
def test_durations(seconds: float | None, words: str) -> None:
    assert clock_words(seconds) == words


def test_speeds() -> None:
    assert speed_words(1.376) == "1.4 img/s"
    assert speed_words(1234.56) == "1,235 img/s"


def test_one_line_a_tick_at_most_every_interval_but_the_last_always() -> None:
    stream, clock = io.StringIO(), Clock()
    with LineReporter(stream, interval=10, clock=clock) as lines:
        lines.phase("stage-1", 0, 4000)
        for step, now in ((20, 102), (40, 104), (60, 111.9), (80, 112), (4000, 112.5)):
            clock.now = now
            lines.tick(evolve(TICK, step=step))
        lines.note("saved")
    assert stream.getvalue().splitlines() == [
        "phase stage-1: 4,000 steps",
        "stage-1  step 20/4,000  640 images  32.5 img/s  eta 6:38  "
        "generator.matching 0.5123  real.64 -12",
        "stage-1  step 80/4,000  640 images  32.5 img/s  eta 9:48  "
        "generator.matching 0.5123  real.64 -12",
        "stage-1  step 4,000/4,000  640 images  32.5 img/s  eta 0:00  "
        "generator.matching 0.5123  real.64 -12",
        "saved",
    ]


def test_what_was_done_before_a_resume_is_no_pace() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = LineReporter(stream, clock=clock)
    lines.phase("stage-1", 3000, 4000)
    clock.now += 10
    lines.tick(evolve(TICK, step=3100))
    first, second = stream.getvalue().splitlines()
    assert first == "phase stage-1: 4,000 steps, 3,000 done"
    assert "eta 1:30" in second


def test_every_preparation_begins_and_ends_with_a_line() -> None:
    stream, clock = io.StringIO(), Clock()
    lines = LineReporter(stream, clock=clock)
    for what in ("preparing pictures", "preparing pictures", "encoding texts"):
        for done in (500, 1000, 1500):
            clock.now += 1
            lines.preparing(what, done, 1500)
    assert stream.getvalue().splitlines() == [
        "preparing pictures  500/1,500",
        "preparing pictures  1,500/1,500",
        "preparing pictures  500/1,500",
        "preparing pictures  1,500/1,500",
        "encoding texts  500/1,500",
        "encoding texts  1,500/1,500",
    ]


def test_a_stop_is_announced_past_the_buffers() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        LineReporter(stream).announce_stop()
        assert os.read(reading, 1000).decode() == f"\n{STOPPING}\n"
    os.close(reading)


def test_off_a_terminal_there_is_no_bar() -> None:
    assert isinstance(console_reporter(), LineReporter)


def shown(width: int, *, stop: bool = False) -> list[str]:
    """Return the lines that a bar at step 20 is drawn with."""
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    bar = BarReporter(console)
    bar.phase("stage-1", 0, 4000)
    bar.tick(TICK)
    if stop:
        bar.announce_stop()
    lines = console.render_lines(bar, pad=False)
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_bar_fits_its_terminal(width: int) -> None:
    bar, *metrics = shown(width)
    assert re.fullmatch(r"stage-1  .+  20/4,000  32\.5 img/s  eta \d+:\d\d", bar)
    assert len(bar) == width - 4
    assert metrics == ["generator.matching 0.5123  real.64 -12"]


def test_metrics_are_wrapped_between_two_and_never_cut() -> None:
    _, *metrics = shown(40)
    assert metrics[-2:] == ["generator.matching 0.5123", "real.64 -12"]


def test_a_request_to_stop_is_shown_under_the_bar() -> None:
    assert " ".join(shown(80, stop=True)[2:]) == STOPPING


def test_a_phase_that_is_over_leaves_a_line_and_notes_stay_whole() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=40, color_system=None)
    path = "runs/" + "a-long-name/" * 6
    with BarReporter(console) as bar:
        bar.preparing("encoding texts", 10, 20)
        bar.preparing("encoding texts", 20, 20)
        bar.phase("stage-1", 0, 20)
        bar.tick(evolve(TICK, steps=20))
        bar.note(path)
        bar.phase("stage-2", 0, 20)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
    lines = [line.strip() for line in re.split(r"[\r\n]+", text)]
    assert path in lines
    assert "encoding texts  20/20" in lines
    assert "stage-1  step 20/20  640 images  32.5 img/s" in lines
