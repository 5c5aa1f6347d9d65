"""Random choices that are the same on every machine and under every Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def seeded(*parts: int | str) -> Random:
    """Return a generator that depends on `parts` alone.

    Only `Random.random` promises the same numbers under every Python; the functions here draw
    with nothing else.
    """
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return Random(int.from_bytes(digest[:8], "big"))


def pick(random: Random, values: Sequence[T]) -> T:
    """Return one of `values`, each as likely as the other."""
    return values[int(random.random() * len(values))]


def shuffled(random: Random, values: Sequence[T]) -> list[T]:
    """Return `values` in a random order."""
    keys = [random.random() for _ in values]
    return [values[index] for index in sorted(range(len(values)), key=keys.__getitem__)]


def often(random: Random, probability: float) -> bool:
    """Return True with the given probability."""
    return random.random() < probability
