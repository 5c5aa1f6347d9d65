"""Word vectors beside sentence vectors, and the row of numbers that a text is kept as."""

from __future__ import annotations

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional


@frozen
class Words:
    """Vectors to be looked at one by one: `vectors` [..., L, W] and `mask` bool [..., L].

    The mask is True where there is one; what stands elsewhere means nothing.
    """

    vectors: Tensor
    mask: Tensor

    def rows(self, order: Tensor) -> Words:
        """Return the words with their rows in the given order [B']."""
        return Words(self.vectors[order], self.mask[order])


@frozen
class RowLayout:
    """How a text is kept as one row of numbers.

    First its sentence vector of `width`, then `most` word vectors of `word_width`, then for each
    of these 1 where there is a word and 0 elsewhere. Without `most` the sentence vector is all.
    """

    width: int
    most: int = 0
    word_width: int = 0

    @property
    def total(self) -> int:
        """The length of a row."""
        return self.width + self.most * (self.word_width + 1)

    def joined(self, sentence: Tensor, words: Words | None) -> Tensor:
        """Return rows [N, total] for `sentence` [N, D] and words of at most `most` each."""
        if not self.most or words is None:
            return sentence
        lacking = self.most - words.vectors.shape[1]
        mask = functional.pad(words.mask, (0, lacking))
        vectors = functional.pad(words.vectors, (0, 0, 0, lacking)) * mask.unsqueeze(2)
        return torch.cat([sentence, vectors.flatten(1), mask.to(sentence.dtype)], dim=1)

    def split(self, rows: Tensor) -> tuple[Tensor, Words | None]:
        """Return sentence vectors [..., D] and words [..., L, W] of rows [..., total]."""
        if not self.most:
            return rows, None
        sizes = [self.width, self.most * self.word_width, self.most]
        sentence, vectors, mask = rows.split(sizes, dim=-1)
        return sentence, Words(vectors.unflatten(-1, (self.most, self.word_width)), mask > 0)
