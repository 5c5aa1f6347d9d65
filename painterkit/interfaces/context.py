"""What a component is told when it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from painterkit.interfaces.dataset import Dataset
from painterkit.roles import Role
from painterkit.settings import Use


@frozen
class BuildContext:
    """The sizes agreed at assembly, and the way to build the component in a slot.

    A size is 0 where the role has none. A data set is built with `cache` alone; everything else
    is built after it.
    """

    build_slot: Callable[[Role, Use, BuildContext], Any] = field(repr=False)
    cache: Path
    """Folder of prepared data: rendered or decoded pictures, encoded texts."""

    restoring: bool = False
    """Whether the parts get their weights from a checkpoint next: then no file of weights that a
    recipe names is opened for them."""

    dataset: Dataset | None = None
    caption_width: int = 0
    """Width of a caption's vector, as the caption encoder gives it."""

    turn_width: int = 0
    """Width of a turn's vector, as the turn encoder gives it."""

    caption_encoder: Any = field(default=None, repr=False)
    """The built caption encoder, for a metric that reads as the painter does."""

    turn_encoder: Any = field(default=None, repr=False)
    """The built turn encoder: a training-step that trains it takes its sizes from it."""

    image_encoder: Any = field(default=None, repr=False)
    """The image encoder of the painter that is measured, for a metric; None where it has none, or
    came without its weights."""

    word_widths: Mapping[str, int] = field(factory=dict)
    """Width of the words of each source that a generator can look at: caption, dialogue, turns.
    What the text encoders do not give is not there."""

    embedding_width: int = 0
    """Width of caption and dialogue vectors joined: what generator and conditioner are given."""

    condition_widths: Mapping[str, int] = field(factory=dict)
    """Width of each thing a discriminator can be told, by name: mu, code, embedding."""

    image_width: int = 0
    """Width of what the image encoder sees in a picture."""

    resolution: int = 0
    """Height and width of the pictures that a discriminator is given; for a training-step those
    that the image encoder sees."""

    def build(self, role: Role, slot: Use) -> Any:
        """Build the component in `slot`, of the slot's role, told what this one was told."""
        return self.build_slot(role, slot, self)
