"""Anyone's own words to vectors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from painterkit.data import Batch, Conversation, Turn
from painterkit.data.texts import encode, row_layout
from painterkit.data.told import turn_lists
from painterkit.data.words import Words
from painterkit.generation.hearing import Heard, whole_characters
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler


def words_batch(
    parts: Parts,
    sampler: TurnSampler,
    caption: str,
    turns: Sequence[Heard],
    device: torch.device,
) -> Batch:
    """Encode anyone's words into a batch of one, without pictures.

    An empty caption is read like any other text; without turns the dialogue is empty.
    """
    said = conversation_of(caption, turns)
    [texts] = turn_lists([said], parts.dialogue_encoder.reads, sampler)
    caption_vector, caption_words = encoded(parts, "caption", said.captions, device)
    read = texts if parts.dialogue_encoder.width > 0 else []
    turn_vectors, turn_words = encoded(parts, "dialogue", read, device)
    zero = torch.zeros(1, dtype=torch.int64, device=device)
    return Batch(
        rows=zero,
        image_rows=zero,
        images={},
        captions=caption_vector,
        turns=turn_vectors.unsqueeze(0),
        turn_mask=torch.ones(1, len(turn_vectors), dtype=torch.bool, device=device),
        caption_words=caption_words,
        turn_words=None
        if turn_words is None
        else Words(turn_words.vectors.unsqueeze(0), turn_words.mask.unsqueeze(0)),
    )


def encoded(
    parts: Parts, source: WordSource, texts: Sequence[str], device: torch.device
) -> tuple[Tensor, Words | None]:
    """Encode captions, or turns for the source "dialogue": vectors [n, D] and words [n, L, W].

    There are words where the generator looks at those of the source.
    """
    encoder = parts.caption_encoder if source == "caption" else parts.turn_encoder
    layout = row_layout(encoder, source in parts.word_sources)
    if not texts:
        return layout.split(torch.zeros(0, layout.total, device=device))
    return layout.split(torch.from_numpy(encode(encoder, texts, layout)).to(device))


def conversation_of(caption: str, turns: Sequence[Heard]) -> Conversation:
    """Return anyone's words as a conversation without a picture, in the words that are read."""
    return Conversation(
        id="",
        captions=(whole_characters(caption),),
        turns=tuple(Turn(heard.read) for heard in turns),
        image=0,
    )
