"""`painterkit check`: find what is wrong with a recipe before it is trained, or with a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from painterkit.cli.check_plugin import check_one_plugin
from painterkit.cli.completion import complete_plugin, complete_recipe
from painterkit.cli.endings import say_problems
from painterkit.cli.options import Json, Sets
from painterkit.cli.output import print_json, say
from painterkit.errors import PainterkitError, Problem, WrongInput
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe

if TYPE_CHECKING:
    from painterkit.training.plan import Warnings


def check(
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE",
            help="The name of a recipe, or the path of a .toml file.",
            autocompletion=complete_recipe,
            show_default=False,
        ),
    ] = None,
    plugin: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Check this plugin in place of a recipe; --set generator.mine.channels=8 then "
            "changes a setting of one of its components.",
            autocompletion=complete_plugin,
            show_default=False,
        ),
    ] = None,
    sets: Sets = None,
    apart: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE.NAME",
            help="Leave a component of the plugin out, one that its own tests check; may be "
            "repeated.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Check a recipe, its keys and values and how its parts fit each other; or check a plugin.

    Of a plugin, the conformance kit checks how it is loaded, its components and its recipes.
    """
    if (recipe is None) == (plugin is None):
        what = "there is nothing to check" if recipe is None else "checks one thing at a time"
        raise WrongInput(Problem("", what, "give either a recipe or --plugin NAME"))
    if plugin is not None:
        check_one_plugin(plugin, sets or [], apart or [], json)
    elif apart:
        hint = "leave it out, or give --plugin NAME in place of the recipe"
        raise WrongInput(Problem("--apart", "is of a plugin's components alone", hint))
    elif recipe is not None:
        _check_recipe(recipe, sets or [], json)


def _check_recipe(recipe: str, sets: list[str], json: bool) -> None:
    try:
        found = _warnings(recipe, sets)
    except PainterkitError as error:
        if not json:
            raise
        print_json({"fits": False, "problems": error.problems, "warnings": []})
        say_problems("error", error.problems)
        raise typer.Exit(error.exit_code) from error
    warnings = [*found.lacks, *found.told]
    if json:
        print_json({"fits": True, "problems": [], "warnings": warnings})
        return
    say_problems("warning", warnings)
    refused = "; 'painterkit train' will refuse it until that is put right" if found.lacks else ""
    but = f" but what is warned of{refused}" if warnings else ""
    say(f"{recipe}: nothing is wrong{but}")


def _warnings(reference: str, sets: list[str]) -> Warnings:
    plugins = load_plugins()
    recipe = load_recipe(reference, plugins, sets).recipe
    # Torch is imported from here on: a recipe whose keys are wrong is answered before.
    from painterkit.data.prepared import cache_folder
    from painterkit.training.plan import check_assembly

    return check_assembly(recipe, plugins, cache_folder())
