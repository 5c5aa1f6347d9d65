"""Texts that are longer than their encoder reads, or not of its kind: counted and told."""

from __future__ import annotations

from collections.abc import Sequence

from painterkit.data.told import distinct
from painterkit.errors import Problem
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import SkipsTexts, TextEncoder, Truncates


def truncated_texts(
    parts: Parts, captions: Sequence[Sequence[str]], turns: Sequence[Sequence[str]]
) -> list[Problem]:
    """Return a warning for each encoder that does not read the whole of some texts."""
    joined = parts.dialogue_encoder.reads == "joined"
    found = _unread("parts.caption_encoder", parts.caption_encoder, captions, "captions")
    if parts.dialogue_encoder.width > 0:
        what = "dialogues" if joined else "turns"
        found += _unread("parts.turn_encoder", parts.turn_encoder, turns, what)
    return found


def _unread(
    where: str, encoder: TextEncoder, lists: Sequence[Sequence[str]], what: str
) -> list[Problem]:
    texts = [text for text in distinct(lists) if text]
    found: list[Problem] = []
    count = encoder.count_truncated(texts) if isinstance(encoder, Truncates) else 0
    if count:
        told = f"reads the beginning alone of {count:,} of {len(texts):,} {what}: they are too long"
        found.append(Problem(where, told))
    count = encoder.count_skipped(texts) if isinstance(encoder, SkipsTexts) else 0
    if count:
        told = f"reads nothing in {count:,} of {len(texts):,} {what}: they are not of its kind"
        found.append(Problem(where, told, "name an encoder that reads free words"))
    return found
