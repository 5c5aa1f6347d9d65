"""What is told of a training as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attrs import frozen


@frozen
class Tick:
    """How far a phase has come, and its metrics averaged since the last tick."""

    phase: str
    step: int
    steps: int
    images: int
    images_per_second: float
    metrics: Mapping[str, float]


class Reporter(Protocol):
    """Be told of a training."""

    def phase(self, name: str, done: int, steps: int) -> None:
        """Hear that a phase of `steps` begins, `done` of them behind it."""
        ...

    def tick(self, tick: Tick) -> None:
        """Hear how far it has come."""
        ...

    def note(self, sentence: str) -> None:
        """Hear a sentence worth a line, such as where a checkpoint was written."""
        ...
