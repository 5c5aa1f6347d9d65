"""`painterkit export`: a painter as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painterkit.checkpoints.run_folder import open_run
from painterkit.cli.lost_plugins import require_plugins
from painterkit.cli.next_command import draw_command
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, say, size_words
from painterkit.cli.places import check_place
from painterkit.errors import Problem, WrongInput
from painterkit.generation.shipped import shipped_painters
from painterkit.plugins import load_plugins
from painterkit.user_paths import is_there

SUFFIXES = (".safetensors",)


def export(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write; the run's name with .safetensors, in this folder, if left "
            "out.",
            show_default=False,
        ),
    ] = None,
    half: Annotated[
        bool,
        typer.Option(
            help="Write 16-bit numbers: half the size, and pictures that hardly differ.",
            show_default=False,
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Write the trained painter of a run to one file, weights and recipe together."""
    file = out or Path(f"{run.resolve().name}{SUFFIXES[0]}")
    check_place(file, SUFFIXES)
    plugins = load_plugins()
    _refuse_shipped(run)
    require_plugins(open_run(run), plugins)
    from painterkit.generation.export import export as write_file

    written = write_file(run, file, plugins, half)
    size = written.stat().st_size
    if json:
        print_json({"path": written, "bytes": size})
    else:
        typer.echo(str(written))
        say(f"{size_words(size)}; draw with it: {draw_command(written, run)}")


def _refuse_shipped(run: Path) -> None:
    """Say where the file of a painter that ships lies, unless a run has its name."""
    shipped = shipped_painters().get(str(run))
    if shipped is not None and not is_there(run):
        what = "is a painter that ships, as one file already"
        raise WrongInput(Problem(str(run), what, f"copy {shipped}"))
