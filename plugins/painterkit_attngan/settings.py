"""Settings of AttnGAN's generator; imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Factory, Use, setting


def augmentation() -> Mapping[str, str | int]:
    """Return the conditioner of AttnGAN's code, as a recipe writes it."""
    return {
        "use": "conditioning-augmentation",
        "width": 100,
        "activation": "glu",
        "init": "orthogonal",
    }


def doubling(resolutions: tuple[int, ...]) -> str | None:
    """Say what is wrong with the heights of the pictures."""
    first = resolutions[0]
    power = 1 << (first.bit_length() - 1)
    wanted = [power << place for place in range(len(resolutions))]
    if list(resolutions) == wanted:
        return None
    return (
        "must be powers of two, each twice the one before, as each stage doubles the height once: "
        f"got {list(resolutions)}, the nearest is {wanted}"
    )


def distinct(words: tuple[str, ...]) -> str | None:
    """Say what is wrong with the sources of the words."""
    twice = [source for source in dict.fromkeys(words) if words.count(source) > 1]
    if not twice:
        return None
    return (
        f"names {', '.join(map(repr, twice))} more than once: each source is looked at once; "
        f"leave {list(dict.fromkeys(words))}"
    )


@frozen
class AttnGANSettings:
    """Draw coarse to fine, each finer stage by looking at the words: the generator of AttnGAN.

    Each place of a stage's map looks at every word and takes a mixture of them along into the next
    stage. All heights are trained together and share one condition. It has no memory of turns.
    """

    resolutions: tuple[int, ...] = setting(
        (64, 128, 256),
        help="Heights of its pictures, coarse to fine: powers of two, each twice the one before.",
        unit="px",
        at_least=8,
        min_length=2,
        check=doubling,
    )
    channels: int = setting(
        32,
        help="Width of the map of every stage. The paper's code has 32 for birds, 48 for COCO.",
        at_least=4,
    )
    noise: int = setting(100, help="Width of the noise z.", at_least=1)
    residual_blocks: int = setting(
        2,
        help="Residual blocks of each stage but the coarsest. The paper's code has 3 for COCO.",
        at_least=0,
    )
    words: tuple[Literal["caption", "dialogue", "turns"], ...] = setting(
        ("caption",),
        help="Where the words come from: those of the caption, those of all turns so far, or each "
        "turn so far as if it were a word. Several are looked at together.",
        min_length=1,
        check=distinct,
    )
    conditioner: Annotated[Use, Role.CONDITIONER] = setting(
        Factory(augmentation), help="What makes the condition that all stages share."
    )
    save_memory: bool = setting(
        False,
        help="Keep the inputs of each block alone for the backward pass, and compute the rest "
        "again there: less memory, about a third more time, the same result.",
    )
