"""What reads a sentence: a GRU over its words, or one from each end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit_chatpainter.skip_thought.sentences import Beginnings, Sentences

Model = Literal["uni", "bi"]

MODELS: Mapping[Literal["uni", "bi", "combine"], tuple[Model, ...]] = {
    "uni": ("uni",),
    "bi": ("bi",),
    "combine": ("uni", "bi"),
}
"""The models that a vector is joined from, in order."""


class SentenceGRU(nn.Module):
    """Read sentences word by word.

    [r u] = sigmoid(x W + b + h U); n = tanh(x Wx + bx + r * (h Ux)); h' = u * h + (1 - u) * n, as
    in the authors' code; torch's GRU computes the same and has one bias more. The two layers hold
    these weights side by side, those of r, u and n in this order. They start as in the authors'
    code: uniform in [-0.1, 0.1] for what reads words, orthogonal for what reads the state.
    """

    def __init__(self, word_width: int, width: int, device: torch.device | None = None) -> None:
        super().__init__()
        self.word = nn.Linear(word_width, 3 * width, device=device)
        self.state = nn.Linear(width, 3 * width, bias=False, device=device)
        self.width = width

    def reset(self) -> None:
        """Draw the weights anew."""
        nn.init.uniform_(self.word.weight, -0.1, 0.1)
        nn.init.zeros_(self.word.bias)
        for gate in self.state.weight.data.chunk(3):
            nn.init.orthogonal_(gate)

    def forward(self, vectors: Tensor, read: Beginnings) -> Tensor:
        """Return the last states of sentences, [N, H] float32, that of an empty one zero.

        `vectors` [V, E] are those of the words that the beginnings are made of.
        """
        seen = self.word(vectors)
        states = seen.new_zeros(1, self.width, dtype=torch.float32)
        ended = [states]
        for place, level in enumerate(read.levels):
            before = rows_of(states, level.going_on)
            word = rows_of(seen, level.words).float()
            if place == 0:
                states = self._next(word, None, before)
            else:
                moved = rows_of(self.state(before), level.parents).float()
                states = self._next(word, moved, rows_of(before, level.parents))
            ended.append(rows_of(states, level.ends))
        return rows_of(torch.cat(ended), read.last)

    def _next(self, word: Tensor, moved: Tensor | None, before: Tensor) -> Tensor:
        """Return the state after a word; `moved` is what the state before gives, None for zero."""
        reset_word, update_word, new_word = word.chunk(3, dim=1)
        if moved is None:
            return (1 - torch.sigmoid(update_word)) * torch.tanh(new_word)
        reset_state, update_state, new_state = moved.chunk(3, dim=1)
        reset = torch.sigmoid(reset_word + reset_state)
        update = torch.sigmoid(update_word + update_state)
        new = torch.tanh(new_word + reset * new_state)
        return update * before + (1 - update) * new


class SentenceReader(nn.Module):
    """Read sentences forwards, or from each end, and join the last states."""

    def __init__(
        self, word_width: int, width: int, both_ways: bool, device: torch.device | None = None
    ) -> None:
        super().__init__()
        self.width = width
        each = width // 2 if both_ways else width
        self.forwards = SentenceGRU(word_width, each, device)
        self.backwards = SentenceGRU(word_width, each, device) if both_ways else None

    def directions(self) -> list[SentenceGRU]:
        """Return what reads forwards, and what reads backwards if anything does."""
        return [self.forwards] if self.backwards is None else [self.forwards, self.backwards]

    def reset(self) -> None:
        """Draw the weights anew."""
        for direction in self.directions():
            direction.reset()

    def forward(self, vectors: Tensor, sentences: Sentences) -> Tensor:
        """Return the last states [N, H], given the vectors [V, E] of the sentences' words."""
        states = self.forwards(vectors, sentences.forwards)
        if self.backwards is None:
            return states
        return torch.cat([states, self.backwards(vectors, sentences.backwards)], dim=1)


def rows_of(table: Tensor, numbers: Tensor) -> Tensor:
    """Return the rows of a table by number, as `table[numbers]` does.

    The gradients of an indexed tensor are added up by threads in any order, those of an embedding
    in one order: a resumed training must be the same to the bit.
    """
    return functional.embedding(numbers, table)


def join(states: Sequence[Tensor], scaled: bool) -> Tensor:
    """Join last states [N, H], each brought to length 1, or if scaled to the square root of H.

    Returns [N, D] float32. A state of zeros stays one.
    """
    return torch.cat(
        [
            functional.normalize(state, dim=1) * (state.shape[1] ** 0.5 if scaled else 1.0)
            for state in states
        ],
        dim=1,
    )
