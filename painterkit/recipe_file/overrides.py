"""Apply `--set path=value`.

The value is read as TOML; what is not TOML is text, so that `--set name=face` needs no quotes.
In an array of tables, `phases` above all, a step of the path is the name of an entry or its
number from 0.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any, cast

from painterkit.errors import Problem, nearest
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.paths import (
    KeyPath,
    below_step,
    entry_name,
    entry_position,
    text_path,
)


def apply_sets(
    recipe: MergedRecipe, sets: Sequence[str], example: str = "parts.generator.channels=64"
) -> list[Problem]:
    """Merge every setting in, and return what is wrong with those that could not be.

    `example` is what a message shows to whoever wrote something else than path=value.
    """
    problems: list[Problem] = []
    for number, text in enumerate(sets, start=1):
        origin = f"--set #{number}"
        path, equals, value = text.partition("=")
        steps = read_path(path)
        if not equals or steps is None:
            what = f"expected path=value, got {text!r}"
            problems.append(Problem(origin, what, f"write --set {example}, in one word"))
            continue
        if value.lstrip().startswith("="):
            hint = f"write --set {path.strip()}={value.lstrip(' =')}"
            problems.append(Problem(f"{origin}   {text_path(steps)}", "has a '=' too many", hint))
            continue
        read = read_value(value)
        if isinstance(read, str) and value.lstrip().startswith(("{", "[")):
            what = f"expected a table or an array as TOML writes it, got {read!r}"
            hint = "look for a bracket, a comma or a quote that is missing"
            problems.append(Problem(f"{origin}   {text_path(steps)}", what, hint))
            continue
        problem = _apply(recipe, steps, read, origin)
        if problem:
            problems.append(problem)
    return problems


def read_path(text: str) -> list[str] | None:
    """Read a dotted TOML key, quoted steps included; None where it is none."""
    try:
        table: Any = tomllib.loads(f"{text}=0")
    except (ValueError, RecursionError):
        return None
    steps: list[str] = []
    while isinstance(table, dict):
        if len(cast("dict[str, Any]", table)) != 1:
            return None
        [(step, table)] = cast("dict[str, Any]", table).items()
        steps.append(step)
    return steps


def read_value(text: str) -> Any:
    """Read a value as TOML; what is not TOML is text."""
    text = text.strip()
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return table["value"] if len(table) == 1 else text


def _apply(recipe: MergedRecipe, steps: list[str], value: Any, origin: str) -> Problem | None:
    """Merge the value in below the last array on the way; tables that lack are made."""
    base: KeyPath = ()
    below: list[str] = []
    target: Any = recipe.data
    for index, step in enumerate(steps):
        if not isinstance(target, list):
            below.append(step)
            target = below_step(target, step)
            continue
        entries = cast("list[Any]", target)
        position = entry_position(entries, step)
        if position is None:
            names = [name for name in map(entry_name, entries) if name]
            what = f"{text_path(steps[:index])} has no entry {step!r}"
            hint = nearest(step, names) if names else f"it has {len(entries)}, counted from 0"
            return Problem(f"{origin}   {text_path(steps)}", what, hint)
        base, below, target = (*base, *below, position), [], entries[position]
        if index == len(steps) - 1 or not isinstance(target, dict):
            value = _nested(steps[index + 1 :], value)
            recipe.replace_entry(base[:-1], position, value, origin)
            return None
    recipe.lay_over(_nested(below, value), origin, at=base)
    return None


def _nested(steps: Sequence[str], value: Any) -> Any:
    for step in reversed(steps):
        value = {step: value}
    return value
