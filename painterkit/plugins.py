"""Load the plugins that are installed; a broken one is reported and never takes the tool down."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from inspect import isfunction
from time import perf_counter
from types import ModuleType
from typing import Literal

import pluggy
from attrs import evolve, field, frozen

from painterkit import hookspecs
from painterkit.plugin_hooks import (
    PluginFault,
    command_hooks,
    guarded,
    offered_components,
    offered_recipes,
    offered_reporters,
)
from painterkit.plugin_interface import STATED, interface_fault, stated_where_it_failed
from painterkit.registry import Component, Offer, Registry
from painterkit.reporters import ReporterOffer, Reporters

GROUP = "painterkit.plugins"
BLOCK_VARIABLE = "PAINTERKIT_BLOCK_PLUGINS"

SLOW = 1.0
"""Seconds: a plugin that takes longer to load is told of, as every command waits for it."""


@frozen
class PluginStatus:
    """What became of one plugin. `reason` says why it is not ok; a library's own is empty.

    `reporters` says by name what builds each, and `recipes` is the folder of its recipes, if it has
    one. `command_hooks` write its commands on a Typer; they are called where commands are wanted,
    by `painterkit.plugin_commands`. `warnings` say what of a plugin that is ok is left out, and
    what keeps everybody waiting.
    """

    name: str
    distribution: str
    version: str
    module: str
    state: Literal["ok", "failed", "blocked"] = "ok"
    reason: str = ""
    components: tuple[Component, ...] = ()
    reporters: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    recipes: Traversable | None = None
    command_hooks: tuple[Callable[..., object], ...] = ()
    warnings: tuple[str, ...] = ()


@frozen
class RecipeFolder:
    """A folder of recipes, and the plugin that it came with."""

    plugin: str
    folder: Traversable


@frozen
class LoadedPlugins:
    """What the plugins offer, and what became of each."""

    registry: Registry
    statuses: tuple[PluginStatus, ...]
    recipe_folders: tuple[RecipeFolder, ...]
    reporters: Reporters = field(factory=Reporters)

    @property
    def unloaded(self) -> list[str]:
        """The names of plugins that are installed and could not be loaded, or were blocked."""
        return [status.name for status in self.statuses if status.state != "ok"]


def load_plugins(extra: Iterable[tuple[str, str]] = (), *, installed: bool = True) -> LoadedPlugins:
    """Load every installed plugin, and `extra` ones given as (name, module).

    The environment variable PAINTERKIT_BLOCK_PLUGINS, names separated by commas, leaves plugins
    out. Raises nothing for a plugin's fault: its status says what it was.
    """
    found = list(entry_points(group=GROUP)) if installed else []
    # painterkit's own come first, so that no other can take the name of one of them.
    found.sort(key=lambda one: (_distribution(one)[0] != "painterkit", one.name, one.value))
    found += [EntryPoint(name, module, GROUP) for name, module in extra]
    blocked = {name.strip() for name in os.environ.get(BLOCK_VARIABLE, "").split(",")}
    taken: dict[str, EntryPoint] = {}
    statuses: list[PluginStatus] = []
    for entry_point in found:
        first = taken.setdefault(entry_point.name, entry_point)
        if first is not entry_point and first.value == entry_point.value:
            continue  # the same plugin, installed and given as well
        statuses.append(_load_watched(entry_point, first, blocked))
    return _gather(statuses)


def _gather(statuses: Sequence[PluginStatus]) -> LoadedPlugins:
    offers = [
        Offer(component, status.name, status.version, status.distribution)
        for status in statuses
        for component in status.components
    ]
    loaded = [status.name for status in statuses if status.state == "ok"]
    unloaded = [status.name for status in statuses if status.state != "ok"]
    folders = [RecipeFolder(status.name, status.recipes) for status in statuses if status.recipes]
    reporters = [
        ReporterOffer(name, build, status.name, status.distribution)
        for status in statuses
        for name, build in status.reporters.items()
    ]
    return LoadedPlugins(
        Registry(offers, unloaded),
        tuple(statuses),
        tuple(folders),
        Reporters(reporters, loaded, unloaded),
    )


def _distribution(entry_point: EntryPoint) -> tuple[str, str]:
    distribution = entry_point.dist
    return (distribution.name, distribution.version) if distribution else ("", "")


def _load_watched(entry_point: EntryPoint, first: EntryPoint, blocked: set[str]) -> PluginStatus:
    """Load one plugin, and warn of what every command waits for."""
    had_torch, began = "torch" in sys.modules, perf_counter()
    status = _load(entry_point, first, blocked)
    seconds = perf_counter() - began
    if status.state != "ok":
        return status
    instead = "only in the module that a component's build names"
    if "torch" in sys.modules and not had_torch:
        warning = (
            f"it imports torch, and every command waits {seconds:.1f} s for it: do so {instead}"
        )
    elif seconds > SLOW:
        warning = (
            f"every command waits {seconds:.1f} s until it is loaded: import what takes long "
            f"{instead}"
        )
    else:
        return status
    return evolve(status, warnings=(*status.warnings, warning))


def _load(entry_point: EntryPoint, first: EntryPoint, blocked: set[str]) -> PluginStatus:
    name, (distribution, version) = entry_point.name, _distribution(entry_point)
    status = PluginStatus(name, distribution, version, entry_point.value)
    if name in blocked:
        return evolve(status, state="blocked", reason=f"{BLOCK_VARIABLE} names it")
    try:
        if first is not entry_point:
            raise PluginFault(_name_taken(first))
        if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
            raise PluginFault("its name may only hold letters, digits, '_', '-' and '.'")
        hooks = _register(name, entry_point)
        warnings = tuple(_forgotten(hooks, hooks.get_plugin(name)))
        status = evolve(
            status,
            components=offered_components(hooks),
            reporters=offered_reporters(hooks),
            command_hooks=command_hooks(hooks),
            warnings=warnings,
        )
    except PluginFault as fault:
        return evolve(status, state="failed", reason=str(fault))
    try:
        return evolve(status, recipes=offered_recipes(hooks))
    except PluginFault as fault:
        return evolve(status, warnings=(*warnings, f"its recipes are left out: {fault}"))


def _name_taken(first: EntryPoint) -> str:
    owner = _distribution(first)[0]
    return f"its name is taken by {first.value}" + (f" of {owner}" if owner else "")


def _register(name: str, entry_point: EntryPoint) -> pluggy.PluginManager:
    """Import one plugin into a manager of its own, so that its faults stay with it."""
    try:
        plugin = entry_point.load()
        wrong = interface_fault(getattr(plugin, STATED, None))
    except BaseException as error:
        fault = guarded(f"importing {entry_point.value} failed", error)
        stated = stated_where_it_failed(entry_point.value.partition(":")[0], error)
        raise PluginFault(interface_fault(stated) or str(fault)) from error
    if wrong:
        raise PluginFault(wrong)
    manager = pluggy.PluginManager("painterkit")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginFault(" ".join(str(error).split())) from error
    except BaseException as error:
        raise guarded("reading its hooks failed", error) from error
    return manager


def _forgotten(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    """Find functions that are named like a hook, but are not marked as one: nobody calls them."""
    known = [name for name, value in vars(hookspecs).items() if hasattr(value, "painterkit_spec")]
    marked = [
        implementation.function
        for name in known
        for implementation in getattr(manager.hook, name).get_hookimpls()
    ]
    for name, value in vars(plugin).items() if isinstance(plugin, ModuleType) else ():
        close = get_close_matches(name, known, n=1, cutoff=0.85)
        if isfunction(value) and close and value not in marked:
            rename = "" if name in known else f", and name it {close[0]}"
            yield f"its function {name} is not called: write @hookimpl above it{rename}"
