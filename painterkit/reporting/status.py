"""How fast a training goes, and how a status line says it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from painterkit.interfaces.reporter import Tick

STOPPING = "stopping after this step and saving; once more stops at once"


class Pace:
    """Foretell how long a phase still takes, from how long its steps took so far.

    Time for checkpoints and sample grids counts, as it will again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = 0.0
        self._done = 0

    def begin(self, done: int) -> None:
        """Start the clock with `done` steps behind."""
        self._start, self._done = self._clock(), done

    def seconds_left(self, step: int, steps: int) -> float | None:
        """Return the seconds to the end of the phase; None before any step was made."""
        made = step - self._done
        if made <= 0:
            return None
        return (self._clock() - self._start) / made * (steps - step)


def status_line(tick: Tick, left: float | None) -> str:
    """Return phase, steps, images, speed and time left, on one line."""
    return "  ".join(
        (
            tick.phase,
            f"step {tick.step:,}/{tick.steps:,}",
            f"{tick.images:,} images",
            speed_words(tick.images_per_second),
            f"eta {clock_words(left)}",
        )
    )


def speed_words(images_per_second: float) -> str:
    """Return `35.2 img/s`."""
    digits = 1 if images_per_second < 100 else 0
    return f"{images_per_second:,.{digits}f} img/s"


def metric_words(metrics: Mapping[str, float]) -> list[str]:
    """Return `name value` of each metric, four digits each."""
    return [f"{name} {value:.4g}" for name, value in metrics.items()]


def clock_words(seconds: float | None) -> str:
    """Return seconds as `0:42`, `1:02:03` or `2 d 3 h`; `-` where they are not known."""
    if seconds is None or not math.isfinite(seconds):
        return "-"
    minutes, second = divmod(max(0, round(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
