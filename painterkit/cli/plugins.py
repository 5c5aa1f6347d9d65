"""`painterkit plugins`: what became of each installed plugin."""

from __future__ import annotations

import typer

from painterkit.cli.command_group import commands_of_plugins
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, print_table
from painterkit.plugin_commands import PluginCommands
from painterkit.plugins import PluginStatus


def plugins(context: typer.Context, json: Json = False) -> None:
    """Show every installed plugin, whether it works, and if not, why."""
    found = commands_of_plugins(context)
    if json:
        print_json([_facts(status, found) for status in found.statuses])
        return
    rows = [
        (
            status.name,
            status.state,
            len(status.components),
            " ".join(status.reporters),
            " ".join(found.names_of(status.name)),
            " ".join(filter(None, (status.distribution, status.version))),
            "; ".join(filter(None, (status.reason, *status.warnings))),
        )
        for status in found.statuses
    ]
    if not any(row[-1] for row in rows):
        rows = [row[:-1] for row in rows]
    columns = ("plugin", "state", "components", "reporters", "commands", "from", "reason")
    print_table(columns[: len(rows[0]) if rows else 6], rows)


def _facts(status: PluginStatus, found: PluginCommands) -> dict[str, object]:
    return {
        "name": status.name,
        "state": status.state,
        "reason": status.reason,
        "warnings": status.warnings,
        "distribution": status.distribution,
        "version": status.version,
        "module": status.module,
        "components": [
            {"role": component.role, "name": component.name} for component in status.components
        ],
        "reporters": status.reporters,
        "commands": found.names_of(status.name),
        "recipes": None if status.recipes is None else str(status.recipes),
    }
