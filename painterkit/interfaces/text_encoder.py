"""What turns words into vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from attrs import frozen
from torch import Tensor

from painterkit.data.conversation import Turn
from painterkit.errors import Problem


@frozen
class TextFeatures:
    """What a text encoder knows of N texts.

    `sentence` is [N, D]. `words` is [N, L, W] with `mask` bool [N, L] (True where there is a
    word), or both are None for an encoder that gives no word vectors.
    """

    sentence: Tensor
    words: Tensor | None = None
    mask: Tensor | None = None


class TextEncoder(Protocol):
    """Turn texts into vectors. A text's vector never depends on the texts beside it."""

    @property
    def width(self) -> int:
        """Width D of a sentence vector; known without loading any weights."""
        ...

    @property
    def fingerprint(self) -> str:
        """A text that names everything the vectors depend on: weights, settings, version."""
        ...

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Turn texts into tensors on the CPU, one row a text, ready for `forward`."""
        ...

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Encode what `prepare` made."""
        ...


@runtime_checkable
class GivesWords(Protocol):
    """A text encoder whose features have words; known without loading any weights.

    It names nothing else of a TextEncoder: to ask whether an encoder gives words, Python looks at
    every attribute that is named here, and a fingerprint may read large files or miss them.
    """

    @property
    def word_width(self) -> int:
        """Width W of a word's vector."""
        ...

    @property
    def most_words(self) -> int:
        """The most words L of a text that it gives: what comes after them has no vector."""
        ...


@runtime_checkable
class NamesWords(GivesWords, Protocol):
    """A text encoder that can say which words its vectors stand for."""

    def words_of(self, text: str) -> Sequence[str]:
        """Return what the word vectors of a text stand for, one a vector, in their order."""
        ...


@runtime_checkable
class NeedsFiles(Protocol):
    """A text or image encoder that can be built without files that it needs before it encodes."""

    def lacks(self) -> Sequence[Problem]:
        """Say which files are missing, and where to get them; nothing if all are there."""
        ...


@runtime_checkable
class StartsUntrained(Protocol):
    """A text encoder, or image encoder, whose weights can be random when a training starts."""

    @property
    def is_untrained(self) -> bool:
        """Whether its weights are random, unless a phase trains it."""
        ...


@runtime_checkable
class LearnsVocabulary(Protocol):
    """A text encoder that looks at the training texts before the first step."""

    def fit_texts(self, texts: Sequence[str]) -> None:
        """Learn from every text of the train split that it reads, repetitions included.

        What it learns is in buffers, whose shapes the settings fix: it is saved with the weights.
        """
        ...


@runtime_checkable
class Truncates(Protocol):
    """A text encoder that reads no more than the beginning of a long text."""

    def count_truncated(self, texts: Sequence[str]) -> int:
        """Return how many of the texts are longer than what it reads."""
        ...


@runtime_checkable
class SkipsTexts(Protocol):
    """A text encoder that reads nothing in texts that are not of its kind."""

    def count_skipped(self, texts: Sequence[str]) -> int:
        """Return how many of the texts it reads nothing in."""
        ...


@runtime_checkable
class Understands(Protocol):
    """A text encoder that knows what the attributes are called, and what a person means by them."""

    def understand(self, text: str, before: Sequence[Turn]) -> Turn:
        """Return what a person means by `text`, said after the turns `before`.

        Raises WrongInput, with the nearest known words, where it means nothing or could mean
        several things.
        """
        ...
