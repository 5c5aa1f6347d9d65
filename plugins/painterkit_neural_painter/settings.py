"""Settings of the Neural Painter's components; imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Factory, Use, setting


def augmentation() -> Mapping[str, str]:
    """Return the conditioner of StackGAN-v2's code, as a recipe writes it."""
    return {"use": "conditioning-augmentation", "activation": "glu", "init": "orthogonal"}


def odd(kernel: int) -> str | None:
    """Say what is wrong with the height of a kernel."""
    return None if kernel % 2 else f"must be odd, so that it has a middle, got {kernel}"


@frozen
class StackGANPPSettings:
    """Draw at several heights from one trunk: the tree of StackGAN++.

    The base of the Neural Painter. All heights are trained together and share one condition. With
    a memory, a recurrent cell after each stage carries what was drawn from turn to turn.
    """

    resolutions: tuple[int, ...] = setting(
        (64, 128, 256),
        help="Heights of its pictures, coarse to fine: rising powers of two.",
        unit="px",
        at_least=8,
        min_length=1,
    )
    channels: int = setting(
        64,
        help="Width of the coarsest stage's map; a finer one's is halved with each doubling of the "
        "height, down to 4.",
        at_least=4,
    )
    noise: int = setting(100, help="Width of the noise z.", at_least=1)
    residual_blocks: int = setting(
        2, help="Residual blocks of each stage but the coarsest.", at_least=0
    )
    conditioner: Annotated[Use, Role.CONDITIONER] = setting(
        Factory(augmentation), help="What makes the condition that all stages share."
    )
    memory: Literal["none", "gru", "lstm"] = setting(
        "none",
        help="The recurrent cell after each stage, as wide as the stage's map: none, a "
        "convolutional GRU as in equation 1 of the paper, or an LSTM.",
    )
    memory_kernel: int = setting(
        1, help="Height of the cells' kernels: odd.", at_least=1, check=odd
    )
    memory_bias: bool = setting(
        True, help="Let the cells' convolutions have biases, which equation 1 does not print."
    )
    memory_residual: bool = setting(
        False, help="Add what a stage gives to what its cell makes of it."
    )
    save_memory: bool = setting(
        False,
        help="Keep the inputs of each block alone for the backward pass, and compute the rest "
        "again there: less memory, about a third more time, the same result.",
    )


@frozen
class ColourConsistencySettings:
    """Keep the colours of a picture near those of the next coarser one: StackGAN++.

    The squared differences between the means of the colour channels, and between their
    covariances. The coarser picture is cut from the graph. With one height it is 0.
    """

    weight: float = setting(
        50.0,
        help="Weight of the term. 50 is what StackGAN-v2's code has where no words are told; with "
        "words it has 0.",
        at_least=0.0,
    )
    covariance: float = setting(
        5.0, help="Weight of the covariances against that of the means.", at_least=0.0
    )


@frozen
class ReaderSettings:
    """Read attributes and values, or sentences, turn by turn: the Neural Painter's reader.

    An embedding, a linear layer, a GRU and a stack of nonlinear layers. A turn costs the same
    however long the conversation is: it is read from the state of the turn before.
    """

    embedding: int = setting(
        128, help="Width of the embedding of an attribute and a value.", at_least=1
    )
    layer: int = setting(
        256, help="Width of the linear layer that encodes both together.", at_least=1
    )
    hidden: int = setting(1024, help="Width of the GRU's state.", at_least=1)
    stack: int = setting(
        2,
        help="Nonlinear layers after the GRU, as wide as it is; a linear layer follows them. The "
        "paper's Figure 2 cannot be read: number, width and LeakyReLU are a choice.",
        at_least=0,
    )
    width: int = setting(128, help="Width of what it gives.", at_least=1)
