"""A small data set made up on the spot, for components that want one when they are built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation, Turn
from painterkit.data.prepared import prepared_bytes
from painterkit.errors import Problem
from painterkit.interfaces.dataset import Progress, Split

ATTRIBUTES = {
    "shape": ("circle", "square", "star"),
    "colour": ("red", "green", "blue", "yellow"),
    "size": ("small", "large"),
}


class SampleDataset:
    """Noisy pictures in four colours, told in two captions and up to three turns.

    It follows `painterkit.interfaces.dataset.Dataset` and passes `check_dataset`. Every third
    conversation has a colour that cannot be seen, and every fourth has no turn at all.
    """

    attributes: Mapping[str, Sequence[str]] = ATTRIBUTES

    def __init__(self, resolution: int = 64, train: int = 160, validation: int = 24) -> None:
        self.resolution = resolution
        self.counts: Mapping[Split, int] = {"train": train, "validation": validation}

    def size(self, split: Split) -> int:
        """Return how many conversations a split has."""
        return self.counts[split]

    def conversations(self, split: Split) -> Sequence[Conversation]:
        """Return the conversations of a split, one a picture."""
        return [_conversation(split, row) for row in range(self.counts[split])]

    def images(self, split: Split, progress: Progress | None = None) -> npt.NDArray[np.uint8]:
        """Return the pictures of a split, [N, R, R, 3], in memory."""
        random = np.random.default_rng([self.counts[split], split == "train"])
        shape = (self.counts[split], self.resolution, self.resolution, 3)
        return random.integers(0, 256, shape, dtype=np.uint8)

    def lacks(self) -> Sequence[Problem]:
        """Return nothing: it needs nothing."""
        return ()

    def is_prepared(self, split: Split) -> bool:
        """Return True: pictures are made up in no time."""
        return True

    def prepared_bytes(self, split: Split) -> int:
        """Return what the pictures would take on disk."""
        return prepared_bytes(np.uint8, (self.counts[split], self.resolution, self.resolution, 3))


def _conversation(split: Split, row: int) -> Conversation:
    seen: dict[str, str | None] = {
        name: values[row % len(values)] for name, values in ATTRIBUTES.items()
    }
    if row % 3 == 2:
        seen["colour"] = None
    told = [name for name, value in seen.items() if value is not None][: row % 4]
    return Conversation(
        id=f"{split}-{row}",
        captions=(f"a {seen['size']} {seen['shape']}", f"picture {row}: some {seen['shape']}"),
        turns=tuple(_turn(name, str(seen[name])) for name in told),
        image=row,
        attributes=seen,
        told_in={"size": "caption", **{name: place for place, name in enumerate(told)}},
        class_id=row % len(ATTRIBUTES["shape"]),
    )


def _turn(attribute: str, value: str) -> Turn:
    question = f"What is its {attribute}?"
    return Turn(f"{question} It is {value}.", question, f"It is {value}.", attribute, value)
