"""`painterkit doctor`: whether this machine is ready."""

from __future__ import annotations

import typer

from painterkit.cli.command_group import commands_of_plugins
from painterkit.cli.health import Finding, State, examine
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, print_table, say


def doctor(context: typer.Context, json: Json = False) -> None:
    """Check this machine: Python, torch, plugins, extras, cache and disk."""
    findings = examine(commands_of_plugins(context).statuses)
    if json:
        print_json(findings)
    else:
        print_table(("check", "state", "found"), [_row(finding) for finding in findings])
    failed = [finding.name for finding in findings if finding.state is State.FAILED]
    if failed:
        say(f"failed: {', '.join(failed)}", kind="error")
        raise typer.Exit(1)


def _row(finding: Finding) -> tuple[str, str, str]:
    return finding.name, finding.state, finding.found
