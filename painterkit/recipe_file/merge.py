"""Lay one recipe over another, and remember where each key came from.

Tables merge key by key; anything else is replaced. Three rules make that fit recipes:
a table whose `use` changes is replaced whole, for its old keys were another component's; a bare
string over or under a table stands for a table with that `use`; and where one unit of a duration
is given, it replaces the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from attrs import fields_dict

from painterkit.recipe_file.paths import KeyPath
from painterkit.recipe_file.read import RecipeText
from painterkit.recipe_file.schema import Duration

Origin = RecipeText | str
"""A file, or what messages call anything else: `--set #2`."""

Table = dict[str, Any]
DURATION_KEYS = frozenset(fields_dict(Duration))


class MergedRecipe:
    """A recipe's data while files and --set are laid over each other."""

    def __init__(self, main: Origin) -> None:
        """Begin with nothing. `main` is the origin of what no file and no --set says."""
        self.data: Table = {}
        self._origins: dict[KeyPath, Origin] = {(): main}
        self._begun: set[KeyPath] = set()

    def lay_over(self, table: Mapping[str, Any], origin: Origin, at: KeyPath = ()) -> None:
        """Merge a table over the whole recipe, or over the table at a path."""
        target: Any = self.data
        for step in at:
            target = target[step]
        self._merge(target, table, at, origin)

    def remove(self, path: KeyPath) -> None:
        """Remove the key of a table at a path."""
        target: Any = self.data
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]
        self._forget(path)

    def replace_entry(self, array: KeyPath, position: int, value: Any, origin: Origin) -> None:
        """Replace one entry of the array at a path."""
        target: Any = self.data
        for step in array:
            target = target[step]
        target[position] = value
        self._claim((*array, position), origin)

    def origin_of(self, path: KeyPath) -> Origin:
        """Return where a path, or the innermost table on the way to it, came from."""
        while path not in self._origins:
            path = path[:-1]
        return self._origins[path]

    def begun_by_set(self, path: KeyPath) -> bool:
        """Tell whether a --set made an entry at a path: no file has one there."""
        return path in self._begun

    def _merge(self, base: Table, over: Mapping[str, Any], path: KeyPath, origin: Origin) -> None:
        if path and _is_duration(base) and _is_duration(over):
            # Nothing of the table is left that another layer said: what is wrong with it is here.
            base.clear()
            self._claim(path, origin)
        for key, value in over.items():
            old, here = base.get(key), (*path, key)
            if isinstance(old, str) and isinstance(value, dict):
                old = base[key] = {"use": old}
            if isinstance(old, dict) and isinstance(value, str):
                # The same component stays as it is; of another name the string is all there is.
                known = cast("Table", old)
                value = {"use": value} if known.get("use") == value else value
            if isinstance(old, dict) and isinstance(value, dict):
                old, new = cast("Table", old), cast("Table", value)
                if "use" not in old or "use" not in new or old["use"] == new["use"]:
                    self._merge(old, new, here, origin)
                    continue
            if key not in base and isinstance(origin, str):
                self._begun.add(here)
            base[key] = _copy(value)
            self._claim(here, origin)

    def _claim(self, path: KeyPath, origin: Origin) -> None:
        self._forget(path)
        self._origins[path] = origin

    def _forget(self, path: KeyPath) -> None:
        for known in [known for known in self._origins if known[: len(path)] == path]:
            del self._origins[known]


def _is_duration(table: Mapping[str, Any]) -> bool:
    return bool(table) and DURATION_KEYS.issuperset(table)


def _copy(value: Any) -> Any:
    """Copy tables and arrays, so that a later layer never changes an earlier file's data."""
    if isinstance(value, dict):
        return {key: _copy(entry) for key, entry in cast("Table", value).items()}
    if isinstance(value, list):
        return [_copy(entry) for entry in cast("list[Any]", value)]
    return value
