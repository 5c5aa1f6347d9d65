"""Batches of a split: pictures from the prepared cache, words by number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from attrs import evolve, field, frozen
from torch import Tensor
from torch.nn import functional

from painterkit.data.batch import Batch
from painterkit.data.conversation import Conversation
from painterkit.data.facts import Facts
from painterkit.data.order import Purpose, choose
from painterkit.data.texts import Vectors
from painterkit.data.words import RowLayout, Words

When = tuple[int, int]
"""A phase and an epoch of it: what is chosen anew in each."""


@frozen(eq=False)
class TextTable:
    """The captions or the turns of a split by number, so that a step handles no strings.

    `numbers` [N, longest] are the texts of each conversation, `counts` [N] how many it has.
    `vectors` and `tokens` {name: [n, ...]} hold what an encoder made of each distinct text; the
    vectors have width 0, and there are no tokens, where nobody reads them.
    """

    numbers: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    vectors: Vectors
    tokens: Mapping[str, Tensor] = field(factory=dict)
    layout: RowLayout | None = None
    """How a row of the vectors is laid out, where it holds words too."""

    def read(self, numbers: npt.NDArray[np.int64]) -> tuple[Tensor, Words | None]:
        """Return vectors [*numbers.shape, D] of texts, and their words where they are kept."""
        rows = self.vectors(numbers)
        return (rows, None) if self.layout is None else self.layout.split(rows)


class Batches:
    """Make any batch of a split from its rows. It holds no position and no random state."""

    def __init__(
        self,
        conversations: Sequence[Conversation],
        images: npt.NDArray[np.uint8],
        captions: TextTable,
        turns: TextTable,
        seed: int,
        device: torch.device,
        facts: Facts | None = None,
        flips: bool = False,
    ) -> None:
        self.facts = facts
        self.flips = flips
        self.conversations = conversations
        self.images = images
        self.captions = captions
        self.turns = turns
        self.seed = seed
        self.device = device
        shown = np.array([(c.image, c.class_id) for c in conversations], np.int64).reshape(-1, 2)
        self.image_rows, class_ids = shown.T
        self.class_ids = class_ids if (class_ids >= 0).any() else None

    def batch(
        self,
        rows: npt.NDArray[np.int64],
        resolutions: Sequence[int],
        epoch: int | None = None,
        extras: Collection[str] = (),
        phase: int = 0,
    ) -> Batch:
        """Return the batch of `rows` with real pictures at `resolutions`.

        One of a conversation's captions is chosen by (seed, phase, epoch, row); without an epoch,
        as in evaluation, it is the first. `extras` are those that a training-step asks for.
        """
        when = None if epoch is None else (phase, epoch)
        count = self.captions.counts[rows]
        choice = np.zeros(len(rows), np.int64)
        if when is not None:
            choice = choose((Purpose.CAPTION, self.seed, *when), rows, count)
        # The caption after the chosen one: the same again where there is only one.
        both = np.stack([choice, (choice + 1) % np.maximum(count, 1)], axis=1)
        captions = self.captions.numbers[rows[:, None], both]
        turns = self.turns.numbers[rows]
        places = torch.arange(turns.shape[1], device=self.device)
        caption_vectors, caption_words = self.captions.read(captions[:, 0])
        turn_vectors, turn_words = self.turns.read(turns)
        batch = Batch(
            rows=self._on_device(rows),
            image_rows=self._on_device(self.image_rows[rows]),
            images=self._seen(rows, resolutions, when),
            captions=caption_vectors,
            turns=turn_vectors,
            turn_mask=places < self._on_device(self.turns.counts[rows])[:, None],
            class_ids=self._classes(rows),
            caption_tokens=self._tokens(self.captions, captions),
            turn_tokens=self._tokens(self.turns, turns),
            caption_words=caption_words,
            turn_words=turn_words,
        )
        if not extras or self.facts is None:
            return batch
        batch = evolve(
            batch,
            said=self._on_device(self.facts.said[rows]).long(),
            truth=self._on_device(self.facts.truth[rows]).long(),
        )
        if "matching" not in extras:
            return batch
        key = (Purpose.MATCHING, self.seed, *(when or (phase, 0)))
        fitting = self.facts.matching(rows, key)
        shape = (len(rows), -1)
        pictures = self._seen(fitting.ravel(), resolutions, when)
        return evolve(
            batch,
            matching={size: shown.unflatten(0, shape) for size, shown in pictures.items()},
            matching_truth=self._on_device(self.facts.truth[fitting]).long(),
            matching_rows=self._on_device(self.image_rows[fitting]),
            matching_class_ids=self._classes(fitting),
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

    def _seen(
        self, rows: npt.NDArray[np.int64], resolutions: Sequence[int], when: When | None
    ) -> dict[int, Tensor]:
        """Return pictures as an epoch shows them: half of them mirrored, where that is true."""
        pictures = self.pictures(rows, resolutions)
        if when is None or not self.flips:
            return pictures
        key = (Purpose.MIRROR, self.seed, *when)
        mirrored = choose(key, rows, np.full(len(rows), 2)) == 1
        chosen = self._on_device(mirrored.astype(np.int64)).bool().view(-1, 1, 1, 1)
        return {size: torch.where(chosen, shown.flip(3), shown) for size, shown in pictures.items()}

    def _classes(self, rows: npt.NDArray[np.int64]) -> Tensor | None:
        return None if self.class_ids is None else self._on_device(self.class_ids[rows])

    def _tokens(self, table: TextTable, numbers: npt.NDArray[np.int64]) -> dict[str, Tensor]:
        if not table.tokens:
            return {}
        chosen = self._on_device(numbers)
        return {name: tensor[chosen] for name, tensor in table.tokens.items()}

    def _on_device(self, numbers: npt.NDArray[np.integer]) -> Tensor:
        return torch.from_numpy(numbers).to(self.device)


def numbered(
    lists: Sequence[Sequence[str]], number: Mapping[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the numbers of lists of texts, [N, longest] padded with 0, and their lengths [N]."""
    counts = np.array([len(texts) for texts in lists], np.int64)
    table = np.zeros((len(lists), int(counts.max(initial=0))), np.int64)
    for row, texts in enumerate(lists):
        table[row, : len(texts)] = [number[text] for text in texts]
    return table, counts
