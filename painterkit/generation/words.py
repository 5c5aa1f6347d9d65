"""Words to vectors: for whole splits through the cache, for anyone's own words directly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from attrs import frozen

from painterkit.assembly import Assembly
from painterkit.data import Batch, Conversation
from painterkit.data.batches import Batches, WordTable, split_texts
from painterkit.data.texts import TextCache, encode
from painterkit.interfaces.dataset import Progress, Split
from painterkit.interfaces.parts import Parts


class Preparation(Protocol):
    """Told how far the data of a training are prepared."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Report that `done` of `total` are ready of what is being made."""
        ...


@frozen
class _Split:
    conversations: Sequence[Conversation]
    images: npt.NDArray[np.uint8]


def prepare_splits(
    assembly: Assembly, device: torch.device, progress: Preparation | None = None
) -> tuple[Batches, Batches]:
    """Render and encode what is not in the cache; return the train and validation batches."""
    train, validation = _prepare(assembly, ("train", "validation"), device, progress)
    return train, validation


def prepare_split(
    assembly: Assembly, name: Split, device: torch.device, progress: Preparation | None = None
) -> Batches:
    """Render and encode what is not in the cache of one split; return its batches."""
    [batches] = _prepare(assembly, (name,), device, progress)
    return batches


def _prepare(
    assembly: Assembly,
    names: Sequence[Split],
    device: torch.device,
    progress: Preparation | None,
) -> list[Batches]:
    splits = [_split(assembly, name, progress) for name in names]
    captions, turns = split_texts([c for split in splits for c in split.conversations])
    caption_cache, turn_cache = text_caches(assembly.parts, assembly.context.cache)
    if turn_cache is caption_cache:
        # One pass over both: the encoder is loaded once and its batches are of like length.
        captions = turns = [*captions, *turns]
    caption_cache.add(captions, _named(progress, "encoding texts"))
    if turn_cache is not None:
        turn_cache.add(turns, _named(progress, "encoding texts"))

    def batches(split: _Split) -> Batches:
        captions, turns = split_texts(split.conversations)
        return Batches(
            split.conversations,
            split.images,
            WordTable(caption_cache, captions),
            WordTable(turn_cache, turns) if turn_cache is not None else None,
            assembly.recipe.seed,
            device,
        )

    return [batches(split) for split in splits]


def text_caches(parts: Parts, folder: Path) -> tuple[TextCache, TextCache | None]:
    """Return the caches of captions and of turns: one where one encoder reads both.

    There is none for turns where nothing reads them.
    """
    captions = TextCache(folder, parts.caption_encoder)
    if parts.dialogue_encoder.width == 0:
        return captions, None
    if parts.turn_encoder is parts.caption_encoder:
        return captions, captions
    return captions, TextCache(folder, parts.turn_encoder)


def words_batch(parts: Parts, caption: str, turns: Sequence[str], device: torch.device) -> Batch:
    """Encode anyone's words into a batch of one, without pictures.

    An empty caption is read like any other text; without turns the dialogue is empty.
    """
    caption, turns = whole_characters(caption), [whole_characters(turn) for turn in turns]
    caption_vector = torch.from_numpy(encode(parts.caption_encoder, [caption])).to(device)
    reads_turns = parts.dialogue_encoder.width > 0 and len(turns) > 0
    width = parts.turn_encoder.width
    turn_vectors = (
        torch.from_numpy(encode(parts.turn_encoder, turns)).to(device)
        if reads_turns
        else torch.zeros(0, width, device=device)
    )
    zero = torch.zeros(1, dtype=torch.int64, device=device)
    return Batch(
        rows=zero,
        image_rows=zero,
        images={},
        captions=caption_vector,
        turns=turn_vectors.unsqueeze(0),
        turn_mask=torch.ones(1, len(turn_vectors), dtype=torch.bool, device=device),
    )


def whole_characters(text: str) -> str:
    """Return a text with half characters, as broken bytes on a command line make, replaced.

    Tokenizers refuse them.

    >>> whole_characters("a \\udcff face")
    'a � face'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _split(assembly: Assembly, name: Split, progress: Preparation | None) -> _Split:
    pictures = assembly.dataset.images(name, _named(progress, "preparing pictures"))
    return _Split(assembly.dataset.conversations(name), pictures)


def _named(progress: Preparation | None, what: str) -> Progress | None:
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(what, done, total)

    return report
