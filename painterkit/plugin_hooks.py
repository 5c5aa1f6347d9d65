"""What the hooks of one plugin return, checked: whatever is wrong becomes a sentence."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from importlib.resources.abc import Traversable
from typing import Any, cast

import pluggy

from painterkit.component_check import BUILD, KEBAB_CASE, component_fault
from painterkit.registry import Component

HERE = os.path.dirname(__file__)


class PluginFault(Exception):
    """Why one plugin, or something that it offers, cannot be used."""


def guarded(doing: str, error: BaseException) -> PluginFault:
    """Word an exception that a plugin's own code raised; Ctrl-C is nobody's fault."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    if isinstance(error, PluginFault):
        return error
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if os.path.dirname(frame.filename) != HERE and "importlib" not in frame.filename
    ]
    place = f" ({os.path.basename(frames[-1].filename)} line {frames[-1].lineno})" if frames else ""
    return PluginFault(f"{doing}: {type(error).__name__}: {error}{place}")


def offered_components(manager: pluggy.PluginManager) -> tuple[Component, ...]:
    """Return the components that a plugin offers. Raises PluginFault where one is wrong."""
    components: list[Component] = []
    for result in _call(manager, "painterkit_components"):
        if not isinstance(result, Iterable):
            raise PluginFault(f"its hook painterkit_components returned {result!r}, not a list")
        try:
            offered = list(cast("Iterable[object]", result))
            faults = [component_fault(one) for one in offered]
        except BaseException as error:
            raise guarded("its hook painterkit_components failed", error) from error
        for fault in faults:
            if fault:
                raise PluginFault(fault)
        components.extend(cast("list[Component]", offered))
    names = [(component.role, component.name) for component in components]
    for role, name in names:
        if names.count((role, name)) > 1:
            raise PluginFault(f"it offers the {role} '{name}' twice")
    return tuple(components)


def offered_reporters(manager: pluggy.PluginManager) -> dict[str, str]:
    """Return what builds each reporter of a plugin, by name. Raises PluginFault."""
    reporters: dict[str, str] = {}
    for result in _call(manager, "painterkit_reporters"):
        if not isinstance(result, Mapping):
            what = "not a mapping of names to 'package.module:function'"
            raise PluginFault(f"its hook painterkit_reporters returned {result!r}, {what}")
        try:
            offered = dict(cast("Mapping[object, object]", result))
        except BaseException as error:
            raise guarded("its hook painterkit_reporters failed", error) from error
        for name, build in offered.items():
            if not isinstance(name, str) or not re.fullmatch(KEBAB_CASE, name):
                raise PluginFault(
                    f"the name of a reporter must be kebab-case, as in 'my-reporter', got {name!r}"
                )
            if not isinstance(build, str) or not re.fullmatch(BUILD, build):
                raise PluginFault(
                    f"the build of reporter '{name}' must have the form "
                    f"'package.module:function', got {build!r}"
                )
            reporters[name] = build
    return reporters


def offered_recipes(manager: pluggy.PluginManager) -> Traversable | None:
    """Return the folder of a plugin's recipes, if it has one. Raises PluginFault."""
    for folder in _call(manager, "painterkit_recipes"):
        try:
            is_folder = isinstance(folder, Traversable) and folder.is_dir()
        except BaseException as error:
            raise guarded("its hook painterkit_recipes failed", error) from error
        if not is_folder:
            raise PluginFault(f"its hook painterkit_recipes returned {folder!r}, not a folder")
        return folder
    return None


def command_hooks(manager: pluggy.PluginManager) -> tuple[Callable[..., object], ...]:
    """Return what writes the commands of a plugin, which is not called before they are wanted."""
    found = manager.hook.painterkit_commands.get_hookimpls()
    return tuple(implementation.function for implementation in found)


def _call(manager: pluggy.PluginManager, hook: str) -> list[Any]:
    """Return what the plugin's implementations of a hook without arguments return."""
    results: list[Any] = []
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        try:
            results.append(implementation.function())
        except BaseException as error:
            raise guarded(f"its hook {hook} failed", error) from error
    return results
