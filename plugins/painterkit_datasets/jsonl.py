"""The data set `jsonl`: a folder of pictures with a JSON-lines file about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit.data.prepared import prepared_bytes
from painterkit.errors import Failure, Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import SPLITS, Progress, Split
from painterkit_datasets.jsonl_contents import Contents, read_contents
from painterkit_datasets.pictures import Fit
from painterkit_datasets.prepare import (
    ListedPicture,
    are_prepared,
    broken_pictures,
    prepared_pictures,
    prepared_shape,
)
from painterkit_datasets.problems import first_problems
from painterkit_datasets.settings import JsonLinesSettings


def build(settings: JsonLinesSettings, context: BuildContext) -> JsonLines:
    """Return the data set; nothing is read before it is asked for."""
    return JsonLines(settings, context.cache)


class JsonLines:
    """Conversations about people's own pictures. See `painterkit.interfaces.Dataset`.

    Where lines of the file are wrong, whatever needs them raises Failure with all that is wrong.
    """

    def __init__(self, settings: JsonLinesSettings, cache: Path) -> None:
        """Remember where the file is and how the pictures are made to fit."""
        self.settings = settings
        self.cache = cache
        self.resolution = settings.resolution
        self.fit = Fit(settings.resolution, settings.crop, settings.pixel_limit)

    @property
    def attributes(self) -> Mapping[str, Sequence[str]]:
        """The values of every attribute that the file names, sorted."""
        return self._right_contents().attributes

    @property
    def tells_attributes(self) -> bool:
        """Whether a turn of the file tells an attribute with its value."""
        told = self.conversations("train")
        return any(turn.attribute for one in told for turn in one.turns)

    def size(self, split: Split) -> int:
        """Return how many conversations a split has: the lines about its pictures."""
        return len(self.conversations(split))

    def conversations(self, split: Split) -> Sequence[Conversation]:
        """Return the conversations of a split, in the order of the file."""
        return self._right_contents().conversations[split]

    def images(self, split: Split, progress: Progress | None = None) -> npt.NDArray[np.uint8]:
        """Return the pictures of a split, [N, R, R, 3] RGB, memory-mapped.

        They are decoded on the first call and read from the prepared cache after that. Raises
        Failure naming every picture that is missing or broken, with its line.
        """
        self._right_contents()
        if self._contents.missing:
            raise Failure(self.lacks())
        pictures = self._pictures(split)
        return prepared_pictures(self.cache, f"jsonl-{split}", pictures, self.fit, progress)

    def lacks(self) -> Sequence[Problem]:
        """Say what is wrong with the file, line by line, and with the pictures it names."""
        return self._lacks

    def is_prepared(self, split: Split) -> bool:
        """Tell whether the split's pictures, as they are now, are in the cache."""
        if self._contents.line_problems or self._contents.missing:
            return False
        return are_prepared(self.cache, f"jsonl-{split}", self._pictures(split), self.fit)

    def prepared_bytes(self, split: Split) -> int:
        """Return the size of the split's cache on disk in bytes, made or yet to be made."""
        count = len(self._right_contents().names[split])
        return prepared_bytes(np.uint8, prepared_shape(count, self.fit))

    @cached_property
    def _contents(self) -> Contents:
        settings = self.settings
        return read_contents(settings.folder, settings.validation, settings.seed)

    @cached_property
    def _lacks(self) -> Sequence[Problem]:
        contents = self._contents
        whole = not contents.line_problems and not contents.missing
        if whole and all(self.is_prepared(split) for split in SPLITS):
            return ()
        broken = broken_pictures(self.cache, "jsonl", list(contents.pictures.values()), self.fit)
        found = [*contents.line_problems, *contents.missing, *broken]
        return first_problems([problem for _, problem in sorted(found, key=lambda one: one[0])])

    def _right_contents(self) -> Contents:
        """Return what the file says. Raises Failure where lines of it are wrong."""
        if self._contents.line_problems:
            raise Failure(self.lacks())
        return self._contents

    def _pictures(self, split: Split) -> list[ListedPicture]:
        contents = self._contents
        return [contents.pictures[name] for name in contents.names[split]]
