"""Every command that a page shows exists as it is typed, recipe and --set included."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from painterkit.cli.app import app
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe

from .pages import NAMES, ROOT, Command, blocks, commands, page

NOT_OURS = {
    "cd", "pip", ".venv/bin/pip", "python3", ".", "pytest", ".venv/bin/pytest", ".venv/bin/ruff",
    "tensorboard",
}  # fmt: skip
OF_PLUGINS = ("sketchy", "dcgan")
"""Recipes of plugins that are not installed here; `test_first_plugin.py` and `test_tried.py` have
them trained."""

SHOWN = [
    pytest.param(command, id=f"{name}: {' '.join(command.words)}")
    for name in NAMES
    for block in blocks(page(name))
    if block.language == "sh"
    for command in commands(block)
]


def parsed(command: Command) -> dict[str, Any]:
    """Return the parameters of a painterkit command; raises a usage error where one is wrong."""
    group: Any = typer.main.get_command(app)
    name, *arguments = command.arguments
    found = group.get_command(typer.Context(group), name)
    assert found is not None
    return found.make_context(name, arguments).params


@pytest.mark.parametrize("command", SHOWN)
def test_a_command_exists(command: Command, plugin: Path) -> None:
    first, *rest = command.words
    if command.is_painterkit:
        parsed(command)
    elif first == "make":
        targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(rest) <= set(targets)
    elif first in ("python", ".venv/bin/python"):
        module = ROOT / rest[1].replace(".", "/") if rest[0] == "-m" else None
        file = ROOT / rest[0] if module is None else module.with_suffix(".py")
        assert file.is_file() or (module is not None and (module / "__main__.py").is_file())
    else:
        assert first in NOT_OURS


@pytest.mark.parametrize(
    "command", [one for one in SHOWN if one.values[0].is_painterkit and not one.values[0].code]
)
def test_its_recipe_takes_every_set(command: Command, at_work: Path, plugin: Path) -> None:
    given = parsed(command)
    recipe = given.get("recipe")
    if recipe is not None and recipe not in ("mine.toml", *OF_PLUGINS):
        load_recipe(recipe, load_plugins(), given["sets"] or ())
