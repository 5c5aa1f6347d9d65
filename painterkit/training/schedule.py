"""Stretches of training counted in steps."""

from __future__ import annotations

from painterkit.data.order import steps_per_epoch
from painterkit.errors import Problem
from painterkit.recipe_file.schema import Duration, Optimizer, Recipe


def steps_of(duration: Duration, count: int, batch: int) -> int:
    """Return how many steps of `batch` a stretch takes on `count` conversations, at least 1."""
    if duration.steps is not None:
        return duration.steps
    if duration.images is not None:
        return max(1, -(-duration.images // batch))
    assert duration.epochs is not None, "a Duration has exactly one unit"
    return max(1, duration.epochs * steps_per_epoch(count, batch))


def learning_rate(optimizer: Optimizer, step: int, count: int, batch: int) -> float:
    """Return the learning rate of a step: halved after each `halve_every`."""
    if optimizer.halve_every is None:
        return optimizer.learning_rate
    return optimizer.learning_rate * 0.5 ** (step // steps_of(optimizer.halve_every, count, batch))


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
