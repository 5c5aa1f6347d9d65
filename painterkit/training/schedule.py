"""Stretches of training counted in steps."""

from __future__ import annotations

from painterkit.data.order import steps_per_epoch
from painterkit.errors import Problem
from painterkit.recipe_file.schema import Decay, Duration, Optimizer, Recipe


def steps_of(duration: Duration, count: int, batch: int) -> int:
    """Return how many steps of `batch` a stretch takes on `count` conversations, at least 1."""
    if duration.steps is not None:
        return duration.steps
    if duration.images is not None:
        return max(1, -(-duration.images // batch))
    assert duration.epochs is not None, "a Duration has exactly one unit"
    return max(1, duration.epochs * steps_per_epoch(count, batch))


def learning_rate(optimizer: Optimizer, step: int, count: int, batch: int) -> float:
    """Return the learning rate of a step, from 0: a function of the step alone.

    It is multiplied after each stretch of `decay`, or halved after each `halve_every`.
    """
    decay = optimizer.decay
    if optimizer.halve_every is not None:
        decay = Decay(factor=0.5, every=optimizer.halve_every)
    if decay is None:
        return optimizer.learning_rate
    times = step // steps_of(decay.every, count, batch)
    return optimizer.learning_rate * max(decay.factor**times, decay.floor)


def too_large_batches(recipe: Recipe, count: int) -> list[Problem]:
    """Return a problem for each phase whose batch is more than `count` conversations."""
    return [
        Problem(
            f"phases.{phase.name}.batch",
            f"{phase.batch} is more than the {count} training conversations",
            f"give at most {count}",
        )
        for phase in recipe.phases
        if phase.batch > count
    ]
