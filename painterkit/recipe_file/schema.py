"""What a recipe can say: one frozen class a table, one field a key.

Where a field has the type `Annotated[Use, Role.X]`, the recipe names a component of that role.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from attrs import frozen

from painterkit.roles import Role
from painterkit.settings import Factory, Use, setting

FORMAT = 1
CAPTION_ENCODER = "caption_encoder"


def _file_name(name: str) -> str | None:
    """Complain about a name that cannot be part of a folder's name."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        return None
    return f"must be letters, digits, '_', '-' and '.', as a folder is named by it, got {name!r}"


def _distinct_names(phases: tuple[Phase, ...]) -> str | None:
    names = [phase.name for phase in phases]
    twice = next((name for name in names if names.count(name) > 1), None)
    return None if twice is None else f"two phases are named {twice!r}; each needs its own name"


def _positive_keys(table: dict[int, Use]) -> str | None:
    wrong = next((key for key in table if key < 1), None)
    return None if wrong is None else f"a resolution must be at least 1, got {wrong}"


def _positive_factors(table: dict[str, float]) -> str | None:
    wrong = next((factor for factor in table.values() if not factor > 0), None)
    return None if wrong is None else f"a factor must be above 0.0, got {wrong}"


def weights_source(key: str, source: str) -> tuple[str, str]:
    """Split where `key` takes its weights from, 'RUN' or 'RUN#NAME', into the run and the name.

    >>> weights_source("generator", "runs/painter-0001")
    ('runs/painter-0001', 'generator')
    """
    run, mark, name = source.rpartition("#")
    return (run, name) if mark else (source, key)


