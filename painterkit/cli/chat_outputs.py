"""Where a chat's answers go: pictures on a terminal, lines or JSON elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Protocol, TextIO

from attrs import frozen
from rich.console import Console
from rich.text import Text

from painterkit.cli.chat_answer import Answer, json_line, one_line, words
from painterkit.cli.half_blocks import Colours, columns_of, half_blocks
from painterkit.cli.output import say
from painterkit.errors import Problem
from painterkit.reporting.legible import legible

OTHER_LINES = 5
"""Lines of the window that no picture fills: its words, the answer, and what is typed next."""

GAP = 2
"""Columns between two pictures."""

NARROWEST = 24
"""Two pictures stand side by side where each gets so many columns."""


LONGEST = 2000
"""So many characters of what is wrong are shown."""


class Output(Protocol):
    """Show the answers of a chat."""

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        ...

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Tell what is wrong with a line."""
        ...


@frozen
class Lines:
    """Print one line an answer."""

    def show(self, answer: Answer) -> None:
        """Print it, unless there is no picture, or it was only saved."""
        if answer.pictures and answer.saved is None:
            print(words(answer), flush=True)

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Say it on stderr."""
        say_errors(problems)


@frozen
class JsonLines:
    """Print one line of JSON an answer."""

    def show(self, answer: Answer) -> None:
        """Print it."""
        print(json_line(answer), flush=True)

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Print it as well, so that a program that waits for an answer gets one."""
        print(one_line({"problems": problems}), flush=True)
        say_errors(problems)


@frozen
class Pictures:
    """Draw the last picture in the terminal, the one before it beside it where it fits.

    `lines` is the height of a picture; without it, it fills the window.
    """

    colours: Colours
    lines: int | None = None

    def show(self, answer: Answer) -> None:
        """Draw the pictures, with the answer's line below; none that was only saved."""
        if not answer.pictures or answer.saved is not None:
            return
        window = shutil.get_terminal_size()
        for line in self.drawn(answer, window.columns, window.lines):
            print(line)
        print(words(answer), flush=True)

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Say it on stderr."""
        say_errors(problems)

    def drawn(self, answer: Answer, columns: int, lines: int) -> list[str]:
        """Return the pictures as lines for a window of a size, their words in the last one."""
        height = self.lines or max(lines - OTHER_LINES, 1)
        half = (columns - GAP) // 2
        fits = half >= NARROWEST
        width = half if fits else columns
        shown = answer.pictures if fits else answer.pictures[-1:]
        blocks = [half_blocks(picture, width, height, self.colours) for picture, _ in shown]
        captions = [_cell(text, columns_of(picture, width, height)) for picture, text in shown]
        rows = [(" " * GAP).join(row) for row in zip(*blocks, strict=True)]
        return [*rows, f"\x1b[2m{(' ' * GAP).join(captions)}\x1b[0m"]


def output_for(json: bool, lines: int | None) -> Output:
    """Return the output that fits what stdout is."""
    if json:
        return JsonLines()
    colours = colours_of(sys.stdout)
    return Lines() if colours is None else Pictures(colours, lines)


def colours_of(stream: TextIO) -> Colours | None:
    """Return the colours that pictures can have there; None where there can be none."""
    if not stream.isatty() or not _can_encode(stream, "▀"):
        return None
    console = Console(file=stream)
    if console.no_color or os.environ.get("TERM") == "dumb":
        return None
    if console.color_system == "truecolor":
        return "truecolor"
    return "256" if console.color_system == "256" else None


def say_errors(problems: Sequence[Problem]) -> None:
    """Write each on one line on stderr, and nothing that a terminal would obey."""
    for problem in problems:
        say(legible(str(problem), LONGEST), "error")


def never_fail(stream: TextIO) -> None:
    """Have letters replaced that a stream cannot encode."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")


def _cell(text: str, columns: int) -> str:
    """Return a text cut or filled to a number of columns."""
    shown = Text(legible(text, max(columns, 1)))
    shown.truncate(columns, overflow="ellipsis", pad=True)
    return shown.plain


def _can_encode(stream: TextIO, letter: str) -> bool:
    try:
        letter.encode(stream.encoding)
    except UnicodeEncodeError:
        return False
    return True
