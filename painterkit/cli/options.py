"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print the facts, or the problems, as JSON on stdout.")
]

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a key of the recipe, as in --set phases.stage-1.batch=16; may be repeated.",
    ),
]
