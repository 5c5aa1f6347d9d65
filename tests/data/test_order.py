from __future__ import annotations

import numpy as np
import pytest

from painterkit.data.order import Purpose, choose, epoch_order, step_rows, steps_per_epoch

KEY = (Purpose.CAPTION, 0, 0, 0)
"""What is chosen, the seed, the phase and the epoch."""


def test_an_epoch_holds_every_row_once() -> None:
    order = epoch_order(0, 0, 0, 1000)
    assert sorted(order) == list(range(1000))
    assert list(order) != list(range(1000))


def test_the_order_is_a_function_of_seed_phase_and_epoch() -> None:
    orders = {
        key: tuple(epoch_order(*key, 50))
        for key in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (2**62, 0, 0)]
    }
    assert len(set(orders.values())) == len(orders)
    np.random.seed(3)
    for key, order in orders.items():
        assert tuple(epoch_order(*key, 50)) == order


def test_the_order_stays_what_it_was_in_earlier_versions() -> None:
    """A run made by an older painterkit must go on with the same order."""
    assert list(epoch_order(0, 0, 0, 8)) == [3, 6, 4, 0, 7, 5, 2, 1]
    assert list(epoch_order(7, 1, 3, 8)) == [2, 4, 7, 3, 0, 5, 1, 6]
    assert list(epoch_order(7, 1, 3, 8, 1)) == [4, 2, 1, 6, 5, 7, 0, 3]


@pytest.mark.parametrize(("count", "batch"), [(10, 2), (10, 3), (7, 7), (9, 4), (5, 2)])
def test_steps_walk_through_an_epoch_in_full_batches(count: int, batch: int) -> None:
    steps = steps_per_epoch(count, batch)
    assert steps == count // batch
    for epoch in range(3):
        rows = []
        for position in range(steps):
            told, found = step_rows(5, 1, epoch * steps + position, count, batch)
            assert told == epoch
            assert len(found) == batch, "a batch is never smaller, and so never one picture"
            rows.extend(found)
        assert len(set(rows)) == len(rows) == steps * batch
        assert rows == list(epoch_order(5, 1, epoch, count)[: steps * batch])


def test_further_batches_of_a_step_walk_through_the_epoch_in_orders_of_their_own() -> None:
    count, batch, orders = 12, 4, set[tuple[int, ...]]()
    for number in range(4):
        found = [step_rows(5, 1, step, count, batch, number) for step in range(6, 9)]
        assert {epoch for epoch, _ in found} == {2}
        rows = [int(row) for _, some in found for row in some]
        assert sorted(rows) == list(range(count)), "each once an epoch, whatever the others had"
        orders.add(tuple(rows))
    assert len(orders) == 4
    assert tuple(epoch_order(5, 1, 2, count)) in orders, "without a number it is the step's own"


def test_what_a_short_epoch_leaves_out_differs() -> None:
    left_out = {
        int(next(iter(set(range(5)) - {row for s in (2 * e, 2 * e + 1) for row in rows(s)})))
        for e in range(20)
    }
    assert left_out == set(range(5))


def rows(step: int) -> list[int]:
    return [int(row) for row in step_rows(0, 0, step, 5, 2)[1]]


def test_a_choice_is_a_function_of_the_key_and_the_row_alone() -> None:
    rows, counts = np.arange(100), np.full(100, 5)
    key = (Purpose.MATCHING, 3, 1, 7)
    together = choose(key, rows, counts)
    for row in rows:
        assert choose(key, rows[row : row + 1], counts[:1])[0] == together[row]
    assert list(choose(key, rows[::-1], counts)) == list(together[::-1])


def test_every_choice_comes_up_as_often() -> None:
    rows = np.arange(20_000)
    chosen = choose(KEY, rows, np.full(len(rows), 5))
    assert chosen.min() == 0
    assert chosen.max() == 4
    shares = np.bincount(chosen) / len(rows)
    np.testing.assert_allclose(shares, 0.2, atol=0.015)


def test_over_the_epochs_a_row_gets_every_caption() -> None:
    rows, counts = np.arange(200), np.full(200, 3)
    chosen = np.stack([choose((*KEY[:3], epoch), rows, counts) for epoch in range(60)])
    for value in range(3):
        shares = (chosen == value).mean(axis=0)
        assert shares.min() > 0.1, "a row hardly ever gets one of its captions"
        assert 0.31 < (chosen == value).mean() < 0.36


def test_neighbouring_rows_and_epochs_choose_independently() -> None:
    rows = np.arange(5000)
    counts = np.full(len(rows), 2)
    one = choose(KEY, rows, counts)
    agreement = {
        "next row": (one[1:] == one[:-1]).mean(),
        "next epoch": (one == choose((Purpose.CAPTION, 0, 0, 1), rows, counts)).mean(),
        "next phase": (one == choose((Purpose.CAPTION, 0, 1, 0), rows, counts)).mean(),
        "next seed": (one == choose((Purpose.CAPTION, 1, 0, 0), rows, counts)).mean(),
        "other purpose": (one == choose((Purpose.MIRROR, 0, 0, 0), rows, counts)).mean(),
    }
    assert agreement == pytest.approx(dict.fromkeys(agreement, 0.5), abs=0.04)


@pytest.mark.parametrize("captions", [2, 5, 10])
def test_each_caption_is_mirrored_half_of_the_time(captions: int) -> None:
    rows = np.arange(20_000)
    chosen = choose((Purpose.CAPTION, 0, 1, 2), rows, np.full(len(rows), captions))
    mirrored = choose((Purpose.MIRROR, 0, 1, 2), rows, np.full(len(rows), 2))
    shares = [mirrored[chosen == caption].mean() for caption in range(captions)]
    assert shares == pytest.approx([0.5] * captions, abs=0.05)


def test_choices_stay_what_they_were_in_earlier_versions() -> None:
    """A run made by an older painterkit must go on with the same choices."""
    rows, counts = np.arange(8), np.full(8, 10)
    assert list(choose((Purpose.CAPTION, 0, 0, 0), rows, counts)) == [6, 8, 9, 4, 8, 8, 1, 8]
    assert list(choose((Purpose.MATCHING, 7, 1, 3), rows, counts)) == [8, 7, 9, 6, 0, 9, 2, 5]


def test_rows_with_other_counts_choose_among_their_own() -> None:
    counts = np.array([1, 2, 3, 10] * 50)
    chosen = choose(KEY, np.arange(200), counts)
    assert bool((chosen < counts).all())
    assert bool((chosen[counts == 1] == 0).all())


def test_the_largest_seed_of_a_recipe_is_no_trouble() -> None:
    chosen = choose((Purpose.MIRROR, 2**63 - 1, 3, 100), np.arange(50), np.full(50, 4))
    assert set(chosen) == {0, 1, 2, 3}
