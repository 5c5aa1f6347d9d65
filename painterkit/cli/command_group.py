# pyright: standard
"""painterkit's own commands, and behind them those of plugins."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import typer
from typer.core import TyperGroup

from painterkit.plugin_commands import PluginCommands, plugin_commands
from painterkit.plugins import load_plugins

FROM_PLUGINS = "From plugins"
"""The panel of the help that shows their commands."""


class CommandGroup(TyperGroup):
    """A group that asks plugins for commands where it has none of a name, and for help.

    So a command of painterkit itself starts without them.
    """

    @cached_property
    def from_plugins(self) -> PluginCommands:
        """The commands of plugins; none has the name of one of painterkit's own."""
        return plugin_commands(load_plugins().statuses, frozenset(self.commands))

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands, painterkit's own first."""
        self._take_from_plugins()
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name, None where nobody has one."""
        if cmd_name not in self.commands:
            self._take_from_plugins()
        return super().get_command(ctx, cmd_name)

    def _take_from_plugins(self) -> None:
        for name, one in self.from_plugins.commands.items():
            one.command.rich_help_panel = FROM_PLUGINS
            self.commands[name] = one.command


def commands_of_plugins(context: typer.Context) -> PluginCommands:
    """Return the commands of plugins in the program whose command was given `context`."""
    group: Any = context.find_root().command
    assert isinstance(group, CommandGroup), "painterkit's commands are all in one"
    return group.from_plugins
