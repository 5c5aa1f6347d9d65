"""The words that a generator looks at, as a conversation goes on turn by turn."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from painterkit.data.words import Words
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import GivesWords

WordsBySource = Mapping[WordSource, Words]


def words_at_first(
    parts: Parts, caption_words: Words | None, device: torch.device
) -> WordsBySource:
    """Return the words before the first turn, [1, L, W]: the caption's, and none of turns."""
    found: dict[WordSource, Words] = {}
    for source in parts.word_sources:
        if source == "caption" and caption_words is not None:
            found[source] = caption_words
        elif source != "caption":
            width = parts.turn_encoder.width
            if source == "dialogue" and isinstance(parts.turn_encoder, GivesWords):
                width = parts.turn_encoder.word_width
            none = torch.zeros(1, 0, dtype=torch.bool, device=device)
            found[source] = Words(torch.zeros(1, 0, width, device=device), none)
    return found


def words_after(
    parts: Parts, before: WordsBySource, vector: Tensor, turn_words: Words | None
) -> WordsBySource:
    """Return the words after one turn more, of vector [1, D] and words [1, L, W].

    They follow those before, unless the turn is all turns joined into one text.
    """
    told: dict[WordSource, Words] = {}
    if "turns" in parts.word_sources:
        told["turns"] = Words(vector.unsqueeze(1), torch.ones_like(vector[:, :1], dtype=torch.bool))
    if "dialogue" in parts.word_sources and turn_words is not None:
        told["dialogue"] = turn_words
    if parts.dialogue_encoder.reads == "turns":
        told = {source: _followed(before[source], new) for source, new in told.items()}
    return {**before, **told}


def _followed(before: Words, new: Words) -> Words:
    vectors = torch.cat([before.vectors, new.vectors], dim=1)
    return Words(vectors, torch.cat([before.mask, new.mask], dim=1))
