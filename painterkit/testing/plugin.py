"""Every check of a plugin: how it is loaded, and all that it offers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from painterkit.errors import PainterkitError, Problem, WrongInput, nearest
from painterkit.plugin_commands import plugin_commands
from painterkit.plugins import LoadedPlugins, PluginStatus, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.names import ShippedRecipe, shipped_recipes
from painterkit.recipe_file.paths import text_path
from painterkit.registry import Offer, Registry
from painterkit.reporters import ReporterOffer, Reporters
from painterkit.roles import Role
from painterkit.strict_converter import NOT_GIVEN
from painterkit.structure import WrongData, structure
from painterkit.testing.component import check_component
from painterkit.testing.subject import place_of
from painterkit.testing.verdict import require
from painterkit.training.plan import check_assembly

Key = tuple[Role, str]
"""A component of the plugin: its role and its name."""

Settings = Mapping[Key, Mapping[str, Any]]
"""Tables as a recipe would write them, by component: what makes it small."""

PROBE_SECONDS = 120


def check_plugin(name: str, settings: Settings | None = None, apart: Collection[Key] = ()) -> None:
    """Check all that an installed plugin brings, and how it is loaded.

    Its components must conform, its recipes fit, its reporters be there to be built, and its
    commands say what they are for.

    Each component is checked with all of its samples; with `settings` put over the first of them,
    where there are any for it: `{(Role.GENERATOR, "mine"): {"memory": "gru"}}`. `apart` names
    components that a test of their own gives to `check_component`, with a data set or parts that
    the kit does not have.

    Raises AssertionError with a sentence a line about everything that is wrong or that cannot be
    checked, and WrongInput where there is no such plugin, component or setting.
    """
    faults: list[str] = []
    for check in plugin_checks(name, settings, apart).values():
        try:
            check()
        except AssertionError as error:
            faults.append(str(error))
    require(not faults, "\n".join(faults))


def plugin_checks(
    name: str, settings: Settings | None = None, apart: Collection[Key] = ()
) -> dict[str, Callable[[], None]]:
    """Return the checks of `check_plugin` by name, to be called one by one.

    The names are `loading`, then for each component `ROLE:NAME`, as in `generator:mine`, and
    `recipe:NAME`, `reporter:NAME` and `command:NAME`. `settings` and `apart` are those of
    `check_plugin`. Each check raises AssertionError with its sentences: Unchecked where a setting
    or data are missing that it cannot do without. Raises WrongInput where there is no such plugin,
    component or setting.
    """
    settings = settings or {}
    plugins = load_plugins()
    status = _status(name, plugins)
    offers = {
        (offer.component.role, offer.component.name): offer
        for offer in plugins.registry.offers()
        if offer.plugin == name
    }
    if status.state == "ok":
        _require_offered(name, offers, [*settings, *apart])
        _require_readable(offers, settings, plugins.registry)
    package = status.module.partition(".")[0]
    checks: dict[str, Callable[[], None]] = {"loading": partial(check_loading, status)}
    for key, offer in offers.items():
        if key not in apart:
            given = offer, plugins.registry, settings.get(key)
            checks[":".join(key)] = partial(check_offer, package, *given)
    for recipe in shipped_recipes(plugins):
        if recipe.plugin == name:
            checks[f"recipe:{recipe.name}"] = partial(check_recipe, package, recipe, plugins)
    for reporter in plugins.reporters.offers:
        if reporter.plugin == name:
            check = partial(check_reporter, reporter, plugins.reporters)
            checks[f"reporter:{reporter.name}"] = check
    for command in plugin_commands([status], ()).commands.values():
        checks[f"command:{command.name}"] = partial(check_help, command.name, command.command)
    return checks


def _status(name: str, plugins: LoadedPlugins) -> PluginStatus:
    for status in plugins.statuses:
        if status.name == name:
            return status
    names = [status.name for status in plugins.statuses]
    hint = nearest(name.removeprefix("painterkit-"), names)
    raise WrongInput(Problem("", f"no plugin '{name}' is installed", hint))


def _require_offered(name: str, offers: Collection[Key], wanted: Collection[Key]) -> None:
    known = [" ".join(key) for key in offers]
    lost = [" ".join(key) for key in wanted if key not in offers]
    what = f"the plugin '{name}' offers no "
    problems = [Problem("", what + one, nearest(one, known)) for one in lost]
    if problems:
        raise WrongInput(problems)


def _require_readable(offers: Mapping[Key, Offer], settings: Settings, registry: Registry) -> None:
    """Refuse settings that no recipe could hold: they are no fault of the plugin."""
    problems: list[Problem] = []
    for key, table in settings.items():
        component = offers[key].component
        first = dict(component.samples[0]) if component.samples else {}
        try:
            structure({**first, **table}, component.settings, registry)
        except WrongData as error:
            problems += [
                Problem(text_path((*key, *one.path)), one.what, one.hint)
                for one in error.problems
                if one.what != NOT_GIVEN
            ]
    if problems:
        raise WrongInput(problems)


def check_loading(status: PluginStatus) -> None:
    """Check that a plugin is loaded, quickly and without torch."""
    place = f"plugin '{status.name}'"
    became = "is blocked" if status.state == "blocked" else "cannot be loaded"
    require(status.state == "ok", f"{place} {became}: {status.reason}")
    # The first time Python may have to compile it, which is not its fault.
    said = _said_when_loaded(status) and _said_when_loaded(status)
    require(not said, "\n".join(f"{place}: {sentence}" for sentence in said))


def _said_when_loaded(status: PluginStatus) -> list[str]:
    """Return what there is to say of a plugin that is loaded alone in a process of its own."""
    command = [sys.executable, "-m", "painterkit.plugin_probe", status.name, status.module]
    path = os.pathsep.join(place or os.getcwd() for place in sys.path)
    environment = {**os.environ, "PYTHONPATH": path}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PROBE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return [f"loading it does not end within {PROBE_SECONDS} s"]
    if done.returncode != 0:
        return [f"loading it ends Python with exit code {done.returncode}"]
    return json.loads(done.stdout.splitlines()[-1])


def check_offer(
    package: str, offer: Offer, registry: Registry, table: Mapping[str, Any] | None
) -> None:
    """Check that a component keeps what its role promises, as `check_component` does."""
    with _in_words(place_of(offer), package):
        check_component(offer, registry, table)


def check_recipe(package: str, recipe: ShippedRecipe, plugins: LoadedPlugins) -> None:
    """Check that a recipe fits, as `painterkit check` does; data that are not here are no fault."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache,
        _in_words(f"recipe '{recipe.name}'", package),
    ):
        loaded = load_recipe(recipe.qualified_name, plugins)
        check_assembly(loaded.recipe, plugins, Path(cache))


