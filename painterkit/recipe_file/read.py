"""Read one TOML file of a recipe, and point at its lines."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from attrs import field, frozen

from painterkit.errors import Problem, WrongInput
from painterkit.recipe_file.lines import Lines
from painterkit.recipe_file.paths import KeyPath


@frozen
class RecipeText:
    """One file that a recipe is made of: what it says, and how messages call it.

    `lines` is None for a table that no file holds.
    """

    origin: str
    lines: Lines | None = field(repr=False)
    data: dict[str, Any] = field(repr=False)

    def where(self, path: KeyPath) -> str:
        """Return the file and the line that a path was written on."""
        if self.lines is None:
            return self.origin
        return f"{self.origin} line {self.lines.line_of(path)}"


def display(file: Traversable) -> str:
    """Return a file's path as messages show it: relative where the file is below this folder."""
    if not isinstance(file, Path):
        return str(file)
    try:
        return str(file.resolve().relative_to(Path.cwd().resolve()))
    except (OSError, ValueError):
        return str(file)


def read_recipe_text(file: Traversable) -> RecipeText:
    """Read and parse a file. Raises WrongInput where it cannot be read or is not valid TOML."""
    return parse_recipe_text(read_text(file), display(file))


def read_text(file: Traversable) -> str:
    """Return the text of a recipe's file, unparsed. Raises WrongInput where it cannot be read."""
    origin = display(file)
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text (byte {error.start})"
        raise WrongInput(Problem(origin, what, "save it as UTF-8")) from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise WrongInput(Problem(origin, f"cannot be read: {reason}")) from error


def parse_recipe_text(text: str, origin: str) -> RecipeText:
    """Parse a recipe's text; `origin` is what messages call it. Raises WrongInput."""
    text = text.replace("\r\n", "\n")
    try:
        return RecipeText(origin, Lines(text), tomllib.loads(text))
    except RecursionError as error:
        raise WrongInput(Problem(origin, "is nested too deeply")) from error
    except ValueError as error:  # bad TOML, or a number of thousands of digits
        raise WrongInput(_syntax_problem(str(error), text, origin)) from error


def _syntax_problem(message: str, text: str, origin: str) -> Problem:
    """Take the position out of tomllib's message; only Python 3.14 has it apart."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    if found is None:
        return Problem(origin, f"is not valid TOML: {message}")
    lines = text.rstrip("\n").split("\n")
    line = int(found[2] or len(lines))
    column = int(found[3] or len(lines[-1]) + 1)
    hint = ""
    if found[1] == "Invalid value":
        hint = "text needs quotes"
    elif found[1].startswith("Invalid initial character") and column > len(lines[line - 1]):
        hint = "a table in { } stays on one line"
    return Problem(f"{origin} line {line} column {column}", f"not valid TOML: {found[1]}", hint)
