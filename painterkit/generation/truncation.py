"""Texts that are longer than their encoder reads: counted and told."""

from __future__ import annotations

from collections.abc import Sequence

from painterkit.data.told import distinct
from painterkit.errors import Problem
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import TextEncoder, Truncates


def truncated_texts(
    parts: Parts, captions: Sequence[Sequence[str]], turns: Sequence[Sequence[str]]
) -> list[Problem]:
    """Return a warning for each encoder that reads no more than the beginning of some texts."""
    joined = parts.dialogue_encoder.reads == "joined"
    found = [
        _truncated("parts.caption_encoder", parts.caption_encoder, captions, "captions"),
    ]
    if parts.dialogue_encoder.width > 0:
        what = "dialogues" if joined else "turns"
        found.append(_truncated("parts.turn_encoder", parts.turn_encoder, turns, what))
    return [problem for problem in found if problem is not None]


def _truncated(
    where: str, encoder: TextEncoder, lists: Sequence[Sequence[str]], what: str
) -> Problem | None:
    if not isinstance(encoder, Truncates):
        return None
    texts = [text for text in distinct(lists) if text]
    count = encoder.count_truncated(texts)
    if count == 0:
        return None
    return Problem(
        where, f"reads the beginning alone of {count:,} of {len(texts):,} {what}: they are too long"
    )
