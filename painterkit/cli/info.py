"""`painterkit info`: one component in full."""

from __future__ import annotations

from typing import Annotated

import typer

from painterkit.cli.completion import complete_component, complete_role
from painterkit.cli.describe import build_place, description, setting_rows
from painterkit.cli.names import role_named
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, print_paragraphs, print_table
from painterkit.plugins import load_plugins


def info(
    role: Annotated[
        str,
        typer.Argument(
            metavar="ROLE", help="The role, such as generator.", autocompletion=complete_role
        ),
    ],
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The name of the component, or plugin:name.",
            autocompletion=complete_component,
        ),
    ],
    json: Json = False,
) -> None:
    """Show what a component does, what can be set in it, and where its code is."""
    offer = load_plugins().registry.find(role_named(role), name)
    component = offer.component
    place = build_place(component)
    rows = list(setting_rows(component.settings))
    if json:
        print_json(
            {
                "role": component.role,
                "name": component.name,
                "qualified_name": offer.qualified_name,
                "description": description(component),
                "plugin": offer.plugin,
                "distribution": offer.distribution,
                "version": offer.version,
                "build": component.build,
                "file": place and place[0],
                "line": place and place[1],
                "settings": rows,
            }
        )
        return
    typer.echo(f"{component.role} {component.name}")
    typer.echo(f"plugin  {offer.plugin}" + (f" {offer.version}" if offer.version else ""))
    typer.echo(f"code    {f'{place[0]}:{place[1]}' if place else component.build}")
    typer.echo()
    print_paragraphs(description(component))
    typer.echo()
    if rows:
        units = any(row.unit for row in rows)
        columns = ("setting", "type", "default", *(("unit",) if units else ()), "help")
        print_table(
            columns,
            [
                (row.name, row.type, row.default, *((row.unit,) if units else ()), row.help)
                for row in rows
            ],
        )
    else:
        typer.echo("There is nothing to set.")
