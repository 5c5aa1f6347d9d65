"""Who hears of a training as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from attrs import frozen


@frozen
class Tick:
    """How far a phase has come, and its metrics averaged since the last tick.

    `images` is how many pictures were seen in all, phases before this one included.
    """

    phase: str
    step: int
    steps: int
    images: int
    images_per_second: float
    metrics: Mapping[str, float]


class Reporter(Protocol):
    """Be told of a training.

    A resumed training is told of again from its checkpoint on, in a process of its own.
    """

    def phase(self, name: str, done: int, steps: int) -> None:
        """Hear that a phase of `steps` begins, `done` of them behind it."""
        ...

    def tick(self, tick: Tick) -> None:
        """Hear how far it has come."""
        ...

    def note(self, sentence: str) -> None:
        """Hear a sentence worth a line, such as where a checkpoint was written."""
        ...

    def drawn(self, images: int, path: Path) -> None:
        """Hear that a sample grid was written to `path`, after so many pictures seen in all."""
        ...


@runtime_checkable
class Closes(Protocol):
    """What a reporter may have besides: an end."""

    def close(self) -> None:
        """End, whether the training came to its end, was stopped or failed."""
        ...
