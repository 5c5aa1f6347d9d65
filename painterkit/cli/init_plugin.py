"""`painterkit init plugin`: begin a plugin of one's own."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from painterkit.cli.options import Json
from painterkit.cli.output import print_json, say
from painterkit.cli.plugin_names import plugin_names
from painterkit.cli.plugin_package import require_empty, write_package
from painterkit.plugins import load_plugins

init = typer.Typer(no_args_is_help=True, help="Begin something of your own.")


@init.command("plugin")
def init_plugin(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The name of the package: painterkit-sketchy, say."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to write to; one of that name if left out."),
    ] = None,
    json: Json = False,
) -> None:
    """Write the package of a plugin: a generator, a loss, a recipe, and tests that pass."""
    names = plugin_names(name, load_plugins())
    folder = Path(name) if out is None else out
    require_empty(folder)
    written = write_package(names, folder)
    if json:
        print_json({"plugin": names.plugin, "folder": folder, "files": written})
        return
    say(f"{folder}: the plugin '{names.plugin}' is written, {len(written)} files; to go on:")
    for command in (
        f"cd {shlex.quote(str(folder))}",
        "pip install -e '.[test]'",
        "pytest",
        f"painterkit check --plugin {names.plugin}",
        f"painterkit train {names.recipe}",
    ):
        say(f"  {command}")
