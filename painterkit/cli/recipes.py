"""`painterkit recipes`: the recipes that come with painterkit and its plugins."""

from __future__ import annotations

from typing import Annotated

import typer

from painterkit.cli.completion import complete_recipe
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, print_table
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.names import OWN, find_recipe, shipped_recipes
from painterkit.recipe_file.read import display


def recipes(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Print this recipe, to read or to start one's own from.",
            autocompletion=complete_recipe,
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List the recipes on offer, or print one."""
    plugins = load_plugins()
    if name is not None:
        _print_recipe(name, plugins, json)
        return
    found = shipped_recipes(plugins)
    if json:
        print_json(
            [
                {
                    "name": recipe.name,
                    "qualified_name": recipe.qualified_name,
                    "plugin": recipe.plugin,
                    "path": recipe.path,
                    "description": recipe.description,
                }
                for recipe in found
            ]
        )
        return
    rows = [
        (
            recipe.name if recipe.plugin == OWN else recipe.qualified_name,
            recipe.plugin,
            recipe.description,
        )
        for recipe in found
    ]
    print_table(("recipe", "plugin", "what it trains"), rows)


def _print_recipe(name: str, plugins: LoadedPlugins, json: bool) -> None:
    file = find_recipe(name, plugins)
    text = file.read_text(encoding="utf-8")
    if json:
        print_json({"name": name, "path": display(file), "text": text})
    else:
        typer.echo(text, nl=not text.endswith("\n"))
