# pyright: standard
"""The commands of plugins, written by their hooks when somebody wants them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import typer
from attrs import evolve, frozen

from painterkit.plugin_hooks import guarded
from painterkit.plugins import PluginStatus

HOOK = "painterkit_commands"


@frozen
class PluginCommand:
    """A command, or a group of some, and who offers it."""

    name: str
    command: Any
    plugin: str
    distribution: str


@frozen
class PluginCommands:
    """The commands of plugins by name, and what became of the plugins.

    The warnings of `statuses` say besides which commands are left out, and why.
    """

    commands: Mapping[str, PluginCommand]
    statuses: Sequence[PluginStatus]

    def names_of(self, plugin: str) -> tuple[str, ...]:
        """Return the names of the commands of one plugin."""
        return tuple(name for name, one in self.commands.items() if one.plugin == plugin)


def plugin_commands(statuses: Iterable[PluginStatus], own: Collection[str]) -> PluginCommands:
    """Have plugins write their commands; `own` are the names of painterkit's.

    A name that is taken stays with whoever had it: painterkit, or the plugin that was loaded
    first. Raises nothing for a plugin's fault: a warning says what it was.
    """
    commands: dict[str, PluginCommand] = {}
    found: list[PluginStatus] = []
    for status in statuses:
        written, warnings = _written(status)
        for name, command in written.items():
            if name in own or name in commands:
                owner = "painterkit" if name in own else f"the plugin '{commands[name].plugin}'"
                warnings.append(f"its command {name} is left out: {owner} has one of that name")
            else:
                commands[name] = PluginCommand(name, command, status.name, status.distribution)
        found.append(evolve(status, warnings=(*status.warnings, *warnings)))
    return PluginCommands(commands, tuple(found))


def _written(status: PluginStatus) -> tuple[Mapping[str, Any], list[str]]:
    """Return the commands that a plugin writes, and what there is to warn of."""
    if not status.command_hooks:
        return {}, []
    had_torch = "torch" in sys.modules
    app = typer.Typer()
    try:
        for hook in status.command_hooks:
            hook(app)
        commands = dict(typer.main.get_group(app).commands)
    except BaseException as error:
        fault = guarded(f"its hook {HOOK} failed", error)
        return {}, [f"its commands are left out: {fault}"]
    warnings: list[str] = []
    if not commands:
        warnings.append(f"its hook {HOOK} writes no command on the app that it is given")
    if app.registered_callback is not None:
        warnings.append(f"its hook {HOOK} writes a callback, which is left out")
    if "torch" in sys.modules and not had_torch:
        warnings.append(
            f"its hook {HOOK} imports torch, and 'painterkit --help' waits for it: do so inside "
            "the command"
        )
    return commands, warnings
