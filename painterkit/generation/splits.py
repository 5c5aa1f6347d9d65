"""A split of the data, with its words as the parts of a recipe read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

import torch

from painterkit.assembly import Assembly
from painterkit.data.batches import Batches, TextTable, numbered
from painterkit.data.conversation import Turn
from painterkit.data.facts import Facts
from painterkit.data.texts import HeldVectors, TextCache
from painterkit.data.told import caption_lists, distinct, turn_lists
from painterkit.interfaces.dataset import Mirrored, Progress, Split
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import TextEncoder
from painterkit.interfaces.training_step import TextKind


class Preparation(Protocol):
    """Told how far the data of a training are prepared."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Report that `done` of `total` are ready of what is being made."""
        ...


class PreparedSplit:
    """Conversations with their pictures, read anew wherever a text encoder has changed.

    The pictures are made when it is made, the vectors when they are first asked for.
    """

    def __init__(
        self,
        assembly: Assembly,
        name: Split,
        device: torch.device,
        progress: Preparation | None = None,
    ) -> None:
        self.parts = assembly.parts
        self.cache = assembly.context.cache
        self.seed = assembly.recipe.seed
        self.device = device
        self.progress = progress
        self.images = assembly.dataset.images(name, _named(progress, "preparing pictures"))
        self.conversations = assembly.dataset.conversations(name)
        self.captions = caption_lists(self.conversations)
        self.turns = turn_lists(
            self.conversations, self.parts.dialogue_encoder.reads, assembly.turns
        )
        self.spoken = turn_lists(self.conversations, "turns", assembly.turns)
        """The turns one by one, as a turn encoder is trained on them however they are read."""
        self.facts = Facts(self.conversations, assembly.dataset.attributes, self.parts.caption_told)
        dataset = assembly.dataset
        self.flips = isinstance(dataset, Mirrored) and dataset.flips
        self._read: tuple[tuple[str, str], Batches] | None = None

    def with_vectors(self) -> Batches:
        """Return batches with the vectors that the encoders give now."""
        key = (self.parts.caption_encoder.fingerprint, self.parts.turn_encoder.fingerprint)
        if self._read is None or self._read[0] != key:
            self._read = (key, self._encoded())
        return self._read[1]

    def with_tokens(self, kinds: Collection[TextKind]) -> Batches:
        """Return batches without vectors, with the tensors that the encoders of `kinds` prepare."""
        parts = self.parts
        return Batches(
            self.conversations,
            self.images,
            self._prepared(self.captions, parts.caption_encoder, "captions" in kinds),
            self._prepared(self.spoken, parts.turn_encoder, "turns" in kinds),
            self.seed,
            self.device,
            self.facts,
            self.flips,
        )

    def _encoded(self) -> Batches:
        captions, turns = text_caches(self.parts, self.cache)
        progress = _named(self.progress, "encoding texts")
        if captions is not None:
            texts = distinct(self.captions)
            if turns is captions:
                # One pass over both: the encoder is loaded once, its batches are of like length.
                texts = [*texts, *distinct(self.turns)]
            captions.add(texts, progress)
        if turns is not None:
            turns.add(distinct(self.turns), progress)
        return Batches(
            self.conversations,
            self.images,
            self._unread(self.captions)
            if captions is None
            else self._looked_up(self.captions, captions),
            self._unread([[] for _ in self.turns])
            if turns is None
            else self._looked_up(self.turns, turns),
            self.seed,
            self.device,
            self.facts,
            self.flips,
        )

    def _unread(self, lists: Sequence[Sequence[str]]) -> TextTable:
        texts = distinct(lists)
        return TextTable(*numbered(lists, _number(texts)), self._nothing(max(len(texts), 1)))

    def _looked_up(self, lists: Sequence[Sequence[str]], cache: TextCache) -> TextTable:
        texts = distinct(lists)
        numbers, counts = numbered(lists, _number(texts))
        vectors = cache.vectors(texts, self.device)
        return TextTable(numbers, counts, vectors, layout=cache.layout)

    def _prepared(
        self, lists: Sequence[Sequence[str]], encoder: TextEncoder, wanted: bool
    ) -> TextTable:
        texts = distinct(lists)
        numbers, counts = numbered(lists, _number(texts))
        tokens = encoder.prepare([Turn(text) for text in texts]) if wanted else {}
        return TextTable(
            numbers,
            counts,
            self._nothing(len(texts)),
            {name: tensor.to(self.device) for name, tensor in tokens.items()},
        )

    def _nothing(self, count: int) -> HeldVectors:
        return HeldVectors(torch.zeros(count, 0, device=self.device))


def text_caches(parts: Parts, folder: Path) -> tuple[TextCache | None, TextCache | None]:
    """Return the caches of captions and of turns: one where one encoder reads both.

    There is none for captions, or for turns, where nothing reads them.
    """
    shared = parts.turn_encoder is parts.caption_encoder and parts.dialogue_encoder.width > 0
    of_captions = "caption" in parts.word_sources
    of_turns = "dialogue" in parts.word_sources
    captions = None
    if parts.caption_encoder.width:
        words = of_captions or (shared and of_turns)
        captions = TextCache(folder, parts.caption_encoder, words)
    if parts.dialogue_encoder.width == 0:
        return captions, None
    if shared:
        return captions, captions
    return captions, TextCache(folder, parts.turn_encoder, of_turns)


def _number(texts: Sequence[str]) -> dict[str, int]:
    return {text: number for number, text in enumerate(texts)}


def _named(progress: Preparation | None, what: str) -> Progress | None:
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(what, done, total)

    return report
