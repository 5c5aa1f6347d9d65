"""CUB's lists: a line for each picture or class, which begins with its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from painterkit.errors import Failure, Problem
from painterkit_datasets.cub_layout import AGAIN
from painterkit_datasets.problems import first_problems

T = TypeVar("T")
NUMBER = re.compile(r"[0-9]{1,9}")
LONGEST = 60
"""Characters of a line that a message shows."""


@frozen
class Row:
    """What a line says after its number, and which line it is."""

    line: int
    text: str


def read_table(path: Path) -> dict[int, Row]:
    """Read a list by number, in the order of the file. Raises Failure naming every wrong line."""
    rows: dict[int, Row] = {}
    problems: list[Problem] = []
    for line, text in enumerate(text_lines(path), 1):
        number, _, rest = text.strip().partition(" ")
        if not number:
            continue
        if not NUMBER.fullmatch(number) or not rest.strip():
            what = f"must be a number, a space and more, and is '{shown(text)}'"
            problems.append(Problem(place(path, line), what, AGAIN))
        elif int(number) in rows:
            what = f"has the number {number} of line {rows[int(number)].line}"
            problems.append(Problem(place(path, line), what, AGAIN))
        else:
            rows[int(number)] = Row(line, rest.strip())
    if not rows and not problems:
        problems.append(Problem(str(path), "is empty", AGAIN))
    if problems:
        raise Failure(first_problems(problems))
    return rows


def read_column(
    path: Path, numbers: Collection[int], read: Callable[[str], T | None], form: str
) -> Mapping[int, T]:
    """Read a list that tells one thing of each of `numbers`.

    `read` returns None for a text that is not of the `form`. Raises Failure naming every line
    that is wrong, and the pictures that the list leaves out.
    """
    column: dict[int, T] = {}
    problems: list[Problem] = []
    rows = read_table(path)
    for number, row in rows.items():
        value = read(row.text)
        if number not in numbers:
            what = f"is about picture {number}, which images.txt does not list"
            problems.append(Problem(place(path, row.line), what, AGAIN))
        elif value is None:
            what = f"must be the picture's number and {form}, and is '{number} {shown(row.text)}'"
            problems.append(Problem(place(path, row.line), what, AGAIN))
        else:
            column[number] = value
    left_out = [number for number in numbers if number not in rows]
    if left_out:
        problems.append(leaves_out(path, left_out))
    if problems:
        raise Failure(first_problems(problems))
    return column


def leaves_out(path: Path, numbers: Collection[int]) -> Problem:
    """Return the problem of a list that says nothing of some pictures."""
    first = next(iter(numbers))
    more = f" and {len(numbers) - 1:,} more" if len(numbers) > 1 else ""
    return Problem(str(path), f"leaves out picture {first}{more} of images.txt", AGAIN)


def text_lines(path: Path) -> list[str]:
    """Return the lines of a text file. Raises Failure where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise Failure(Problem(str(path), f"cannot be read: {error.strerror}")) from error
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 at byte {error.start + 1}"
        raise Failure(Problem(str(path), what, AGAIN)) from error


def place(path: Path, line: int) -> str:
    """Return how a message names a line of a file."""
    return f"{path} line {line}"


def shown(text: str) -> str:
    """Return what a message shows of a line."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
