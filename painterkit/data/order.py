"""The order in which training sees conversations: a function of seed, phase and epoch."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt


class Purpose(IntEnum):
    """What a choice is made for; a number stays what it is, so that runs go on with their choices.

    Chosen for two purposes, a row's choices have nothing to do with each other.
    """

    CAPTION = 0
    MIRROR = 1
    MATCHING = 2


def epoch_order(
    seed: int, phase: int, epoch: int, count: int, number: int = 0
) -> npt.NDArray[np.int64]:
    """Return the rows 0 to count - 1 in the order of an epoch, another for each `number`."""
    key = [seed, phase, epoch, *([number] if number else [])]
    return np.random.Generator(np.random.Philox(key)).permutation(count)


def steps_per_epoch(count: int, batch: int) -> int:
    """Return how many full batches an epoch holds; a last smaller batch is left out.

    Each epoch has another order, so what is left out differs. A batch never holds a
    conversation twice, and never holds only one.
    """
    return count // batch


def step_rows(
    seed: int, phase: int, step: int, count: int, batch: int, number: int = 0
) -> tuple[int, npt.NDArray[np.int64]]:
    """Return the epoch of a step and its rows [batch].

    Those of its further batches, by their `number` from 1 on, are of the same epoch in an order of
    their own: the batches of one number hold a conversation once an epoch.
    """
    epoch, position = divmod(step, steps_per_epoch(count, batch))
    order = epoch_order(seed, phase, epoch, count, number)
    return epoch, order[position * batch : (position + 1) * batch]


def choose(
    key: Sequence[int], rows: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Choose one of `counts[i]` things for each row: a function of the key and the row, [B].

    The key says what is chosen and when, as in (purpose, seed, phase, epoch). A row's choice never
    depends on the rows beside it.
    """
    state = np.zeros(1, np.uint64)
    for number in key:
        state = _mixed(state + np.uint64(number % 2**64))
    return (_mixed(state + rows.astype(np.uint64)) % counts.astype(np.uint64)).astype(np.int64)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return what SplitMix64 makes of each number (Steele, Lea and Flood, 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
