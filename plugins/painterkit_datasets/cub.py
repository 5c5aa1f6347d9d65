"""The data set `cub`: the birds of CUB-200-2011, told in attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit.data.prepared import prepared_bytes
from painterkit.errors import Failure, PainterkitError, Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import SPLITS, Progress, Split
from painterkit_datasets.cub_contents import Contents, read_contents
from painterkit_datasets.pictures import Fit
from painterkit_datasets.prepare import (
    are_prepared,
    broken_pictures,
    prepared_pictures,
    prepared_shape,
)
from painterkit_datasets.problems import first_problems
from painterkit_datasets.settings import CubSettings


def build(settings: CubSettings, context: BuildContext) -> Cub:
    """Return the data set; nothing is read before it is asked for."""
    return Cub(settings, context.cache)


class Cub:
    """Conversations about CUB's pictures. See `painterkit.interfaces.Dataset`.

    Where a file is missing or broken, whatever needs it raises Failure with all that is wrong.
    """

    tells_attributes = True
    """Each turn tells an attribute with its value."""

    def __init__(self, settings: CubSettings, cache: Path) -> None:
        """Remember where the files are and how the pictures are made to fit."""
        self.settings = settings
        self.cache = cache
        self.resolution = settings.resolution
        self.flips = settings.flips
        self.fit = Fit(settings.resolution, "centre", settings.pixel_limit)

    @property
    def attributes(self) -> Mapping[str, Sequence[str]]:
        """The values of the four attributes, in the order of attributes.txt."""
        return self._right_contents().attributes

    def size(self, split: Split) -> int:
        """Return how many conversations a split has, one a picture."""
        return len(self.conversations(split))

    def conversations(self, split: Split) -> Sequence[Conversation]:
        """Return the conversations of a split, in the order of images.txt."""
        return self._right_contents().conversations[split]

    def images(self, split: Split, progress: Progress | None = None) -> npt.NDArray[np.uint8]:
        """Return the pictures of a split, [N, R, R, 3] RGB, memory-mapped.

        They are decoded on the first call and read from the prepared cache after that. Raises
        Failure naming every picture that is missing or broken, with its line of images.txt.
        """
        contents = self._right_contents()
        if contents.missing:
            raise Failure(first_problems(contents.missing))
        pictures = contents.pictures[split]
        return prepared_pictures(self.cache, f"cub-{split}", pictures, self.fit, progress)

    def lacks(self) -> Sequence[Problem]:
        """Say which files are missing or broken, what to download, and where to put it."""
        return self._lacks

    def is_prepared(self, split: Split) -> bool:
        """Tell whether the split's pictures, as they are now, are in the cache."""
        contents = self._contents
        if not isinstance(contents, Contents) or contents.missing:
            return False
        return are_prepared(self.cache, f"cub-{split}", contents.pictures[split], self.fit)

    def prepared_bytes(self, split: Split) -> int:
        """Return the size of the split's cache on disk in bytes, made or yet to be made."""
        return prepared_bytes(np.uint8, prepared_shape(self.size(split), self.fit))

    @cached_property
    def _contents(self) -> Contents | tuple[Problem, ...]:
        """What the files say, or what keeps them from being read."""
        try:
            return read_contents(self.settings, self.cache)
        except PainterkitError as error:
            return error.problems

    def _right_contents(self) -> Contents:
        """Return what the files say. Raises Failure where one is missing or broken."""
        if not isinstance(self._contents, Contents):
            raise Failure(self._contents)
        return self._contents

    @cached_property
    def _lacks(self) -> Sequence[Problem]:
        contents = self._contents
        if not isinstance(contents, Contents):
            return contents
        problems = list(contents.missing)
        for split in SPLITS:
            if not self.is_prepared(split):
                pictures = contents.pictures[split]
                broken = broken_pictures(self.cache, f"cub-{split}", pictures, self.fit)
                problems += [problem for _, problem in broken]
        return first_problems(problems)
