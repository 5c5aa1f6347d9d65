"""The texts of conversations, as their encoders are to read them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Literal

from painterkit.data.conversation import Conversation, Turn
from painterkit.interfaces.samplers import TurnSampler, moments_of

Reads = Literal["turns", "joined"]


def caption_lists(conversations: Sequence[Conversation]) -> list[list[str]]:
    """Return the captions of each conversation."""
    return [list(c.captions) for c in conversations]


def turn_lists(
    conversations: Sequence[Conversation], reads: Reads, sampler: TurnSampler
) -> list[list[str]]:
    """Return a text for each turn of each conversation, as the dialogue encoder reads them.

    For "joined" that of turn t is the turns 0 to t as one string, or empty where the sampler
    never draws: nobody reads that one.
    """
    if reads == "turns":
        return [[turn.text for turn in c.turns] for c in conversations]
    return [joined(c.turns, sampler) for c in conversations]


def joined(turns: Sequence[Turn], sampler: TurnSampler) -> list[str]:
    """Return what was said up to each turn as one string, where the sampler draws."""
    moments = moments_of(sampler, len(turns))
    return [
        " ".join(turn.text for turn in turns[: last + 1]) if last in moments else ""
        for last in range(len(turns))
    ]


def distinct(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return every text of the lists once, sorted."""
    return sorted(set(chain.from_iterable(lists)))
