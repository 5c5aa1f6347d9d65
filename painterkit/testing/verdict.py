"""How a check says what is broken."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

TOLERANCE = 1e-4
"""How far two results may lie apart that should be the same: batched arithmetic rounds."""

EFFECT = 1e-6
"""How far a result must move where something that it should depend on is changed."""


class Unchecked(AssertionError):
    """Say what is missing that a component cannot be checked without: a setting, or data.

    In a test it fails as any check does; `painterkit check --plugin` makes a warning of it.
    """


def require(holds: bool, sentence: str) -> None:
    """Raise AssertionError with a sentence unless it holds; also under `python -O`."""
    if not holds:
        raise AssertionError(sentence)


def gap(one: Tensor, other: Tensor) -> float:
    """Return the largest difference between two tensors; inf where shapes or nan make it so."""
    if one.shape != other.shape:
        return float("inf")
    if one.numel() == 0:
        return 0.0
    difference = (one.detach().double() - other.detach().double()).abs().max().item()
    return difference if difference == difference else float("inf")


def widest_gap(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> tuple[str, float]:
    """Return the name of the tensor that differs most in two results, and by how much."""
    if one.keys() != other.keys():
        return ", ".join(sorted(one.keys() ^ other.keys())), float("inf")
    gaps = {name: gap(one[name], other[name]) for name in one}
    worst = max(gaps, key=lambda name: gaps[name], default="")
    return worst, gaps.get(worst, 0.0)


def require_same(
    one: Mapping[str, Tensor], other: Mapping[str, Tensor], sentence: str, tolerance: float
) -> None:
    """Raise AssertionError with a sentence and the difference unless two results agree."""
    name, difference = widest_gap(one, other)
    require(difference <= tolerance, f"{sentence}: '{name}' differs by {difference:.2g}")


def require_shape(place: str, what: str, tensor: object, shape: tuple[int, ...]) -> None:
    """Raise AssertionError unless something is a finite floating-point tensor of a shape."""
    require(isinstance(tensor, Tensor), f"{place}: {what} is {type(tensor).__name__}, no tensor")
    assert isinstance(tensor, Tensor)
    require(
        tuple(tensor.shape) == shape,
        f"{place}: {what} has the shape {list(tensor.shape)} instead of {list(shape)}",
    )
    require(
        tensor.is_floating_point(),
        f"{place}: {what} has the type {tensor.dtype} instead of a floating-point one",
    )
    require(bool(torch.isfinite(tensor).all()), f"{place}: {what} holds nan or inf")
