"""`painterkit plugins`: what became of each installed plugin."""

from __future__ import annotations

from painterkit.cli.options import Json
from painterkit.cli.output import print_json, print_table
from painterkit.plugins import PluginStatus, load_plugins


def plugins(json: Json = False) -> None:
    """Show every installed plugin, whether it works, and if not, why."""
    statuses = load_plugins().statuses
    if json:
        print_json([_facts(status) for status in statuses])
        return
    rows = [
        (
            status.name,
            status.state,
            len(status.components),
            " ".join(filter(None, (status.distribution, status.version))),
            "; ".join(filter(None, (status.reason, *status.warnings))),
        )
        for status in statuses
    ]
    if not any(row[-1] for row in rows):
        rows = [row[:-1] for row in rows]
    columns = ("plugin", "state", "components", "from", "reason")
    print_table(columns[: len(rows[0]) if rows else 4], rows)


def _facts(status: PluginStatus) -> dict[str, object]:
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
        "recipes": None if status.recipes is None else str(status.recipes),
    }
