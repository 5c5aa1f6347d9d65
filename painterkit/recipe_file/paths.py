"""Paths of keys in a recipe's data: `("phases", 0, "until")`, written `phases.stage-1.until`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from painterkit.strict_converter import KeyPath


def holds(data: Any, path: KeyPath) -> bool:
    """Tell whether tables and arrays in `data` lead all along a path."""
    for step in path:
        if isinstance(data, dict) and step in data:
            data = cast("dict[str | int, Any]", data)[step]
        elif isinstance(data, list) and isinstance(step, int):
            entries = cast("list[Any]", data)
            if not 0 <= step < len(entries):
                return False
            data = entries[step]
        else:
            return False
    return True


def text_path(path: Sequence[str | int], data: Any = None) -> str:
    """Write a path with dots; an entry of an array in `data` that has a name goes by it."""
    words: list[str] = []
    for step in path:
        data = below_step(data, step)
        name = entry_name(data) if isinstance(step, int) else None
        words.append(name or str(step))
    return ".".join(word if _is_bare(word) else json.dumps(word) for word in words)


def below_step(data: Any, step: str | int) -> Any:
    """Return what is one step further, or None."""
    try:
        return data[step]
    except (LookupError, TypeError):
        return None


def _is_bare(word: str) -> bool:
    return word.replace("-", "").replace("_", "").isalnum() and word.isascii()


def entry_name(entry: Any) -> str | None:
    """Return the name of a table that has one, such as a phase."""
    name = cast("dict[str, Any]", entry).get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def entry_position(entries: Sequence[Any], step: str) -> int | None:
    """Return where in an array the entry is that a step names, or gives the number of from 0."""
    for position, entry in enumerate(entries):
        if entry_name(entry) == step:
            return position
    number = int(step) if step.isdecimal() and len(step) < 10 else None
    return number if number is not None and number < len(entries) else None
