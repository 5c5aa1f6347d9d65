"""Everything that a user may read when something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from attrs import frozen


@frozen
class Problem:
    """Say where something is wrong, what is wrong, and what to do next.

    `where` is a place that the user can open or point at, such as `my.toml line 12
    parts.generator.base_chanels`, `--set #2` or a file's path; it may be empty.
    `hint` is the nearest right thing or the next step; it may be empty.
    """

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        sentence = f"{self.where}   {self.what}" if self.where else self.what
        return f"{sentence}; {self.hint}" if self.hint else sentence


class PainterkitError(Exception):
    """Something that ends a command: one or more problems and an exit code."""

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class WrongInput(PainterkitError):
    """The user asked for something that cannot be: a recipe, a name, a path or an option."""

    exit_code = 2


class Failure(PainterkitError):
    """Something went wrong while doing what was rightly asked: a full disk, a broken file."""

    exit_code = 1


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the known name most like `name`, or lists the known ones.

    >>> nearest("hing", ["bce", "hinge"])
    "did you mean 'hinge'?"
    """
    names: Sequence[str] = sorted(set(known))
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(names)}" if names else "there are none"
