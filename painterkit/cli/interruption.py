"""Ctrl-C and SIGTERM in a training: the first asks it to stop, the second stops it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_held_back() -> Generator[None]:
    """Have the signals wait: torch ends in a crash where its import is interrupted."""
    if current_thread() is not main_thread():  # no other hears signals
        yield
        return
    heard: list[int] = []
    found = {number: signal.getsignal(number) for number in SIGNALS}
    before = {n: one for n, one in found.items() if one not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in heard[:1]:
        signal.raise_signal(number)


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
