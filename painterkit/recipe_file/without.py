"""Leave out what a recipe does not want of the one that it extends: `without`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from painterkit.errors import Problem, nearest
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.overrides import read_path
from painterkit.recipe_file.paths import KeyPath, below_step, entry_position, text_path
from painterkit.recipe_file.read import RecipeText
from painterkit.setting_types import say_with_type

WITHOUT = "without"
EXAMPLE = 'as in without = ["parts.discriminators"]'


def leave_out(merged: MergedRecipe, layer: RecipeText, named: Any) -> list[Problem]:
    """Remove the keys that a layer names from what lies below it; return what is wrong with them.

    `named` is the value of its `without`, None where it has none.
    """
    if named is None:
        return []
    where = f"{layer.where((WITHOUT,))}   {WITHOUT}"
    if not isinstance(named, list):
        what = f"expected a list of keys, got {say_with_type(named)}"
        return [Problem(where, what, EXAMPLE)]
    return [Problem(where, *wrong) for wrong in _removed(merged, cast("list[Any]", named))]


def _removed(merged: MergedRecipe, keys: list[Any]) -> Iterator[tuple[str, str]]:
    for key in keys:
        steps = read_path(key) if isinstance(key, str) else None
        if steps is None:
            yield f"expected a key such as 'parts.discriminators', got {say_with_type(key)}", ""
            continue
        path, table = _followed(merged.data, steps)
        if not isinstance(table, dict) or steps[-1] not in table:
            known = list(cast("dict[str, Any]", table)) if isinstance(table, dict) else []
            yield (
                f"the recipe that it extends has no {text_path(steps)!r}",
                nearest(steps[-1], known) if known else "leave it out here",
            )
            continue
        merged.remove(path)


def _followed(data: Any, steps: Sequence[str]) -> tuple[KeyPath, Any]:
    """Return the path of a key, and what should hold it; entries of arrays go by their names."""
    path: list[str | int] = []
    for step in steps[:-1]:
        found = entry_position(cast("list[Any]", data), step) if isinstance(data, list) else None
        path.append(step if found is None else found)
        data = below_step(data, path[-1])
    return (*path, steps[-1]), data
