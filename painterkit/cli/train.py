"""`painterkit train`: train a recipe, or go on with a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from painterkit.checkpoints.run_facts import run_facts
from painterkit.checkpoints.run_folder import RECIPE, create_run, open_run
from painterkit.cli.completion import complete_recipe
from painterkit.cli.endings import INTERRUPTED
from painterkit.cli.interruption import Interruption, signals_held_back
from painterkit.cli.lost_plugins import require_plugins
from painterkit.cli.next_command import draw_command
from painterkit.cli.options import Json, Sets
from painterkit.cli.output import print_json, say
from painterkit.cli.plan_words import print_plan
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe, load_recipe_text
from painterkit.recipe_file.render import render_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.reporting.console import console_reporter
from painterkit.user_paths import is_file


def train(
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE",
            help="The name of a recipe, or the path of a .toml file.",
            autocompletion=complete_recipe,
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the run; runs/NAME-0001 and up if left out.", show_default=False
        ),
    ] = None,
    sets: Sets = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="Go on with this run where it was saved last; takes no recipe.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be trained, and train nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Train a recipe. Ctrl-C finishes the step, saves, and says how to go on."""
    _check_arguments(recipe, resume, out=out, sets=sets, dry_run=dry_run)
    plugins = load_plugins()
    if resume is not None:
        require_plugins(open_run(resume), plugins)
        _run(resume, None, plugins, json)
        return
    assert recipe is not None, "_check_arguments refuses this"
    loaded = _load(recipe, plugins, sets or [])
    if dry_run:
        _show_plan(loaded, plugins, json)
        return
    try:
        run = _new_run(loaded, plugins, recipe, sets or [], out)
    except KeyboardInterrupt:
        say("stopped before the training began")
        raise
    _run(run, loaded, plugins, json)


def _check_arguments(
    recipe: str | None,
    resume: Path | None,
    *,
    out: Path | None,
    sets: list[str] | None,
    dry_run: bool,
) -> None:
    if resume is None:
        if recipe is None:
            hint = "give one of 'painterkit recipes', a .toml file, or --resume RUN"
            raise WrongInput(Problem("", "there is no recipe to train", hint))
        return
    given = {"a recipe": recipe, "--out": out, "--set": sets, "--dry-run": dry_run}
    names = [name for name, value in given.items() if value]
    if names:
        what = f"goes on with the run's own recipe, so it is not given with {' and '.join(names)}"
        hint = f"write: painterkit train --resume {shlex.quote(str(resume))}"
        raise WrongInput(Problem("--resume", what, hint))


def _load(reference: str, plugins: LoadedPlugins, sets: list[str]) -> Recipe:
    try:
        return load_recipe(reference, plugins, sets).recipe
    except WrongInput as error:
        if not is_file(Path(reference) / RECIPE):
            raise
        hint = f"to go on with it, write: painterkit train --resume {shlex.quote(reference)}"
        raise WrongInput(Problem(reference, "is a run, not a recipe", hint)) from error


def _show_plan(recipe: Recipe, plugins: LoadedPlugins, json: bool) -> None:
    from painterkit.data.prepared import cache_folder
    from painterkit.training.plan import plan

    found = plan(recipe, plugins, cache_folder())
    if json:
        print_json(found)
    else:
        print_plan(found)


def _new_run(
    recipe: Recipe, plugins: LoadedPlugins, reference: str, sets: list[str], out: Path | None
) -> Path:
    """Make the run's folder, once it is known that the recipe can be trained here."""
    with signals_held_back():
        from painterkit.data.prepared import cache_folder
        from painterkit.training.plan import check_assembly

    lacks = check_assembly(recipe, plugins, cache_folder()).lacks
    if lacks:
        raise Failure(lacks)
    facts = run_facts(plugins, reference, sets)
    with signals_held_back():  # a folder with half a run would be in the way of the next one
        return create_run(render_recipe(recipe), recipe.name, out, facts)


def _run(run: Path, recipe: Recipe | None, plugins: LoadedPlugins, json: bool) -> None:
    """Train a recipe in a new run, or go on with a run where there is none."""
    try:
        console = console_reporter()
        with Interruption(console.announce_stop) as interruption:
            say(f"run: {run}")
            with signals_held_back():
                from painterkit.training.launch import resume, train

            with console:
                told = (console,), interruption.stopping, console.preparing
                if recipe is None:
                    outcome = resume(run, plugins, *told)
                else:
                    outcome = train(recipe, plugins, run, *told)
    except KeyboardInterrupt:
        _say_how_to_go_on(run, "stopped at once; what came after the last checkpoint is lost")
        raise
    if json:
        print_json({"run": run, "outcome": outcome})
    if outcome == "stopped":
        _say_how_to_go_on(run, "stopped and saved")
        raise typer.Exit(INTERRUPTED)
    already = outcome == "already finished"
    say(f"{run} is trained already" if already else f"trained: {run}")
    if _draws(run, plugins):
        say(f"draw with it: {draw_command(run, run)}")


def _draws(run: Path, plugins: LoadedPlugins) -> bool:
    """Tell whether the generator of a run is trained, in it or before."""
    from painterkit.trainable import trains, under

    recipe = load_recipe_text(open_run(run).recipe_text, plugins, str(run)).recipe
    taken = any(under(name, "generator") for name in recipe.weights)
    return taken or any(trains(phase, "generator") for phase in recipe.phases)


def _say_how_to_go_on(run: Path, what: str) -> None:
    say(f"{what}; to go on: painterkit train --resume {shlex.quote(str(run))}")
