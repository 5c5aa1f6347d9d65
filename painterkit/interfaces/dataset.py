"""What a data set offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, get_args, runtime_checkable

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit.errors import Problem

Split = Literal["train", "validation"]

SPLITS: tuple[Split, ...] = get_args(Split)


class Progress(Protocol):
    """Told how far a long preparation has come."""

    def __call__(self, done: int, total: int) -> None:
        """Report that `done` of `total` items are ready."""
        ...


class Dataset(Protocol):
    """Conversations with their pictures, in a train and a validation split.

    Everything is a function of the settings: built twice, it is the same.
    """

    resolution: int
    """Height and width of the pictures that `images` gives, in pixels."""

    attributes: Mapping[str, Sequence[str]]
    """The values that each attribute can take, in a fixed order; empty if there are none."""

    def size(self, split: Split) -> int:
        """Return how many conversations a split has, without making them."""
        ...

    def conversations(self, split: Split) -> Sequence[Conversation]:
        """Return the conversations of a split; `Conversation.image` is a row of `images(split)`."""
        ...

    def images(self, split: Split, progress: Progress | None = None) -> npt.NDArray[np.uint8]:
        """Return the pictures of a split, [N, R, R, 3] RGB, memory-mapped.

        They are made on the first call and read from the prepared cache after that.
        """
        ...

    def lacks(self) -> Sequence[Problem]:
        """Say what must be installed or downloaded before `images` works."""
        ...

    def is_prepared(self, split: Split) -> bool:
        """Tell whether the split's pictures are in the cache, so that `images` is quick."""
        ...

    def prepared_bytes(self, split: Split) -> int:
        """Return the size of the split's cache on disk in bytes, made or yet to be made."""
        ...


def has_classes(dataset: Dataset | None) -> bool:
    """Tell whether the training conversations of a data set have classes.

    Data that are not there yet may have them: they are asked again when they are.
    """
    if dataset is None or dataset.lacks():
        return True
    return any(one.class_id >= 0 for one in dataset.conversations("train"))


@runtime_checkable
class ShowsWhere(Protocol):
    """A data set that knows where in a picture an attribute shows."""

    def attribute_mask(self, conversation: Conversation, attribute: str) -> npt.NDArray[np.bool_]:
        """Return the pixels of a conversation's picture that show an attribute, [R, R]."""
        ...


@runtime_checkable
class Mirrored(Protocol):
    """A data set whose words stay true of a picture's mirror image."""

    @property
    def flips(self) -> bool:
        """Whether training sees every other picture mirrored, another half in each epoch."""
        ...


@runtime_checkable
class TellsAttributes(Protocol):
    """A data set whose turns can tell an attribute with its value, as "hair colour: red" does."""

    @property
    def tells_attributes(self) -> bool:
        """Whether they do: a chat then knows what is said, and what cannot be."""
        ...
