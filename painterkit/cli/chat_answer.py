"""What a chat answers with: the conversation as it stands, and the picture."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from painterkit.cli.output import plain
from painterkit.reporting.legible import legible

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 200
"""So many characters of a turn are shown."""


@frozen(eq=False)
class Answer:
    """The conversation after a line that changed it, or that saved a picture of it.

    `number` is that of the last turn, 0 before the first; `text` its words, or the caption.
    `pictures` are the last one and the one before it, with their words, as far as there are any;
    `milliseconds` is how long the drawing took, where something was drawn.
    """

    number: int
    text: str
    attribute: str
    value: str
    seed: int
    pictures: list[tuple[Image, str]]
    milliseconds: float | None = None
    saved: Path | None = None


def words(answer: Answer) -> str:
    """Return an answer on one line: `3  glasses: round  (24 ms)`."""
    line = f"{answer.number}  {legible(answer.text, LONGEST)}".rstrip()
    if answer.milliseconds is None:
        return line
    return f"{line}  ({answer.milliseconds:.0f} ms)"


def json_line(answer: Answer) -> str:
    """Return the facts of an answer as JSON on one line."""
    facts: dict[str, Any] = {
        "turn": answer.number,
        "text": answer.text,
        "attribute": answer.attribute or None,
        "value": answer.value or None,
        "seed": answer.seed,
    }
    if answer.milliseconds is not None:
        facts["milliseconds"] = round(answer.milliseconds, 1)
    if answer.saved is not None:
        facts["saved"] = answer.saved
    return one_line(facts)


def one_line(facts: Any) -> str:
    """Return facts as JSON on one line, without what a terminal would obey."""
    line = json.dumps(plain(facts), ensure_ascii=False)
    # JSON may hold these as they are; it escapes the others itself.
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", line)
