"""Anyone's own words to vectors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from attrs import evolve
from torch import Tensor

from painterkit.data import Batch, Conversation, Turn
from painterkit.data.texts import encode, row_layout
from painterkit.data.told import turn_lists
from painterkit.data.words import Words
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler
from painterkit.interfaces.text_encoder import TextEncoder, Understands


def words_batch(
    parts: Parts,
    sampler: TurnSampler,
    caption: str,
    turns: Sequence[str],
    device: torch.device,
) -> Batch:
    """Encode anyone's words into a batch of one, without pictures.

    An empty caption is read like any other text; without turns the dialogue is empty.
    """
    said = conversation_of(caption, turns)
    said = evolve(said, turns=understood(parts.turn_encoder, turns))
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


def understood(
    encoder: TextEncoder, texts: Sequence[str], before: Sequence[Turn] = ()
) -> tuple[Turn, ...]:
    """Return what a person means by texts, said one after the other after `before`.

    An encoder that knows attributes alone says what it takes them for, and raises WrongInput for
    words that it does not know; any other reads them as they are.
    """
    said = list(before)
    for text in map(whole_characters, texts):
        known = isinstance(encoder, Understands)
        said.append(encoder.understand(text, said) if known else Turn(text))
    return tuple(said[len(before) :])


def conversation_of(caption: str, turns: Sequence[str]) -> Conversation:
    """Return anyone's words as a conversation without a picture.

    Raises WrongInput for one text in place of turns: its letters would be read as turns.
    """
    if isinstance(turns, str):
        raise WrongInput(Problem("turns", "must be a list of texts, got one text", "write [text]"))
    return Conversation(
        id="",
        captions=(whole_characters(caption),),
        turns=tuple(Turn(whole_characters(turn)) for turn in turns),
        image=0,
    )


def whole_characters(text: str) -> str:
    """Return a text with half characters, as broken bytes on a command line make, replaced.

    Tokenizers refuse them.

    >>> whole_characters("a \\udcff face")
    'a � face'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
