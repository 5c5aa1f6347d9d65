"""Batches of a split: pictures from the prepared cache, words from the text cache."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from painterkit.data.batch import Batch
from painterkit.data.conversation import Conversation
from painterkit.data.order import choose
from painterkit.data.texts import TextCache


class WordTable:
    """Look up the vectors of a split's texts by number, so that a step handles no strings."""

    def __init__(self, cache: TextCache, texts: Sequence[str]) -> None:
        distinct = sorted(set(texts))
        self.number = {text: number for number, text in enumerate(distinct)}
        self.vectors = torch.from_numpy(cache.vectors(distinct))

    def numbers(self, texts: Sequence[str]) -> list[int]:
        """Return the number of each text."""
        return [self.number[text] for text in texts]


class Batches:
    """Make any batch of a split from its rows. It holds no position and no random state.

    Without `turns` nobody reads the dialogues, and a batch has none.
    """

    def __init__(
        self,
        conversations: Sequence[Conversation],
        images: npt.NDArray[np.uint8],
        captions: WordTable,
        turns: WordTable | None,
        seed: int,
        device: torch.device,
    ) -> None:
        self.conversations = conversations
        self.images = images
        self.seed = seed
        self.device = device
        self.image_rows = np.array([c.image for c in conversations], np.int64)
        self.caption_numbers, self.caption_counts = _padded(
            [captions.numbers(c.captions) for c in conversations]
        )
        self.turn_numbers, self.turn_counts = _padded(
            [turns.numbers([turn.text for turn in c.turns]) if turns else [] for c in conversations]
        )
        self.caption_vectors = captions.vectors.to(device)
        self.turn_vectors = (turns.vectors if turns else torch.zeros(0, 0)).to(device)

    def batch(
        self, rows: npt.NDArray[np.int64], resolutions: Sequence[int], epoch: int | None = None
    ) -> Batch:
        """Return the batch of `rows` with real pictures at `resolutions`.

        One of a conversation's captions is chosen by (seed, epoch, row); without an epoch, as in
        evaluation, it is the first.
        """
        choice = np.zeros(len(rows), np.int64)
        if epoch is not None:
            choice = choose(self.seed, epoch, rows, self.caption_counts[rows])
        caption = self.caption_numbers[rows, choice]
        turn_numbers = torch.from_numpy(self.turn_numbers[rows]).to(self.device)
        counts = torch.from_numpy(self.turn_counts[rows]).to(self.device)
        places = torch.arange(turn_numbers.shape[1], device=self.device)
        return Batch(
            rows=torch.from_numpy(rows).to(self.device),
            image_rows=torch.from_numpy(self.image_rows[rows]).to(self.device),
            images=self.pictures(rows, resolutions),
            captions=self.caption_vectors[torch.from_numpy(caption).to(self.device)],
            turns=self.turn_vectors[turn_numbers],
            turn_mask=places < counts[:, None],
        )

    def pictures(
        self, rows: npt.NDArray[np.int64], resolutions: Sequence[int]
    ) -> dict[int, Tensor]:
        """Return the rows' pictures {R: [B, 3, R, R] in [-1, 1]}, smaller ones by area."""
        if not resolutions:
            return {}
        pixels = torch.from_numpy(self.images[self.image_rows[rows]]).to(self.device)
        full = pixels.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
        return {
            size: functional.avg_pool2d(full, full.shape[2] // size)
            if size != full.shape[2]
            else full.contiguous()
            for size in resolutions
        }


def split_texts(conversations: Sequence[Conversation]) -> tuple[list[str], list[str]]:
    """Return the captions and the turns of conversations, with repetitions."""
    captions = list(chain.from_iterable(c.captions for c in conversations))
    turns = [turn.text for c in conversations for turn in c.turns]
    return captions, turns


def _padded(lists: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return [N, longest] padded with 0, and the lengths [N]."""
    counts = np.array([len(entries) for entries in lists], np.int64)
    table = np.zeros((len(lists), int(counts.max(initial=0))), np.int64)
    for row, entries in enumerate(lists):
        table[row, : len(entries)] = entries
    return table, counts
