"""The order in which training sees conversations: a function of seed, phase and epoch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def epoch_order(seed: int, phase: int, epoch: int, count: int) -> npt.NDArray[np.int64]:
    """Return the rows 0 to count - 1 in the order of an epoch."""
    return np.random.Generator(np.random.Philox([seed, phase, epoch])).permutation(count)


def steps_per_epoch(count: int, batch: int) -> int:
    """Return how many full batches an epoch holds; a last smaller batch is left out.

    Each epoch has another order, so what is left out differs. A batch never holds a
    conversation twice, and never holds only one.
    """
    return count // batch


def step_rows(
    seed: int, phase: int, step: int, count: int, batch: int
) -> tuple[int, npt.NDArray[np.int64]]:
    """Return the epoch of a step and its rows [batch]."""
    epoch, position = divmod(step, steps_per_epoch(count, batch))
    order = epoch_order(seed, phase, epoch, count)
    return epoch, order[position * batch : (position + 1) * batch]


def choose(seed: int, epoch: int, rows: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]):
    """Choose one of `counts[i]` things for each row: a function of seed, epoch and row, [B]."""
    key = np.uint64((seed * 1_000_003 + epoch) % 2**64)
    with np.errstate(over="ignore"):
        # SplitMix64: a row's choice never depends on the rows beside it.
        mixed = (rows.astype(np.uint64) + key * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(
            0xBF58476D1CE4E5B9
        )
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed % counts.astype(np.uint64)).astype(np.int64)
