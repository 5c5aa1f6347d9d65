"""A run whose recipe names a component that nobody offers any more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from painterkit.checkpoints.run_folder import FACTS, RECIPE, RunFolder
from painterkit.errors import Problem, WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.load import load_recipe_text
from painterkit.recipe_file.read import parse_recipe_text


def require_plugins(run: RunFolder, plugins: LoadedPlugins) -> None:
    """Raise WrongInput unless a run's recipe can be read with the plugins that there are.

    A component that is gone is told with the plugin that offered it when the run was made.
    """
    text, origin = run.recipe_text, str(run.path / RECIPE)
    used = set(_names(parse_recipe_text(text, origin).data))
    try:
        load_recipe_text(text, plugins, origin)
    except WrongInput as error:
        lost = list(_lost(run, used, plugins))
        raise WrongInput(lost or error.problems) from error


def _lost(run: RunFolder, used: set[str], plugins: LoadedPlugins) -> Iterator[Problem]:
    now = {status.name: status for status in plugins.statuses}
    for plugin in _remembered(run):
        name, version = plugin["name"], plugin.get("version") or ""
        status = now.get(name)
        there = status.components if status is not None else ()
        offered = [f"{one.role} {one.name}" for one in there]
        lost = [
            f"{role} '{component}'"
            for role, component in (one.split() for one in plugin.get("components", ()))
            if {component, f"{name}:{component}"} & used and f"{role} {component}" not in offered
        ]
        if not lost:
            continue
        what = f"was made with {' and '.join(lost)} of the plugin '{name}'"
        where = f"{plugin.get('distribution') or ''} {version}".strip()
        what += f" ({where})" if where else ""
        if status is None:
            hint = f"install it: pip install {where.replace(' ', '==')}" if where else "install it"
            yield Problem(str(run.path), f"{what}, which is not installed", hint)
        elif status.state != "ok":
            yield Problem(str(run.path), f"{what}, which is {status.state}: {status.reason}")
        else:
            hint = "use the version that the run was made with"
            yield Problem(str(run.path), f"{what}; version {status.version} has it no more", hint)


def _remembered(run: RunFolder) -> list[dict[str, Any]]:
    try:
        return json.loads((run.path / FACTS).read_text(encoding="utf-8"))["plugins"]
    except (OSError, ValueError, LookupError, TypeError):
        return []


def _names(data: Any) -> Iterator[str]:
    """Yield the names of the components that a recipe uses."""
    if isinstance(data, Mapping):
        table = cast("Mapping[str, Any]", data)
        if isinstance(table.get("use"), str):
            yield table["use"]
        for value in table.values():
            yield from _names(value)
    elif isinstance(data, list):
        for entry in cast("list[Any]", data):
            yield from _names(entry)
