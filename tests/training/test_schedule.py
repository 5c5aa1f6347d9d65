from __future__ import annotations

import pytest

from painterkit.recipe_file.schema import Decay, Duration, Optimizer
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


def decaying(factor: float, floor: float = 0.0) -> list[float]:
    """Return the rates of 120 epochs of 5 steps, from 2e-3."""
    decay = Decay(factor=factor, every=Duration(epochs=1), floor=floor)
    optimizer = Optimizer(learning_rate=2e-3, decay=decay, train=("caption_encoder",))
    return [learning_rate(optimizer, step, count=11, batch=2) for step in range(600)]


def test_the_learning_rate_falls_by_a_factor_down_to_its_floor() -> None:
    rates = decaying(0.98, floor=0.1)
    assert rates[:5] == [2e-3] * 5
    assert rates[5:10] == pytest.approx([1.96e-3] * 5)
    assert rates[10:15] == pytest.approx([1.9208e-3] * 5)
    # 0.98 to the 113th is 0.10199, to the 114th 0.09995.
    assert rates[565:570] == pytest.approx([2.0397e-4] * 5, rel=1e-4)
    assert rates[570:] == [2e-4] * 30


def test_without_a_floor_it_falls_on() -> None:
    assert decaying(0.98)[570] == pytest.approx(1.9990e-4, rel=1e-4)


def test_halving_is_the_decay_with_a_factor_of_a_half() -> None:
    halved = Optimizer(learning_rate=2e-3, halve_every=Duration(epochs=1), train=("generator",))
    assert decaying(0.5) == [learning_rate(halved, step, 11, 2) for step in range(600)]
