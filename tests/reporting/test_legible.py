"""Whatever a person typed is shown on one line, and a terminal obeys none of it."""

from __future__ import annotations

import pytest

from painterkit.reporting.legible import legible

SHOWN = {
    "plain": ("hair colour: red", "hair colour: red"),
    "empty": ("", ""),
    "blanks": (" \t\r\n ", ""),
    "lines": ("one\ntwo\r\nthree\u2028four", "one two three four"),
    "colours": ("a \x1b[1;31mred\x1b[0m hat", "a red hat"),
    "a screen cleared": ("\x1b[2J\x1b[Hgone", "gone"),
    "a title": ("\x1b]0;mine\x07a face", "a face"),
    "a title that never ends": ("a face\x1b]0;mine", "a face"),
    "one that is cut short": ("a face\x1b[", "a face"),
    "an escape alone": ("\x1b", ""),
    "controls of eight bits": ("a\x9b31mface\x85", "aface"),
    "nul and bell": ("a\x00b\x07c", "a b c"),
    "turned around": ("a\u202eecaf\u202c", "a ecaf"),
    "emoji": ("a \U0001f469\u200d\U0001f9b0 face", "a \U0001f469\u200d\U0001f9b0 face"),
    "right to left": ("امرأة مبتسمة", "امرأة مبتسمة"),
    "half a character": ("a \udcff face", "a \ufffd face"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_text_is_shown(name: str) -> None:
    text, shown = SHOWN[name]
    assert legible(text, 40) == shown


@pytest.mark.parametrize("text", ["word " * 200_000, "x" * 1_000_000, "\x1b[31m" * 200_000])
def test_a_megabyte_is_cut(text: str) -> None:
    shown = legible(text, 30)
    assert len(shown) <= 30
    assert shown.endswith("…")


def test_it_is_cut_where_it_is_too_long_and_only_there() -> None:
    assert legible("x" * 30, 30) == "x" * 30
    assert legible("x" * 31, 30) == "x" * 29 + "…"
    assert legible("\n" * 29 + "x", 30) == "x"
