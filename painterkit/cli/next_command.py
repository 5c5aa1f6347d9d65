"""The command to try next on a run that is trained."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from painterkit.generation.painter import Painter

ANY_WORDS = ("--caption", "a smiling woman with red hair")


def words_for(painter: Painter) -> tuple[str, ...]:
    """Return words that a painter reads: a turn that its data know, if it reads no caption."""
    if painter.assembly.parts.reads_caption:
        return ANY_WORDS
    return ("--turn", painter.example_turn or ANY_WORDS[1])


def draw_command(reference: Path, run: Path) -> str:
    """Return a command that draws with a run or its export, in the words of a sample of the run."""
    return shlex.join(["painterkit", "generate", str(reference), *_words_of_a_sample(run)])


def _words_of_a_sample(run: Path) -> tuple[str, ...]:
    """Return the caption of the newest samples' first conversation, or else its first turn."""
    files = sorted((run / "samples").glob("*.json"))
    try:
        sample: dict[str, Any] = json.loads(files[-1].read_text(encoding="utf-8"))[0]
        caption, turns = str(sample["caption"]), [str(turn) for turn in sample["turns"]]
    except (OSError, ValueError, LookupError, TypeError):
        return ANY_WORDS
    if caption:
        return ("--caption", caption)
    return ("--turn", turns[0]) if turns else ANY_WORDS
