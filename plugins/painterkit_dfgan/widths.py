"""Widths of the maps: one rule for generator and discriminator."""

from __future__ import annotations

import math

SMALLEST = 4
"""Height of the map that the generator starts from and the discriminator ends with."""

WIDEST = 8
"""How many times as wide as the finest map a coarse one may be."""


def widths_from_coarse(channels: int, resolution: int) -> list[int]:
    """Return the widths of the maps of 4, 8, 16 ... `resolution` px.

    The finest has `channels`, each coarser one twice as many, up to 8 times `channels`.
    """
    doublings = int(math.log2(resolution // SMALLEST))
    return [channels * min(2**left, WIDEST) for left in range(doublings, -1, -1)]


def is_drawable(resolution: int) -> bool:
    """Tell whether a height is reached by doubling the smallest map at least once."""
    return resolution > SMALLEST and resolution & (resolution - 1) == 0
