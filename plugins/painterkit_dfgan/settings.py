"""Settings of DF-GAN's components; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Use, setting


@frozen
class DFGANSettings:
    """Draw in one stage, told in every block: the generator of DF-GAN.

    Each block doubles the height. Noise and condition scale and shift its maps, channel by
    channel; there is no normalisation. It has no memory of turns.
    """

    resolutions: tuple[int, ...] = setting(
        (256,),
        help="Heights of its pictures, rising powers of two. The paper has one; a coarser one is "
        "drawn from the map of its height, so that a phase can train the coarse blocks first.",
        unit="px",
        at_least=8,
        min_length=1,
    )
    channels: int = setting(
        32,
        help="Width of the last map; a coarser one has twice that of the next, up to 8 times this.",
        at_least=1,
    )
    noise: int = setting(100, help="Width of the noise z.", at_least=1)
    residual_picture: bool = setting(
        False,
        help="Add each finer picture to the next coarser one, enlarged, before tanh. Not in the "
        "paper. Only with several resolutions.",
    )
    conditioner: Annotated[Use, Role.CONDITIONER] = setting(
        "identity",
        help="What makes the condition of what was read. The paper has none: the sentence's vector "
        "is told as it is.",
    )
    save_memory: bool = setting(
        False,
        help="Keep the inputs of each block alone for the backward pass, and compute the rest "
        "again there: less memory, about a third more time, the same result.",
    )

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        if self.residual_picture and len(self.resolutions) == 1:
            raise ValueError(
                "residual_picture adds a picture to a coarser one, and resolutions has one alone"
            )


@frozen
class DFGANDiscriminatorSettings:
    """Judge a picture of any power-of-two size with residual blocks and one logit: DF-GAN's.

    It judges each picture for itself, as a gradient penalty needs.
    """

    channels: int = setting(
        32, help="Width of the first map; deeper ones have up to 8 times as many.", at_least=1
    )
    norm: Literal["none", "spectral"] = setting(
        "none",
        help="None, as in the paper, or spectral: it bounds every layer, and the learned gain of "
        "each block stays between -1 and 1.",
    )
    reads: Literal["mu", "code", "embedding"] = setting(
        "embedding",
        help="What it is told: the condition's mean, its sample, or the raw embedding. It has no "
        "layer of its own for it, as in the paper.",
    )
    shortcuts: Literal["every-block", "where-widths-differ"] = setting(
        "where-widths-differ",
        help="Which blocks have a 1x1 convolution beside their change: those that widen the map, "
        "as DF-GAN computes, or all. The two differ from 64 px on.",
    )
    save_memory: bool = setting(
        False,
        help="Keep the input of each block of the trunk alone for the backward pass, and compute "
        "the rest again there.",
    )
