"""Means over seeds, and differences that are paired by seed and by conversation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RESAMPLES = 2000
Numbers = npt.NDArray[np.float64]


def table_of(runs: Sequence[Sequence[float | None]]) -> Numbers:
    """Return [seeds, conversations], nan where a conversation has nothing to ask for."""
    return np.array([[np.nan if x is None else x for x in run] for run in runs], np.float64)


def difference(one: Numbers, other: Numbers) -> tuple[float, float, float]:
    """Return the mean of one - other and its 95 % interval.

    Both are [seeds, conversations], paired. Seeds and conversations are drawn again with
    replacement, both at once: either could have been others.
    """
    gaps = one - other
    generator = np.random.Generator(np.random.Philox(0))
    means = np.empty(RESAMPLES)
    for index in range(RESAMPLES):
        seeds = generator.integers(0, gaps.shape[0], gaps.shape[0])
        rows = generator.integers(0, gaps.shape[1], gaps.shape[1])
        means[index] = np.nanmean(gaps[np.ix_(seeds, rows)])
    low, high = np.quantile(means, [0.025, 0.975])
    return float(np.nanmean(gaps)), float(low), float(high)


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean over seeds and the standard deviation between them, 0 for one seed."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return float(np.mean(values)), deviation
