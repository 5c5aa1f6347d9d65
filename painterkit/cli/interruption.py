"""Ctrl-C and SIGTERM in a training: the first asks it to stop, the second stops it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Hear the signals while open.

    `stopping` is what a training asks after each step. Before it first asks there is nothing
    worth saving, so the first signal stops at once then, by KeyboardInterrupt, as the second
    always does. `announce` is called in the signal handler.
    """

    def __init__(self, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._asked = False
        self._requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        for number in SIGNALS:
            before = signal.getsignal(number)
            # A shell has its background jobs ignore Ctrl-C: it is meant for another program.
            if before is not signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def stopping(self) -> bool:
        """Tell whether the training was asked to stop."""
        self._asked = True
        return self._requested

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._requested or not self._asked:
            raise KeyboardInterrupt
        self._requested = True
        self._announce()
