"""Settings of the ChatPainter components; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Use, setting


@frozen
class StackGANSettings:
    """Draw a coarse picture, then a fine one from it: StackGAN's Stage-I and Stage-II.

    The base of ChatPainter (sections 4.1 and 4.2). With one resolution there is only Stage-I.
    Each stage has its own conditioner.
    """

    resolutions: tuple[int, ...] = setting(
        (64, 256),
        help="Height of Stage-I's picture and of Stage-II's: powers of two, at most two.",
        unit="px",
        at_least=8,
        min_length=1,
    )
    channels: int = setting(128, help="Base width of Stage-I.", at_least=4)
    fine_channels: int | None = setting(
        None,
        help="Base width of Stage-II, whose residual blocks have 4 times as many; without it, "
        "that of Stage-I.",
        at_least=4,
    )
    noise: int = setting(100, help="Width of the noise z, N_z in the paper.", at_least=1)
    residual_blocks: int = setting(4, help="Residual blocks of Stage-II.", at_least=0)
    residual_picture: bool = setting(
        False,
        help="Let Stage-II add to Stage-I's picture, enlarged, instead of drawing anew. Not in "
        "the paper: it learns in a fraction of the time.",
    )
    conditioner: Annotated[Use, Role.CONDITIONER] = setting(
        "conditioning-augmentation", help="What each stage makes its condition with."
    )


@frozen
class StackGANDiscriminatorSettings:
    """Judge a picture of any power-of-two size after bringing it down to 4 by 4.

    With the defaults and no unconditional head it is StackGAN's Stage-I discriminator; with the
    unconditional head Stage-II's.
    """

    channels: int = setting(
        64, help="Base width; the deepest map has 8 times as many, at 32 px 4 times.", at_least=4
    )
    norm: Literal["batch", "spectral", "none"] = setting(
        "batch", help="Normalisation of the layers that see the picture."
    )
    head: Literal["concatenate", "projection"] = setting(
        "concatenate",
        help="Join the condition to the 4 by 4 map, as in the paper, or take its inner product "
        "with the pooled map (Miyato and Koyama, 2018).",
    )
    reads: Literal["mu", "code", "embedding"] = setting(
        "mu",
        help="What it is told: the condition's mean, its sample, or the raw embedding through a "
        "linear layer of its own.",
    )
    condition: int = setting(128, help="Width of that linear layer; N_d in the paper.", at_least=1)
    unconditional: bool = setting(
        False, help="Also judge the picture alone, as StackGAN's Stage-II does."
    )


@frozen
class BiLSTMSettings:
    """Read the turns with a bidirectional LSTM: ChatPainter's recurrent dialogue encoder.

    The last states of both directions are joined. It reads the conversation again for every
    moment that is drawn.
    """

    hidden: int = setting(
        1024, help="Width of what it gives, both directions together; even.", at_least=2
    )
