"""A training as a person sees it: a progress bar on a terminal, status lines anywhere else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TextIO

from painterkit.interfaces.reporter import Reporter, Tick
from painterkit.reporting.status import STOPPING, Pace, metric_words, status_line


class ConsoleReporter(Reporter, Protocol):
    """A reporter that is open while it has something to show."""

    def __enter__(self) -> ConsoleReporter:
        """Begin to show."""
        ...

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        ...

    def preparing(self, what: str, done: int, total: int) -> None:
        """Hear how far something is that comes before the training."""
        ...

    def announce_stop(self) -> None:
        """Hear, from a signal handler, that the training was asked to stop."""
        ...


def console_reporter() -> ConsoleReporter:
    """Return the reporter that fits what stderr is."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from painterkit.reporting.bar import BarReporter

        return BarReporter()
    return LineReporter(sys.stderr)


class LineReporter:
    """Write one line a tick, at most every `interval` seconds.

    The first and the last of a phase, and of a preparation, are always written.
    """

    def __init__(
        self,
        stream: TextIO,
        interval: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._interval = interval
        self._clock = clock
        self._pace = Pace(clock)
        self._written: float | None = None
        self._preparing = ""

    def __enter__(self) -> LineReporter:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind: every line is written when it is told."""

    def phase(self, name: str, done: int, steps: int) -> None:
        """Write that a phase begins."""
        self._pace.begin(done)
        self._written = None
        self._write(f"phase {name}: {steps:,} steps" + (f", {done:,} done" if done else ""))

    def tick(self, tick: Tick) -> None:
        """Write how far it has come, if it is time."""
        left = self._pace.seconds_left(tick.step, tick.steps)
        if self._is_time() or tick.step == tick.steps:
            line = status_line(tick, left)
            words = "  ".join(metric_words(tick.metrics))
            self._write(f"{line}  {words}".rstrip())

    def note(self, sentence: str) -> None:
        """Write a sentence."""
        self._write(sentence)

    def drawn(self, images: int, path: Path) -> None:
        """Nothing: a line for every grid would be many."""

    def preparing(self, what: str, done: int, total: int) -> None:
        """Write how far a preparation is, if it is time."""
        if what != self._preparing:
            self._preparing, self._written = what, None
        if self._is_time() or done == total:
            self._write(f"{what}  {done:,}/{total:,}")
        if done == total:
            self._preparing = ""

    def announce_stop(self) -> None:
        """Write it past all buffers: a signal may come in the middle of another line."""
        os.write(self._stream.fileno(), f"\n{STOPPING}\n".encode())

    def _is_time(self) -> bool:
        now = self._clock()
        if self._written is not None and now - self._written < self._interval:
            return False
        self._written = now
        return True

    def _write(self, line: str) -> None:
        print(line, file=self._stream, flush=True)
