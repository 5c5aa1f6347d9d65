"""Means over seeds, and differences that are paired by seed and by conversation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

Numbers = npt.NDArray[np.float64]


def table_of(runs: Sequence[Sequence[float | None]]) -> Numbers:
    """Return [seeds, conversations], nan where a conversation has nothing to ask for."""
    return np.array([[np.nan if x is None else x for x in run] for run in runs], np.float64)


def difference(one: Numbers, other: Numbers) -> tuple[float, float, float]:
    """Return the mean of one - other and its 95 % interval.

    Both are [seeds, conversations], paired. Seeds and conversations could have been others, so the
    squared standard errors of both are added up. Half the interval is their root times Student's t,
    with Satterthwaite's degrees of freedom: few seeds say little of how far seeds lie apart, which
    resampling them would hide. Of a single seed it is the interval of its conversations alone.
    """
    gaps = one - other
    mean = float(np.nanmean(gaps))
    seeds, conversations = np.nanmean(gaps, axis=1), np.nanmean(gaps[:, asked(gaps)], axis=0)
    sides = [side for side in (seeds, conversations) if len(side) > 1]
    squares = np.array([side.var(ddof=1) / len(side) for side in sides])
    if not squares.any():
        return mean, mean, mean
    lengths = np.array([len(side) for side in sides])
    freedom = squares.sum() ** 2 / (squares**2 / (lengths - 1)).sum()
    half = float(student.ppf(0.975, freedom) * np.sqrt(squares.sum()))
    return mean, mean - half, mean + half


def asked(gaps: Numbers) -> npt.NDArray[np.bool_]:
    """Tell which conversations have something to ask for with any seed."""
    return ~np.isnan(gaps).all(axis=0)


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean over seeds and the standard deviation between them, 0 for one seed."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return float(np.mean(values)), deviation
