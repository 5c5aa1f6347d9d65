"""One JSON object in a text: read it, and say what is wrong in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple, cast


class Fault(NamedTuple):
    """What is wrong with a line, and what to do."""

    what: str
    hint: str = ""


def read_object(text: str) -> dict[str, Any] | Fault:
    """Read a text that holds one JSON object, with no key twice."""
    try:
        data: object = json.loads(text, object_pairs_hook=_without_twins)
    except json.JSONDecodeError as error:
        return Fault(f"is not JSON: {error.msg} at character {error.pos + 1}", _json_hint(text))
    except (ValueError, RecursionError) as error:
        return Fault(str(error) if isinstance(error, ValueError) else "is nested too deeply")
    if not isinstance(data, dict):
        hint = 'write {"image": "a.jpg", "caption": "a red circle"}'
        return Fault(f"must be an object, and is {kind(data)}", hint)
    return cast("dict[str, Any]", data)


def kind(value: object) -> str:
    """Return what kind of JSON a value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float):
        return "a fraction"
    return "an object" if isinstance(value, dict) else "a list"


def _without_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"has the key '{twin}' twice")
    return table


def is_whole(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: JSON can hold one half of a pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _json_hint(text: str) -> str:
    if text.rstrip().endswith(("},", "[", "]")) or text.strip() in ("[", "]", "{", "}"):
        return "write one whole object a line, without commas or brackets around the lines"
    return "write one whole object a line"
