"""A split of the data, with its words as the parts of a recipe read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import torch
from attrs import evolve

from painterkit.assembly import Assembly
from painterkit.data.batches import Batches, TextTable
from painterkit.data.conversation import Turn
from painterkit.data.facts import Facts
from painterkit.data.told import caption_lists, distinct, turn_lists
from painterkit.generation.text_tables import text_tables, unread
from painterkit.interfaces.dataset import Mirrored, Progress, Split
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
            self.conversations, self.parts.dialogue_encoder.reads, assembly.read_at
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
        progress = _named(self.progress, "encoding texts")
        captions, turns = text_tables(
            self.parts, self.cache, self.captions, self.turns, self.device, progress
        )
        return Batches(
            self.conversations,
            self.images,
            captions,
            turns,
            self.seed,
            self.device,
            self.facts,
            self.flips,
        )

    def _prepared(
        self, lists: Sequence[Sequence[str]], encoder: TextEncoder, wanted: bool
    ) -> TextTable:
        table = unread(lists, self.device)
        tokens = encoder.prepare([Turn(text) for text in distinct(lists)]) if wanted else {}
        return evolve(
            table, tokens={name: tensor.to(self.device) for name, tensor in tokens.items()}
        )


def _named(progress: Preparation | None, what: str) -> Progress | None:
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(what, done, total)

    return report
