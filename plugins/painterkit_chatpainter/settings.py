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
    save_memory: bool = setting(
        False,
        help="Keep the input of each block alone for the backward pass, and compute the rest "
        "again there: less memory, about a third more time, the same result.",
    )


@frozen
class StackGANDiscriminatorSettings:
    """Judge a picture of any power-of-two size after bringing it down to 4 by 4.

    With the defaults and no unconditional head it is StackGAN's Stage-I discriminator; with the
    unconditional head Stage-II's; with `init = "orthogonal"` as well, those of StackGAN++ at every
    height.
    """

    channels: int = setting(
        64, help="Base width; the deepest map has 8 times as many, at 32 px 4 times.", at_least=4
    )
    norm: Literal["batch", "layer", "spectral", "none"] = setting(
        "batch", help="Normalisation of the layers that see the picture."
    )
    head: Literal["concatenate", "projection"] = setting(
        "concatenate",
        help="Join the condition to the 4 by 4 map, as in the paper, or take its inner product "
        "with the pooled map (Miyato and Koyama, 2018).",
    )
    reads: Literal["mu", "code", "embedding"] = setting(
        "mu",
        help="What it is told: the condition's mean, its sample, or the embedding through a linear "
        "layer of its own.",
    )
    condition: int = setting(
        128,
        help="Width of that linear layer, N_d in the paper; 0 for none, as in AttnGAN's code.",
        at_least=0,
    )
    unconditional: bool = setting(
        False, help="Also judge the picture alone, as StackGAN's Stage-II does."
    )
    init: Literal["normal", "orthogonal"] = setting(
        "normal",
        help="Initial weights under batch normalisation: normal with deviation 0.02, as in "
        "StackGAN's code, or orthogonal, as in StackGAN-v2's. Without it they are PyTorch's.",
    )
    save_memory: bool = setting(
        False,
        help="Keep the input of each block of the trunk alone for the backward pass, and compute "
        "the rest again there.",
    )

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        if self.init == "orthogonal" and self.norm != "batch":
            raise ValueError(
                "init = 'orthogonal' goes with norm = 'batch' alone: without it weights start as "
                "PyTorch starts them"
            )


@frozen
class BiLSTMSettings:
    """Read the turns with a bidirectional LSTM: ChatPainter's recurrent dialogue encoder.

    Both directions are joined. It reads the conversation again for every moment that is drawn.
    """

    hidden: int = setting(
        1024, help="Width of its state; even where both directions share it.", at_least=1
    )
    hidden_counts: Literal["both", "each"] = setting(
        "both",
        help="What `hidden` counts: both directions together, or each of them, as PyTorch's "
        "`hidden_size` does; then it gives twice as many.",
    )
    pooling: Literal["last", "mean"] = setting(
        "last",
        help="What becomes of the states: the last of each direction, or the mean over the turns "
        "read.",
    )


@frozen
class NonRecurrentSettings:
    """Read the whole dialogue as one string, with the turn encoder: ChatPainter's other encoder.

    It has nothing to train. It reads the conversation again for every moment that is drawn. A text
    encoder that reads no long texts cuts the string off, which is counted and told when the texts
    are encoded.
    """
