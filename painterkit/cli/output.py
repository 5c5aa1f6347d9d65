"""What commands print: data on stdout, words on stderr."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO, cast

from attrs import asdict, has

COLOURS = {"error": "1;31", "warning": "1;33"}


def say(sentence: str, kind: str = "") -> None:
    """Write a sentence on stderr, on one line; `kind` is a word such as `error` before it."""
    if kind:
        word = f"{kind}:"
        if kind in COLOURS and _has_colours(sys.stderr):
            word = f"\x1b[{COLOURS[kind]}m{word}\x1b[0m"
        sentence = f"{word} {sentence}"
    print(sentence, file=sys.stderr, flush=True)


def print_json(data: Any) -> None:
    """Print data as JSON on stdout; numbers that are not finite become null."""
    print(json.dumps(plain(data), indent=2, ensure_ascii=False, allow_nan=False))


def plain(data: Any) -> Any:
    """Return data in JSON's own types: attrs classes as objects, paths as text, nan as None."""
    if has(cast("object", data).__class__):
        return plain(asdict(data, recurse=False))
    if isinstance(data, Mapping):
        table = cast("Mapping[Any, Any]", data)
        return {str(key): plain(value) for key, value in table.items()}
    if isinstance(data, list | tuple):
        return [plain(entry) for entry in cast("Sequence[Any]", data)]
    if isinstance(data, Path):
        return str(data)
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    return data


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, grouped: bool = False
) -> None:
    """Print rows on stdout.

    On a terminal long cells are wrapped within their columns, and where the table is `grouped`,
    the values of its first column stand above the rows that share them. In a pipe each row is
    one line, aligned and whole.
    """
    texts = [[cell(value) for value in row] for row in rows]
    numeric = [_are_numbers([row[index] for row in rows]) for index in range(len(columns))]
    if sys.stdout.isatty():
        _print_rich_table(columns, texts, numeric, grouped)
        return
    table = [[column.upper() for column in columns], *texts]
    widths = [max(len(row[index]) for row in table) for index in range(len(columns))]
    sides = [str.rjust if is_number else str.ljust for is_number in numeric]
    for row in table:
        cells = [side(text, width) for side, text, width in zip(sides, row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def print_paragraphs(text: str) -> None:
    """Print a docstring on stdout, on a terminal filled to its width; indented lines stay."""
    if not sys.stdout.isatty():
        print(text)
        return
    width = shutil.get_terminal_size().columns
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            print()
        laid_out = any(line.startswith(" ") for line in paragraph.split("\n"))
        print(paragraph if laid_out else textwrap.fill(" ".join(paragraph.split()), width))


def cell(value: object) -> str:
    """Return a value as a table shows it: three decimals of a number, `-` for nothing."""
    if value is None or value == "":
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}" if not value or 1e-3 <= abs(value) < 1e5 else f"{value:.4g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return " ".join(str(value).split())


def size_words(count: float) -> str:
    """Return a number of bytes as `1.4 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _are_numbers(values: Sequence[object]) -> bool:
    """Tell whether a column is one of numbers, some of which may lack."""
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, int | float) for value in known)


def _print_rich_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    grouped: bool,
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = list(zip(columns, numeric, strict=True))[1 if grouped else 0 :]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for index, (column, is_number) in enumerate(shown):
        justify = "right" if is_number else "left"
        table.add_column(column, overflow="fold", no_wrap=index == 0, justify=justify)
    group = ""
    for row in rows:
        if grouped:
            first, *row = row
            if first != group:
                table.add_row(Text(first, style="bold"))
                group = first
            row[0] = f"  {row[0]}"
        table.add_row(*map(Text, row))
    Console().print(table)


def _has_colours(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