@frozen
class Duration:
    """A stretch of training in exactly one of three units."""

    epochs: int | None = setting(
        None, help="How many times every training conversation is seen.", at_least=1
    )
    images: int | None = setting(None, help="How many training pictures are seen.", at_least=1)
    steps: int | None = setting(None, help="How many training steps are made.", at_least=1)

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        given = [unit for unit in (self.epochs, self.images, self.steps) if unit is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of epochs, images, steps")


@frozen
class Samplers:
    """What is chosen anew for each conversation."""

    turns: Annotated[Use, Role.TURN_SAMPLER] = setting(
        "last-turn", help="Which turns of a conversation are drawn."
    )
    noise: Annotated[Use, Role.NOISE_SAMPLER] = setting(
        "gaussian", help="The noise that a generator is given."
    )


@frozen
class Parts:
    """The parts that a painter is assembled from."""

    caption_encoder: Annotated[Use, Role.TEXT_ENCODER] = setting(help="Reads the caption.")
    caption_told: bool = setting(
        True,
        help="Whether generator and discriminators are told the caption's vector; false leaves the "
        "captions to training-steps alone.",
    )
    turn_encoder: Annotated[Use, Role.TEXT_ENCODER] | Literal["caption_encoder"] = setting(
        CAPTION_ENCODER,
        help="Reads each turn; the word 'caption_encoder' means that the caption's encoder does, "
        "as the same part.",
    )
    dialogue_encoder: Annotated[Use, Role.DIALOGUE_ENCODER] = setting(
        help="Makes one vector of the turns read so far."
    )
    generator: Annotated[Use, Role.GENERATOR] = setting(help="Draws the picture.")
    discriminators: dict[int, Annotated[Use, Role.DISCRIMINATOR]] = setting(
        Factory(dict),
        help="Judge the pictures, one a resolution: its height in pixels is the key.",
        unit="px",
        check=_positive_keys,
    )
    image_encoder: Annotated[Use, Role.IMAGE_ENCODER] | None = setting(
        None, help="Sees pictures for losses that compare them with words."
    )


@frozen
class Decay:
    """How a learning rate falls during a phase."""

    factor: float = setting(
        help="What the learning rate is multiplied by each time.", above=0.0, below=1.0
    )
    every: Duration = setting(help="Multiply after each stretch of this length.")
    floor: float = setting(
        0.0,
        help="Share of the first learning rate under which it never falls.",
        at_least=0.0,
        below=1.0,
    )


@frozen
class Optimizer:
    """What updates some of the parameters, and how."""

    use: Literal["adam"] = setting("adam", help="The kind of optimizer.")
    learning_rate: float = setting(2e-4, help="Step size.", above=0.0)
    betas: tuple[float, float] = setting(
        (0.5, 0.999), help="Decay of Adam's two running averages.", at_least=0.0, below=1.0
    )
    halve_every: Duration | None = setting(
        None,
        help="Halve the learning rate after each stretch of this length: `decay` with a factor of "
        "0.5.",
    )
    decay: Decay | None = setting(None, help="Let the learning rate fall by another factor.")
    train: tuple[str, ...] = setting(
        help="Names of the parameters that it updates, or of the modules that hold them.",
        min_length=1,
    )
    rate_factors: dict[str, float] = setting(
        Factory(dict),
        help="Factors of the learning rate for some of what it trains, by name.",
        check=_positive_factors,
    )
    clip: float | None = setting(None, help="Largest norm of the gradient.", above=0.0)

    def __attrs_post_init__(self) -> None:
        """Check the rule that no single field can."""
        if self.halve_every is not None and self.decay is not None:
            raise ValueError(
                "halve_every and decay both lower the learning rate; give one of them: halve_every "
                "is decay with factor = 0.5"
            )


@frozen
class Ema:
    """An exponential moving average of the parameters that a phase trains."""

    decay: float = setting(help="What each step keeps of the average so far.", above=0.0, below=1.0)
    adopt: bool = setting(
        True,
        help="At the phase's end the average, buffers included, becomes the part. Otherwise it is "
        "but drawn with, and the next phase goes on with the weights themselves.",
    )


@frozen
class Phase:
    """A stretch of training: what no optimizer lists is frozen in it."""

    name: str = setting(help="Names the phase in checkpoints and in --set.", check=_file_name)
    until: Duration = setting(help="How long the phase lasts.")
    batch: int = setting(help="Conversations in a step, over all processes together.", at_least=2)
    optimizers: dict[str, Optimizer] = setting(
        help="What is trained, by a name that the training step asks for.", min_length=1
    )
    step: Annotated[Use, Role.TRAINING_STEP] = setting(help="What one step computes.")
    ema: Ema | None = setting(None, help="Keep a moving average of what is trained.")
    keep_optimizers: bool = setting(
        False, help="Go on with the optimizers of the phase before, where the names are the same."
    )


@frozen
class Checkpoints:
    """When a training is saved."""

    every: Duration = setting(
        Factory(lambda: Duration(images=20_000)), help="Save after each stretch of this length."
    )
    keep: int = setting(2, help="How many checkpoints stay on disk.", at_least=1)


@frozen
class Samples:
    """When a training draws a picture of how far it has come."""

    every: Duration = setting(
        Factory(lambda: Duration(images=20_000)), help="Draw after each stretch of this length."
    )
    count: int = setting(8, help="Conversations in the grid.", at_least=1)


@frozen
class Recipe:
    """A painter and its training, whole."""

    painterkit: Literal[1] = setting(help="The version of the recipe's format: 1.")
    name: str = setting(help="Names the run's folder.", check=_file_name)
    seed: int = setting(0, help="Start of every random number.", at_least=0, below=2**63)
    precision: Literal["auto", "bf16", "fp32"] = setting(
        "auto", help="Number format of the training; auto is bf16 where the machine has it."
    )
    report: tuple[str, ...] = setting(
        (), help="Who hears of the training besides the log and the console, by name."
    )
    data: Annotated[Use, Role.DATASET] = setting(help="The conversations and their pictures.")
    samplers: Samplers = setting(Factory(dict), help="What is chosen anew for each conversation.")
    parts: Parts = setting(help="The parts of the painter.")
    weights: dict[str, str] = setting(
        Factory(dict),
        help="Parts, or modules of them, that start with trained weights, by name: the run or the "
        "exported file that these are taken from, and '#' with their name there where it is "
        "another.",
    )
    phases: tuple[Phase, ...] = setting(
        help="The stretches of training, in order.", min_length=1, check=_distinct_names
    )
    checkpoints: Checkpoints = setting(Factory(Checkpoints), help="When the training is saved.")
    samples: Samples = setting(Factory(Samples), help="When a sample grid is drawn.")
