"""Sentences as a tree of their beginnings, so that what many begin with is read once.

Texts of one kind begin and end alike: `is there a ...`, `... i can not tell .`. A state depends on
the words so far alone, so all sentences with a common beginning share its states.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from attrs import frozen
from torch import Tensor


@frozen(eq=False)
class Level:
    """The distinct beginnings of one length, made from those that are one word shorter.

    `going_on` [p] are the states of the level before that a word is read after; `parents` [n]
    says which of these, and `words` [n] which word, makes each new state. `ends` [k] are the new
    states at which a sentence ends. On the first level all parents are 0, the state of nothing.
    """

    going_on: Tensor
    parents: Tensor
    words: Tensor
    ends: Tensor


@frozen(eq=False)
class Beginnings:
    """The beginnings of N sentences, shortest first.

    `last` [N] says where the last state of each sentence stands: 0 is the state of nothing, the
    ends of the levels follow in order.
    """

    levels: Sequence[Level]
    last: Tensor


@frozen(eq=False)
class Sentences:
    """N sentences, ready to be read from both ends.

    `words` [V] are the numbers of their distinct words; levels name these by their place.
    """

    words: Tensor
    forwards: Beginnings
    backwards: Beginnings


def padded(sentences: Sequence[Sequence[int]]) -> dict[str, Tensor]:
    """Return word numbers as tensors: "words" [N, L] padded with 0, and "lengths" [N]."""
    lengths = torch.tensor([len(sentence) for sentence in sentences], dtype=torch.int64)
    words = torch.zeros(len(sentences), max([1, *map(len, sentences)]), dtype=torch.int64)
    for row, sentence in enumerate(sentences):
        words[row, : len(sentence)] = torch.tensor(sentence, dtype=torch.int64)
    return {"words": words, "lengths": lengths}


def made_ready(words: Tensor, lengths: Tensor) -> Sentences:
    """Make sentences ready: words [N, L], of which the first `lengths` [N] count.

    The beginnings are found on the CPU; what is returned is where `words` is.
    """
    device = words.device
    words, lengths = words.cpu(), lengths.cpu()
    places = torch.arange(words.shape[1])
    inside = places < lengths[:, None]
    distinct, number = torch.unique(words[inside], return_inverse=True)
    numbers = torch.zeros_like(words)
    numbers[inside] = number
    turned = (lengths[:, None] - 1 - places).clamp(min=0)
    return Sentences(
        distinct.to(device),
        _beginnings(numbers, lengths, device),
        _beginnings(numbers.gather(1, turned), lengths, device),
    )


def _beginnings(words: Tensor, lengths: Tensor, device: torch.device) -> Beginnings:
    """Find the distinct beginnings of sentences [N, L] on the CPU, and put them on a device."""
    count = int(words.max()) + 1 if words.numel() else 1
    state = torch.zeros(len(words), dtype=torch.int64)
    last = torch.zeros(len(words), dtype=torch.int64)
    levels: list[Level] = []
    ended = 1
    for place in range(int(lengths.max()) if len(lengths) else 0):
        longer = lengths > place
        keys, state[longer] = torch.unique(
            state[longer] * count + words[longer, place], return_inverse=True
        )
        going_on, parents = torch.unique(keys // count, return_inverse=True)
        here = lengths == place + 1
        ends, number = torch.unique(state[here], return_inverse=True)
        last[here] = number + ended
        ended += len(ends)
        moved = (one.to(device) for one in (going_on, parents, keys % count, ends))
        levels.append(Level(*moved))
    return Beginnings(levels, last.to(device))
