"""What was read of conversations, and what a generator is told of it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen
from torch import Tensor

from painterkit.data.words import Words
from painterkit.interfaces.generator import WordSource


@frozen
class Told:
    """What a generator draws one moment from.

    `embedding` [B, E], and the words of each source that it looks at, [B, L, W] and [B, L].
    """

    embedding: Tensor
    words: Mapping[WordSource, Words] = field(factory=dict)


@frozen
class Reading:
    """What was read up to K moments of each of B conversations.

    `embedding` [B, K, E]. The words of a source are [B, L, W] for all moments, their mask [B, K, L]
    tells which of them had been said.
    """

    embedding: Tensor
    words: Mapping[WordSource, Words] = field(factory=dict)

    def at(self, place: int) -> Told:
        """Return what all conversations are told at the moment of a place."""
        words: dict[WordSource, Words] = {
            source: Words(one.vectors, one.mask[:, place]) for source, one in self.words.items()
        }
        return Told(self.embedding[:, place], words)

    def of(self, rows: Tensor, places: Tensor) -> Told:
        """Return what the conversations `rows` [N] are told at their moments `places` [N]."""
        words: dict[WordSource, Words] = {
            source: Words(one.vectors[rows], one.mask[rows, places])
            for source, one in self.words.items()
        }
        return Told(self.embedding[rows, places], words)
