"""Leave out what a recipe does not want of the one that it extends: `without`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from painterkit.errors import Problem, nearest
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.overrides import read_path
from painterkit.recipe_file.paths import KeyPath, below_step, text_path
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
        path = read_path(key) if isinstance(key, str) else None
        if path is None:
            yield f"expected a key such as 'parts.discriminators', got {say_with_type(key)}", ""
            continue
        table: Any = merged.data
        for step in path[:-1]:
            table = below_step(table, step)
        if not isinstance(table, dict) or path[-1] not in table:
            known = list(cast("dict[str, Any]", table)) if isinstance(table, dict) else []
            yield (
                f"the recipe that it extends has no {text_path(path)!r}",
                nearest(path[-1], known) if known else "leave it out here",
            )
            continue
        merged.remove(cast("KeyPath", tuple(path)))
