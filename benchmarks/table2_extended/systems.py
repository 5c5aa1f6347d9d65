"""What is compared: the bases, each told the caption alone, and the dialogue as well."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

from attrs import field, frozen

HERE = Path("benchmarks/table2_extended")
"""From the root of the repository, where the command is run: no result tells of a machine."""

SEEDS = 3

SECONDS = 240
"""What each painter is trained for, at the pace that was measured in one run with all others."""

IN_THOUSANDS = 1000
"""Budgets of pictures are rounded to these."""


@frozen
class Reading:
    """What reads for a painter, trained once a seed: its recipe, and what the painter takes."""

    recipe: str
    taken: tuple[str, ...]


DIALOGUE = Reading("reading", ("dialogue_encoder",))
WORDS = Reading("attngan_reading", ("caption_encoder", "dialogue_encoder", "image_encoder"))
CAPTION_WORDS = Reading("attngan_reading_captions", ("caption_encoder", "image_encoder"))

COARSE_FIRST = {"coarse": 2 / 3, "painter": 1 / 3}
"""Pictures of 16 px first, as the painters of 64 px draw those of 32 first."""

NO_DIALOGUE = {"parts.dialogue_encoder": '{ use = "none" }'}


@frozen
class Base:
    """A base: its recipe, what reads for it, and what is set beside where there is no dialogue."""

    recipe: str
    title: str
    with_dialogue: Reading = DIALOGUE
    with_caption: Reading | None = None
    caption_alone: Mapping[str, str] = field(factory=dict)
    shares: Mapping[str, float] = field(factory=lambda: {"painter": 1.0})
    """Which share of the pictures each phase sees."""


BASES = (
    Base("stackgan", "StackGAN", shares=COARSE_FIRST),
    Base("gan_cls", "GAN-CLS"),
    Base("stackgan_pp", "StackGAN++", shares=COARSE_FIRST),
    Base(
        "attngan",
        "AttnGAN",
        WORDS,
        CAPTION_WORDS,
        {"parts.generator.words": '["caption"]'},
        COARSE_FIRST,
    ),
    Base("dfgan", "DF-GAN", shares=COARSE_FIRST),
)


@frozen
class System:
    """A base, with the dialogue or without."""

    base: Base
    dialogue: bool

    @property
    def name(self) -> str:
        """Its name in files."""
        return self.base.recipe + ("-dialogue" if self.dialogue else "")

    @property
    def title(self) -> str:
        """Its name on the page."""
        return self.base.title + (" with the dialogue" if self.dialogue else "")

    @property
    def recipe(self) -> str:
        """The path of its recipe."""
        return recipe_path(self.base.recipe)

    @property
    def reading(self) -> Reading | None:
        """What reads for it; None where nothing has to be trained before."""
        return self.base.with_dialogue if self.dialogue else self.base.with_caption

    @property
    def sets(self) -> dict[str, str]:
        """What is set beside its recipe."""
        return {} if self.dialogue else {**NO_DIALOGUE, **self.base.caption_alone}

    def budget(self, pace: float) -> dict[str, str]:
        """Return how many pictures each phase sees, for a base that trains on `pace` a second."""
        return {
            f"phases.{phase}.until.images": str(
                IN_THOUSANDS * max(1, round(share * pace * SECONDS / IN_THOUSANDS))
            )
            for phase, share in self.base.shares.items()
        }


SYSTEMS = tuple(System(base, dialogue) for base, dialogue in product(BASES, (False, True)))


def recipe_path(name: str) -> str:
    """Return the path of a recipe of the experiment."""
    return str(HERE / f"{name}.toml")
