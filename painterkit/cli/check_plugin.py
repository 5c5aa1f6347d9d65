"""`painterkit check --plugin NAME`: whether a plugin keeps what it promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import typer

from painterkit.cli.endings import say_problems
from painterkit.cli.names import role_named
from painterkit.cli.output import print_json, say
from painterkit.errors import Problem, WrongInput
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.overrides import apply_sets

if TYPE_CHECKING:
    from painterkit.testing.plugin import Key

EXAMPLE = "generator.mine.channels=8"


def check_one_plugin(name: str, sets: Sequence[str], apart: Sequence[str], json: bool) -> None:
    """Check an installed plugin with the conformance kit, and say all that is wrong.

    `sets` are texts `role.component.key=value`, and `apart` those of components that are left out,
    `role.component`. Ends with exit code 1 where something is wrong. Raises WrongInput for a plugin
    or a component that is not there.
    """
    settings = _settings(sets)
    left_out = [_component(text) for text in apart]
    # Torch is imported from here on.
    from painterkit.testing.plugin import plugin_checks
    from painterkit.testing.verdict import Unchecked

    problems: list[Problem] = []
    warnings: list[Problem] = []
    for what, check in plugin_checks(name, settings, left_out).items():
        if not json:
            say(f"checking {what}")  # one that is large by default takes its time
        try:
            check()
        except AssertionError as error:
            found = warnings if isinstance(error, Unchecked) else problems
            found += [Problem("", line) for line in str(error).splitlines()]
    if json:
        print_json({"fits": not problems, "problems": problems, "warnings": warnings})
    say_problems("warning", warnings)
    say_problems("error", problems)
    if problems:
        raise typer.Exit(1)
    if not json:
        say(f"{name}: nothing is wrong" + (" but what is warned of" if warnings else ""))


def _settings(sets: Sequence[str]) -> dict[Key, Mapping[str, Any]]:
    """Return the settings of components that --set gives. Raises WrongInput for any other path."""
    merged = MergedRecipe("")
    problems = apply_sets(merged, sets, EXAMPLE)
    if problems:
        raise WrongInput(problems)
    settings: dict[Key, Mapping[str, Any]] = {}
    for role, components in merged.data.items():
        for component, table in _table(components, role).items():
            settings[role_named(role), component] = _table(table, f"{role}.{component}")
    return settings


def _component(text: str) -> Key:
    """Return the component that --apart names."""
    role, dot, component = text.partition(".")
    if not dot:
        hint = "write role and component, as in --apart generator.mine"
        raise WrongInput(Problem("--apart", f"'{text}' names no component", hint))
    return role_named(role), component


def _table(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        hint = f"write role, component and setting, as in --set {EXAMPLE}"
        raise WrongInput(Problem("--set", f"'{path}' names no setting of a component", hint))
    return cast("dict[str, Any]", value)
