"""Stretches of training counted in steps."""

from __future__ import annotations

from painterkit.data.order import steps_per_epoch
from painterkit.recipe_file.schema import Duration, Optimizer


def steps_of(duration: Duration, count: int, batch: int) -> int:
    """Return how many steps of `batch` a stretch takes on `count` conversations, at least 1."""
    if duration.steps is not None:
        return duration.steps
    if duration.images is not None:
        return max(1, -(-duration.images // batch))
    assert duration.epochs is not None, "a Duration has exactly one unit"
    return duration.epochs * steps_per_epoch(count, batch)


def learning_rate(optimizer: Optimizer, step: int, count: int, batch: int) -> float:
    """Return the learning rate of a step: halved after each `halve_every`."""
    if optimizer.halve_every is None:
        return optimizer.learning_rate
    return optimizer.learning_rate * 0.5 ** (step // steps_of(optimizer.halve_every, count, batch))
