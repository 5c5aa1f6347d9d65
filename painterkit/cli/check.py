"""`painterkit check`: find what is wrong with a recipe before anything is trained."""

from __future__ import annotations

from typing import Annotated

import typer

from painterkit.cli.completion import complete_recipe
from painterkit.cli.endings import say_problems
from painterkit.cli.options import Json, Sets
from painterkit.cli.output import print_json, say
from painterkit.errors import PainterkitError, Problem
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe


def check(
    recipe: Annotated[
        str,
        typer.Argument(
            metavar="RECIPE",
            help="The name of a recipe, or the path of a .toml file.",
            autocompletion=complete_recipe,
        ),
    ],
    sets: Sets = None,
    json: Json = False,
) -> None:
    """Check a recipe: its keys and values, and whether its parts fit each other."""
    try:
        warnings = _warnings(recipe, sets or [])
    except PainterkitError as error:
        if not json:
            raise
        print_json({"fits": False, "problems": error.problems, "warnings": []})
        say_problems("error", error.problems)
        raise typer.Exit(error.exit_code) from error
    if json:
        print_json({"fits": True, "problems": [], "warnings": warnings})
        return
    say_problems("warning", warnings)
    refused = " but what is warned of; 'painterkit train' will refuse it until that is put right"
    say(f"{recipe}: nothing is wrong" + (refused if warnings else ""))


def _warnings(reference: str, sets: list[str]) -> list[Problem]:
    plugins = load_plugins()
    recipe = load_recipe(reference, plugins, sets).recipe
    # Torch is imported from here on: a recipe whose keys are wrong is answered before.
    from painterkit.data.prepared import cache_folder
    from painterkit.training.plan import check_assembly

    return check_assembly(recipe, plugins, cache_folder())
