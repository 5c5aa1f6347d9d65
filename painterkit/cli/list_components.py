"""`painterkit list`: what is on offer."""

from __future__ import annotations

from typing import Annotated

import typer

from painterkit.cli.completion import complete_role
from painterkit.cli.describe import summary
from painterkit.cli.names import role_named
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, print_table, say
from painterkit.errors import Problem, WrongInput, nearest
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.registry import Registry
from painterkit.roles import Role


def list_components(
    role: Annotated[
        str | None,
        typer.Argument(
            metavar="ROLE",
            help="Show this role alone, such as generator.",
            autocompletion=complete_role,
            show_default=False,
        ),
    ] = None,
    glob: Annotated[
        str | None,
        typer.Argument(
            metavar="GLOB", help="Show matching names alone, as in '*gan*'.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List the components on offer."""
    if role is not None and glob is None and set(role) & set("*?["):
        role, glob = None, role
    wanted = None if role is None else role_named(role)
    plugins = load_plugins()
    offers = plugins.registry.offers(wanted, glob)
    warn_of_unloaded(plugins)
    if glob is not None and not offers:
        raise WrongInput(_nothing_matches(glob, wanted, plugins.registry))
    if json:
        print_json(
            [
                {
                    "role": offer.component.role,
                    "name": offer.component.name,
                    "qualified_name": offer.qualified_name,
                    "summary": summary(offer.component),
                    "plugin": offer.plugin,
                    "version": offer.version,
                }
                for offer in offers
            ]
        )
        return
    rows = [
        (offer.component.role, offer.component.name, offer.plugin, summary(offer.component))
        for offer in offers
    ]
    print_table(("role", "name", "plugin", "what it does"), rows, grouped=True)


def warn_of_unloaded(plugins: LoadedPlugins) -> None:
    """Say that something may be missing, where a plugin could not be loaded."""
    failed = [status.name for status in plugins.statuses if status.state == "failed"]
    if failed:
        names = ", ".join(f"'{name}'" for name in failed)
        say(f"not loaded: {names}; run 'painterkit plugins' to see why", kind="warning")


def _nothing_matches(glob: str, role: Role | None, registry: Registry) -> Problem:
    things = f"{role}" if role else "component"
    names = [offer.component.name for offer in registry.offers(role)]
    return Problem("", f"no {things} is named like '{glob}'", nearest(glob.strip("*?"), names))
