"""Pieces of Markdown that the generated pages are made of."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


def paragraphs(text: str) -> str:
    """Return a docstring with each paragraph on one line."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def docstring(described: object) -> str:
    """Return the docstring of something, with each example in it a block of code."""
    text = inspect.getdoc(described) or ""
    parts = re.split(r"\n\n((?: {4}.*\n|\n)+)", f"{text}\n")
    return "\n\n".join(
        example(part) if place % 2 else paragraphs(part)
        for place, part in enumerate(parts)
        if part.strip()
    )


def example(text: str) -> str:
    """Return the lines of an example as a block of TOML or, where they are none, of Python."""
    code = inspect.cleandoc(text)
    try:
        tomllib.loads(code)
    except tomllib.TOMLDecodeError:
        return block("python", code)
    return block("toml", code)


def block(language: str, text: str) -> str:
    """Return a text as a fenced block."""
    return f"```{language}\n{text.rstrip()}\n```"


def joined(parts: Sequence[str]) -> str:
    """Return the parts of a page as its text."""
    return "\n\n".join(parts) + "\n"