def check_reporter(reporter: ReporterOffer, on_offer: Reporters) -> None:
    """Check that what builds a reporter is there, and takes the folder of a run; build nothing."""
    try:
        build = on_offer.build_function(reporter.qualified_name)
    except PainterkitError as error:
        raise AssertionError(str(error)) from error
    try:
        signature(build).bind(Path())
    except TypeError as error:
        takes = "must take the folder of the run, a Path, and nothing else"
        sentence = f"reporter '{reporter.name}': its function {reporter.build} {takes} ({error})"
        raise AssertionError(sentence) from error


def check_help(name: str, command: Any) -> None:
    """Check that a command, or each of a group, and its parameters say what they are for."""
    require(bool(command.help), f"command '{name}' says nothing of what it does: write a docstring")
    for parameter in command.params:
        what = f"command '{name}': its parameter {parameter.name} has no help"
        require(bool(getattr(parameter, "help", "")), what)
    for inner, one in getattr(command, "commands", {}).items():
        check_help(f"{name} {inner}", one)


@contextmanager
def _in_words(place: str, package: str) -> Generator[None]:
    """Make sentences of whatever is raised, with the last line of the package that was at work."""
    try:
        yield
    except AssertionError:
        raise
    except PainterkitError as error:
        sentences = [f"{place}: {problem}" for problem in error.problems]
        raise AssertionError("\n".join(sentences)) from error
    except Exception as error:
        lines = [
            f" ({Path(frame.f_code.co_filename).name} line {line})"
            for frame, line in traceback.walk_tb(error.__traceback__)
            if str(frame.f_globals.get("__name__")).partition(".")[0] == package
        ]
        where = lines[-1] if lines else ""
        raise AssertionError(f"{place}: {type(error).__name__}: {error}{where}") from error
