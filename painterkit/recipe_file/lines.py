"""Find the lines of a TOML file that its keys were written on.

No TOML library that keeps up with the standard tells positions. Growing prefixes of the file do:
the first one that parses and holds a path ends with the statement that wrote it.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from painterkit.recipe_file.paths import KeyPath, holds


class Lines:
    """The lines of a valid TOML text, and what its beginnings hold; parsed when first asked."""

    def __init__(self, text: str) -> None:
        """Take a text that parses as TOML."""
        self._lines = text.split("\n")
        self._begun: dict[int, dict[str, Any]] = {}

    def line_of(self, path: KeyPath) -> int:
        """Return the number of the line, from 1, where the statement begins that wrote `path`.

        Where nothing did, it is that of the innermost table or array on the way.
        """
        whole = self._beginning(len(self._lines))
        while not holds(whole, path):
            path = path[:-1]
        if not path:
            return 1
        # A path that one beginning holds is held by every longer one.
        ends = self._statement_ends
        first = bisect_left(ends, True, key=lambda end: holds(self._beginning(end), path))
        return (ends[first - 1] if first else 0) + 1

    def _beginning(self, end: int) -> dict[str, Any]:
        """Return what the first `end` lines hold; they must end with a statement."""
        if end not in self._begun:
            self._begun[end] = _parse(self._lines[:end])
        return self._begun[end]

    @cached_property
    def _statement_ends(self) -> list[int]:
        """How many lines there are up to the end of each statement, comments included."""
        ends: list[int] = []
        start = 0
        for end in range(1, len(self._lines) + 1):
            try:
                _parse(self._lines[start:end])
            except tomllib.TOMLDecodeError:
                continue
            ends.append(end)
            start = end
        return ends


def _parse(lines: Sequence[str]) -> dict[str, Any]:
    return tomllib.loads("\n".join(lines))
