"""Better words for a problem, from how a recipe came to be: its files, and --set over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from painterkit.errors import nearest
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.paths import KeyPath, below_step, entry_name, text_path
from painterkit.recipe_file.read import RecipeText
from painterkit.structure import PathProblem

NAMED = ("optimizers", "losses")
"""Tables whose entries have names that a recipe chooses."""


def reworded(
    problems: Iterable[PathProblem], merged: MergedRecipe, layers: Sequence[RecipeText]
) -> list[PathProblem]:
    """Return the problems, each once; `layers` are the files, the base first."""
    return list(
        dict.fromkeys(
            _misnamed(one, merged)
            or _unquoted(one, merged)
            or _replaced_whole(one, merged, layers)
            or one
            for one in problems
        )
    )


def _misnamed(problem: PathProblem, merged: MergedRecipe) -> PathProblem | None:
    """Say that a --set began an entry, where it is named much like one beside it: `generatr`."""
    for length in range(2, len(problem.path) + 1):
        *above, name = problem.path[:length]
        if above[-1] not in NAMED or not merged.begun_by_set((*above, name)):
            continue
        table = cast("dict[str, Any]", _at(merged.data, above))
        hint = nearest(str(name), [other for other in table if other != name])
        if hint.startswith("did you mean"):
            return PathProblem((*above, name), "is not there to change", hint)
    return None


def _unquoted(problem: PathProblem, merged: MergedRecipe) -> PathProblem | None:
    """Say that a dotted name in [weights] is one key: TOML makes tables of it without quotes."""
    if problem.path[:1] != ("weights",) or len(problem.path) != 2:
        return None
    names = [str(problem.path[1])]
    value = _at(merged.data, problem.path)
    while isinstance(value, dict) and value:
        name, value = list(cast("dict[str, Any]", value).items())[-1]
        names.append(name)
    if len(names) == 1:
        return None
    whole = text_path(("weights", ".".join(names)))
    return PathProblem(problem.path, "is a table: a name with dots needs quotes", f"write {whole}")


def _replaced_whole(
    problem: PathProblem, merged: MergedRecipe, layers: Sequence[RecipeText]
) -> PathProblem | None:
    """Say that arrays are replaced, where an entry lacks what the base's of that name has."""
    if problem.what != "missing" or len(problem.path) < 3:
        return None
    *array, position, key = problem.path
    entry = _at(merged.data, (*array, position))
    name = entry_name(entry)
    if not isinstance(position, int) or name is None:
        return None
    for layer in reversed(layers[:-1]):
        entries: Any = _at(layer.data, array)
        entries = cast("list[dict[str, Any]]", entries) if isinstance(entries, list) else []
        base = next((one for one in entries if entry_name(one) == name), None)
        if base is not None and key in base:
            lacks = ", ".join(step for step in base if step not in entry)
            given = next((step for step in entry if step != "name"), key)
            path = text_path((*array, name, given))
            what = (
                f"lacks {lacks}: an array is replaced whole, so nothing of {layer.origin} is left"
            )
            hint = f"write the whole entry, or none and change it by --set {path}=..."
            return PathProblem((*array, position), what, hint)
    return None


def _at(data: Any, path: Sequence[str | int] | KeyPath) -> Any:
    for step in path:
        data = below_step(data, step)
    return data
