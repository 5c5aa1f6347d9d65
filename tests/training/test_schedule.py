from __future__ import annotations

import pytest

from painterkit.recipe_file.schema import Duration, Optimizer
from painterkit.training.schedule import learning_rate, steps_of


@pytest.mark.parametrize(
    ("duration", "steps"),
    [
        (Duration(steps=7), 7),
        (Duration(images=40), 10),
        (Duration(images=41), 11),
        (Duration(images=1), 1),
        (Duration(epochs=1), 25),
        (Duration(epochs=3), 75),
    ],
)
def test_every_unit_is_counted_in_steps(duration: Duration, steps: int) -> None:
    # 102 conversations hold 25 batches of 4; two conversations wait for another epoch.
    assert steps_of(duration, count=102, batch=4) == steps


def test_the_learning_rate_is_halved_after_every_stretch() -> None:
    optimizer = Optimizer(learning_rate=0.08, halve_every=Duration(epochs=2), train=("generator",))
    rates = [learning_rate(optimizer, step, count=10, batch=2) for step in range(31)]
    assert rates == [0.08] * 10 + [0.04] * 10 + [0.02] * 10 + [0.01]


def test_without_halving_the_learning_rate_stays() -> None:
    optimizer = Optimizer(learning_rate=0.08, train=("generator",))
    assert {learning_rate(optimizer, step, 10, 2) for step in range(1000)} == {0.08}
