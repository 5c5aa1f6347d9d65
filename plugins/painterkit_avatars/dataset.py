"""The data set: drawn faces and the conversations about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit.data.prepared import prepared_array, prepared_bytes
from painterkit.errors import Failure, PainterkitError, Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Progress, Split
from painterkit_avatars.attributes import ATTRIBUTES, Face
from painterkit_avatars.drawing import COLOURS, DRAWING_VERSION, PARTS, draw, require_drawing
from painterkit_avatars.faces import faces
from painterkit_avatars.language.conversation import converse
from painterkit_avatars.masks import attribute_mask
from painterkit_avatars.settings import AvatarsSettings

REPORT_EVERY = 64
"""Faces drawn between two reports of progress."""


def build(settings: AvatarsSettings, context: BuildContext) -> Avatars:
    """Return the data set; nothing is drawn before its pictures are asked for."""
    return Avatars(settings, context.cache)


class Avatars:
    """Conversations about drawn faces, with the faces. See `painterkit.interfaces.Dataset`."""

    attributes: Mapping[str, Sequence[str]] = ATTRIBUTES

    def __init__(self, settings: AvatarsSettings, cache: Path) -> None:
        """Remember what to draw and where to keep it."""
        self.settings = settings
        self.resolution = settings.resolution
        self.cache = cache

    @property
    def tells_attributes(self) -> bool:
        """Whether a turn tells an attribute with its value; a dialogue asks and answers."""
        return self.settings.turns != "dialogue"

    @cached_property
    def _train(self) -> tuple[Face, ...]:
        return faces(self.settings.seed, "train", self.settings.train)

    @cached_property
    def _validation(self) -> tuple[Face, ...]:
        return faces(self.settings.seed, "validation", self.settings.validation)

    def size(self, split: Split) -> int:
        """Return how many conversations a split has, without making them."""
        return self.settings.train if split == "train" else self.settings.validation

    def faces(self, split: Split) -> tuple[Face, ...]:
        """Return the attributes of every picture of a split, row by row."""
        return self._train if split == "train" else self._validation

    def conversations(self, split: Split) -> Sequence[Conversation]:
        """Return the conversations of a split, one for each picture, in the same order."""
        known = self._conversations.get(split)
        if known is None:
            settings = self.settings
            known = tuple(
                converse(
                    face,
                    settings.seed,
                    split,
                    index,
                    settings.turns,
                    settings.most_turns,
                    settings.revised,
                )
                for index, face in enumerate(self.faces(split))
            )
            self._conversations[split] = known
        return known

    @cached_property
    def _conversations(self) -> dict[Split, tuple[Conversation, ...]]:
        return {}

    def images(self, split: Split, progress: Progress | None = None) -> npt.NDArray[np.uint8]:
        """Return the pictures of a split, [N, R, R, 3] RGB, memory-mapped.

        They are drawn on the first call and read from the prepared cache after that. Raises
        Failure if python-avatars and resvg-py are not installed or the cache cannot be written.
        """
        faces_of_split = self.faces(split)

        def fill(pictures: npt.NDArray[Any]) -> None:
            total = len(faces_of_split)

            def draw_from(start: int) -> int:
                stop = min(start + REPORT_EVERY, total)
                for index in range(start, stop):
                    pictures[index] = draw(faces_of_split[index], self.resolution)
                return stop

            # In threads: most of the work on a large face is numpy's, without Python's lock.
            with ThreadPoolExecutor() as pool:
                for done in pool.map(draw_from, range(0, total, REPORT_EVERY)):
                    if progress:
                        progress(done, total)

        return prepared_array(self.cache, self._key(split), np.uint8, self._shape(split), fill)

    def images_after_turns(
        self, conversation: Conversation, allow_training: bool = False
    ) -> npt.NDArray[np.uint8]:
        """Draw what a conversation about attributes has told after each turn, [T, R, R, 3] RGB.

        What no turn has told yet has the first value of its attribute; the caption does not
        count. These pictures are for evaluation, so a training conversation raises Failure unless
        `allow_training`; so does a conversation whose turns are not attributes.
        """
        if conversation.id.startswith("train") and not allow_training:
            raise Failure(
                Problem(
                    conversation.id,
                    "is a training conversation, whose pictures between turns are not for training",
                    "use the validation split, or say allow_training=True",
                )
            )
        require_drawing()
        return np.stack([draw(face, self.resolution) for face in _faces_after_turns(conversation)])

    def attribute_mask(self, conversation: Conversation, attribute: str) -> npt.NDArray[np.bool_]:
        """Return where the picture of a conversation shows an attribute, [R, R].

        See `masks.attribute_mask`, which has the errors.
        """
        require_drawing()
        return attribute_mask(conversation.attributes, attribute, self.resolution)

    def lacks(self) -> Sequence[Problem]:
        """Say what must be installed before pictures can be drawn; nothing if all is there."""
        try:
            require_drawing()
        except PainterkitError as error:
            return error.problems
        return ()

    def is_prepared(self, split: Split) -> bool:
        """Tell whether the split's pictures are in the cache."""
        return not self.lacks() and (self.cache / f"{self._key(split)}.npy").is_file()

    def prepared_bytes(self, split: Split) -> int:
        """Return the size of the split's cache on disk in bytes, made or yet to be made."""
        return prepared_bytes(np.uint8, self._shape(split))

    def _shape(self, split: Split) -> tuple[int, int, int, int]:
        return len(self.faces(split)), self.resolution, self.resolution, 3

    def _key(self, split: Split) -> str:
        drawing = [DRAWING_VERSION, require_drawing(), dict(PARTS), [*COLOURS.items()]]
        contents = [drawing, self.resolution, [list(face.values()) for face in self.faces(split)]]
        digest = hashlib.sha256(repr(contents).encode()).hexdigest()
        return f"avatars-{split}-{len(self.faces(split))}x{self.resolution}-{digest[:20]}"


def _faces_after_turns(conversation: Conversation) -> list[Face]:
    known: dict[str, str | None] = {name: values[0] for name, values in ATTRIBUTES.items()}
    found: list[Face] = []
    for turn in conversation.turns:
        if not turn.attribute:
            raise Failure(
                Problem(
                    conversation.id,
                    "has turns that are not attributes, so there is no picture after each",
                    'set data.turns = "attributes" or "sentences"',
                )
            )
        known[turn.attribute] = turn.value
        bald = known["hair_shape"] == "bald"
        found.append({**known, "hair_colour": None} if bald else dict(known))
    return found
