"""The texts of conversations with what the parts' encoders make of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from painterkit.data.batches import TextTable, numbered
from painterkit.data.texts import HeldVectors, TextCache
from painterkit.data.told import distinct
from painterkit.interfaces.dataset import Progress
from painterkit.interfaces.parts import Parts


def text_tables(
    parts: Parts,
    folder: Path,
    captions: Sequence[Sequence[str]],
    turns: Sequence[Sequence[str]],
    device: torch.device,
    progress: Progress | None = None,
) -> tuple[TextTable, TextTable]:
    """Return the captions and the turns of conversations with the vectors that the encoders give.

    What is not in the cache in `folder` yet is encoded.
    """
    of_captions, of_turns = text_caches(parts, folder)
    if of_captions is not None:
        texts = distinct(captions)
        if of_turns is of_captions:
            # One pass over both: the encoder is loaded once, its batches are of like length.
            texts = [*texts, *distinct(turns)]
        of_captions.add(texts, progress)
    if of_turns is not None:
        of_turns.add(distinct(turns), progress)
    return (
        unread(captions, device)
        if of_captions is None
        else _looked_up(captions, of_captions, device),
        unread([[] for _ in turns], device)
        if of_turns is None
        else _looked_up(turns, of_turns, device),
    )


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


def unread(lists: Sequence[Sequence[str]], device: torch.device) -> TextTable:
    """Return texts by number whose vectors nobody reads: they have width 0."""
    texts = distinct(lists)
    nothing = HeldVectors(torch.zeros(max(len(texts), 1), 0, device=device))
    return TextTable(*numbered(lists, _number(texts)), nothing)


def _looked_up(lists: Sequence[Sequence[str]], cache: TextCache, device: torch.device) -> TextTable:
    texts = distinct(lists)
    numbers, counts = numbered(lists, _number(texts))
    return TextTable(numbers, counts, cache.vectors(texts, device), layout=cache.layout)


def _number(texts: Sequence[str]) -> dict[str, int]:
    return {text: number for number, text in enumerate(texts)}
