"""What a recipe can set; imports no torch."""

from __future__ import annotations

from typing import Annotated

from attrs import frozen
from painterkit.roles import Role
from painterkit.settings import Use, setting


def rising(sizes: tuple[int, ...]) -> str | None:
    """Say what is wrong with heights that do not rise."""
    return None if list(sizes) == sorted(set(sizes)) else f"must rise, got {list(sizes)}"


@frozen
class StrokesSettings:
    """Draw with strokes of a brush on white paper.

    A small network makes the strokes from the condition and noise; the same strokes are drawn at
    every height. With a memory, each turn draws over the picture of the turn before.
    """

    resolutions: tuple[int, ...] = setting(
        (16, 32),
        help="Heights of its pictures, coarse to fine.",
        unit="px",
        at_least=4,
        min_length=1,
        check=rising,
    )
    strokes: int = setting(24, help="How many strokes a picture has.", at_least=1)
    width: int = setting(128, help="Width of the network that makes them.", at_least=1)
    noise: int = setting(16, help="Width of the noise z.", at_least=1)
    conditioner: Annotated[Use, Role.CONDITIONER] = setting(
        "conditioning-augmentation", help="What makes the condition."
    )
    remembers: bool = setting(
        False,
        help="Begin a turn with the picture of the turn before, faded a little, in place of white "
        "paper.",
    )


@frozen
class SmoothnessSettings:
    """Keep neighbouring pixels alike: the total variation of the drawn pictures."""

    weight: float = setting(0.1, help="Weight of the term.", at_least=0.0)
