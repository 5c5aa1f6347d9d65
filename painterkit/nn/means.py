"""Means over some of many values."""

from __future__ import annotations

from torch import Tensor


def mean_of(counted: Tensor, values: Tensor) -> Tensor:
    """Return the mean of those of `values` that are `counted`, bool or 0 and 1; 0 if none is."""
    return (values * counted).sum() / counted.sum().clamp(min=1)
