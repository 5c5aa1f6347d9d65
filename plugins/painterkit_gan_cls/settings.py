"""Settings of the components of GAN-CLS; imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Use, setting


@frozen
class GANCLSSettings:
    """Draw with transposed convolutions from a compressed text and noise: GAN-CLS.

    The generator of Reed et al. (2016), section 4.1: a DCGAN that is told a text. It draws one
    picture, without stages and without memory.
    """

    resolutions: tuple[int, ...] = setting(
        (64,),
        help="Height of the picture: one power of two.",
        unit="px",
        at_least=16,
        min_length=1,
    )
    channels: int = setting(
        128,
        help="Width of the last map; each coarser one has twice as many, so that at 64 px the "
        "first has 8 times as many.",
        at_least=4,
    )
    noise: int = setting(100, help="Width of the noise z.", at_least=1)
    residual: bool = setting(
        True,
        help="Follow the maps of 4 and of 8 px by a bottleneck residual block, as the authors' "
        "code does. The paper does not tell of them.",
    )
    conditioner: Annotated[Use, Role.CONDITIONER] = setting(
        "projection", help="What makes the vector that is joined to the noise."
    )


@frozen
class GANCLSDiscriminatorSettings:
    """Judge a picture of any power-of-two size, joined to its text at 4 by 4: GAN-CLS.

    The discriminator of Reed et al. (2016), section 4.1.
    """

    channels: int = setting(
        64, help="Base width; the deepest map has 8 times as many at 64 px.", at_least=4
    )
    norm: Literal["batch", "layer", "spectral", "none"] = setting(
        "batch",
        help="Normalisation. That of the paper, batch, mixes pictures, so a gradient penalty goes "
        "with the others alone. Spectral bounds every layer, that of the text as well. Without "
        "batch normalisation weights start as PyTorch starts them.",
    )
    reads: Literal["mu", "code", "embedding"] = setting(
        "embedding",
        help="What it is told: the raw embedding through a linear layer of its own, as in the "
        "paper, or what the generator's conditioner made of it, its mean or its sample.",
    )
    condition: int = setting(128, help="Width of that linear layer.", at_least=1)
    residual: bool = setting(
        False,
        help="Follow the 4 by 4 map by a bottleneck residual block, as in the generator. The "
        "paper does not tell of one.",
    )


@frozen
class ProjectionSettings:
    """Compress the embedding with one linear layer and a leaky ReLU; nothing is sampled.

    What the generator of GAN-CLS is told of a text.
    """

    width: int = setting(128, help="Width of the condition.", at_least=1)
