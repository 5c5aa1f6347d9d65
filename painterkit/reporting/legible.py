"""A text that anybody wrote, as it can be shown: on one line, and nothing that a terminal obeys."""

from __future__ import annotations

import re
import unicodedata

SEQUENCES = re.compile(
    r"\x1b[P\]X^_].*?(?:\x1b\\|\x07|\x9c|$)"  # strings to the terminal, such as a window's title
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, movements of the cursor
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)

JOINERS = "\u200c\u200d"
"""Format characters that emoji and Arabic are written with; others can turn a line around."""


def legible(text: str, longest: int) -> str:
    """Return a text on one line of at most `longest` characters, cut with an ellipsis.

    >>> legible("a \\x1b[31mred\\x1b[0m\\n face", 20)
    'a red face'
    >>> legible("a smiling woman", 9)
    'a smilin…'
    """
    beginning = text[: 8 * longest]
    plain = "".join(map(_shown, SEQUENCES.sub("", beginning)))
    plain = " ".join(plain.split())
    if len(plain) <= longest and len(beginning) == len(text):
        return plain
    return f"{plain[: longest - 1].rstrip()}…"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return " " if category in ("Cc", "Cf") and character not in JOINERS else character
