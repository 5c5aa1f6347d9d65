"""The command `painterkit`: its commands, and what becomes of whatever they raise."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from painterkit.cli import (
    chat,
    check,
    data_check,
    doctor,
    evaluate,
    export,
    generate,
    info,
    init_plugin,
    list_components,
    plugins,
    recipes,
    train,
)
from painterkit.cli.command_group import CommandGroup
from painterkit.cli.endings import close_output, ending_of
from painterkit.cli.output import print_json
from painterkit.errors import Problem
from painterkit.versions import painterkit_version

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="The exit code is 0, 1 where something failed, 2 for wrong input, 130 if interrupted.",
)

WORK = "Train and draw"
app.command("train", rich_help_panel=WORK)(train.train)
app.command("generate", rich_help_panel=WORK)(generate.generate)
app.command("chat", rich_help_panel=WORK)(chat.chat)
app.command("evaluate", rich_help_panel=WORK)(evaluate.evaluate)
app.command("export", rich_help_panel=WORK)(export.export)

LOOK_UP = "Look up and check"
app.command("check", rich_help_panel=LOOK_UP)(check.check)
app.add_typer(data_check.data, name="data", rich_help_panel=LOOK_UP)
app.command("list", rich_help_panel=LOOK_UP)(list_components.list_components)
app.command("info", rich_help_panel=LOOK_UP)(info.info)
app.command("recipes", rich_help_panel=LOOK_UP)(recipes.recipes)
app.command("plugins", rich_help_panel=LOOK_UP)(plugins.plugins)
app.command("doctor", rich_help_panel=LOOK_UP)(doctor.doctor)

BEGIN = "Write your own"
app.add_typer(init_plugin.init, name="init", rich_help_panel=BEGIN)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"painterkit {painterkit_version()}")
        raise typer.Exit


@app.callback()
def painterkit(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Draw pictures from conversations: assemble, train and compare painters."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, on `sys.argv` unless given arguments, and return the exit code."""
    json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=arguments, prog_name="painterkit")
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
        # Typer has said what is wrong with the usage, in words alone.
        usage = getattr(ending.__context__, "format_message", None)
        if json and usage is not None:
            print_json({"problems": [Problem("", usage())]})
    except (Exception, KeyboardInterrupt) as error:
        code = ending_of(error, json)
    return close_output() or code


if __name__ == "__main__":
    sys.exit(main())
