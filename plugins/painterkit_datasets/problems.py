"""Tell many problems in a list that a person can read."""

from __future__ import annotations

from collections.abc import Sequence

from painterkit.errors import Problem

MOST = 20


def first_problems(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the first 20 problems and, where there are more, one that counts the rest."""
    left = len(problems) - MOST
    if left <= 0:
        return tuple(problems)
    counted = Problem("", f"and {left:,} more", "run the command again when these are mended")
    return (*problems[:MOST], counted)
