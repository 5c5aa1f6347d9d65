"""The data set `coco-visdial`: COCO's pictures and captions with VisDial's dialogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit.data.prepared import prepared_bytes
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import SPLITS, Progress, Split
from painterkit_datasets.coco_split import CocoSplit
from painterkit_datasets.pictures import Fit
from painterkit_datasets.prepare import (
    are_prepared,
    broken_pictures,
    prepared_pictures,
    prepared_shape,
)
from painterkit_datasets.problems import first_problems
from painterkit_datasets.settings import CocoVisDialSettings


def build(settings: CocoVisDialSettings, context: BuildContext) -> CocoVisDial:
    """Return the data set; nothing is read before it is asked for.

    Raises WrongInput for a test split that the version does not have.
    """
    if settings.held_out == "test" and settings.version == "0.9":
        what = "VisDial 0.9 has no test dialogues"
        raise WrongInput(Problem("data.held_out", what, 'give "val", or take version = "1.0"'))
    return CocoVisDial(settings, context.cache)


class CocoVisDial:
    """Conversations about COCO's pictures. See `painterkit.interfaces.Dataset`.

    Where a file is missing or broken, whatever needs it raises Failure with what to download.
    """

    attributes: Mapping[str, Sequence[str]] = {}

    def __init__(self, settings: CocoVisDialSettings, cache: Path) -> None:
        """Remember where the files are and how the pictures are made to fit."""
        self.cache = cache
        self.resolution = settings.resolution
        self.fit = Fit(settings.resolution, settings.crop, settings.pixel_limit)
        self._splits = {split: CocoSplit(settings, cache, split) for split in SPLITS}
        self._prefix = f"coco-visdial-{settings.version}"

    def size(self, split: Split) -> int:
        """Return how many conversations a split has, without making them."""
        return len(self._splits[split].right_words().words)

    def conversations(self, split: Split) -> Sequence[Conversation]:
        """Return the conversations of a split, one a picture, in the order of VisDial's file."""
        known = self._conversations.get(split)
        if known is None:
            known = self._conversations[split] = self._splits[split].conversations()
        return known

    def images(self, split: Split, progress: Progress | None = None) -> npt.NDArray[np.uint8]:
        """Return the pictures of a split, [N, R, R, 3] RGB, memory-mapped.

        They are decoded on the first call and read from the prepared cache after that. Raises
        Failure naming every picture that is missing or broken, with its dialogue.
        """
        one = self._splits[split]
        problems = one.problems()
        if problems:
            raise Failure(first_problems(problems))
        prefix = f"{self._prefix}-{split}"
        return prepared_pictures(self.cache, prefix, one.found.pictures, self.fit, progress)

    def lacks(self) -> Sequence[Problem]:
        """Say which files are missing or broken, what to download, and where to put it."""
        return self._lacks

    def is_prepared(self, split: Split) -> bool:
        """Tell whether the split's pictures, as they are now, are in the cache."""
        one = self._splits[split]
        if one.problems():
            return False
        return are_prepared(self.cache, f"{self._prefix}-{split}", one.found.pictures, self.fit)

    def prepared_bytes(self, split: Split) -> int:
        """Return the size of the split's cache on disk in bytes, made or yet to be made."""
        return prepared_bytes(np.uint8, prepared_shape(self.size(split), self.fit))

    @cached_property
    def _conversations(self) -> dict[Split, tuple[Conversation, ...]]:
        return {}

    @cached_property
    def _lacks(self) -> Sequence[Problem]:
        problems: list[Problem] = []
        for split in SPLITS:
            one = self._splits[split]
            problems += one.problems()
            if not self.is_prepared(split):
                found = broken_pictures(
                    self.cache, f"{self._prefix}-{split}", one.found.pictures, self.fit
                )
                problems += [problem for _, problem in found]
        return first_problems(list(dict.fromkeys(problems)))
