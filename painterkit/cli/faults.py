"""Whose fault an exception is that nobody expected."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from attrs import frozen

from painterkit.plugins import PluginStatus, load_plugins

OWN = "painterkit"
"""The distribution whose plugins are painterkit's own."""


@frozen
class Fault:
    """Where an exception came from, as `file.py line 12`, and the plugin whose code that is.

    `plugin` is None where it is painterkit's own.
    """

    place: str
    plugin: PluginStatus | None = None


def fault_of(error: BaseException) -> Fault:
    """Find the innermost code of a plugin that was at work; what that called is not at fault."""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return Fault("")
    strangers = [one for one in load_plugins().statuses if one.distribution != OWN]
    for frame, line in reversed(frames):
        plugin = _owner(frame, strangers)
        if plugin is not None:
            return Fault(_place(frame, line), plugin)
    return Fault(_place(*frames[-1]))


def _owner(frame: FrameType, plugins: Sequence[PluginStatus]) -> PluginStatus | None:
    package = _package(str(frame.f_globals.get("__name__", "")))
    for plugin in plugins:
        modules = (plugin.module, *(component.build for component in plugin.components))
        if package in map(_package, modules):
            return plugin
    return None


def _package(module: str) -> str:
    """Return the outermost package of a module, or of `package.module:function`."""
    return module.partition(":")[0].partition(".")[0]


def _place(frame: FrameType, line: int) -> str:
    return f"{Path(frame.f_code.co_filename).name} line {line}"
