"""`painterkit faces`: what a painter that is told something should draw."""

from __future__ import annotations

import json as json_text
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painterkit.errors import Failure, Problem, WrongInput
from painterkit.user_paths import is_folder

if TYPE_CHECKING:
    from painterkit.data import Conversation
    from painterkit_avatars.attributes import Face

COLUMNS = 4
RESOLUTION = 128
GAP = 4
"""White pixels around each face."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def faces(
    told: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="What every face is to have, such as 'hair colour: black' or 'round glasses'; "
            "repeat it for more.",
            show_default=False,
        ),
    ] = None,
    count: Annotated[int, typer.Option(help="How many faces to draw.", min=1, max=1000)] = 8,
    seed: Annotated[int, typer.Option(help="Chooses the faces and their words.", min=0)] = 0,
    out: Annotated[Path, typer.Option(help="The picture to write, a grid of the faces.")] = Path(
        "faces.png"
    ),
    json: Annotated[
        bool, typer.Option("--json", help="Print the facts, or the problems, as JSON on stdout.")
    ] = False,
) -> None:
    """Draw true faces that have what is told, and print what is said of each.

    They are drawn as those of the data set avatars are: what a painter
    that was told the same should draw. What is not told differs from face
    to face.
    """
    _check_place(out)
    # numpy is imported from here on.
    from painterkit_avatars.drawing import require_drawing
    from painterkit_avatars.language.conversation import converse
    from painterkit_avatars.told_faces import faces_told, told_attributes

    require_drawing()
    attributes = told_attributes(told or [])
    found = faces_told(attributes, count, seed)
    _write_grid(found, out)
    said = [converse(face, seed, "train", row, "dialogue") for row, face in enumerate(found)]
    if json:
        facts = {"path": str(out), "told": attributes, "faces": list(map(_facts, found, said))}
        typer.echo(json_text.dumps(facts, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n\n".join(map(_words, range(1, len(said) + 1), said)))
    more = "" if len(found) == count else ": no other has all that is told"
    typer.echo(f"{out}: {_counted(len(found))}{more}", err=True)


def _facts(face: Face, conversation: Conversation) -> dict[str, object]:
    return {
        "attributes": dict(face),
        "caption": conversation.captions[0],
        "turns": [turn.text for turn in conversation.turns],
    }


def _words(number: int, conversation: Conversation) -> str:
    first = f"{number}".ljust(4)
    return "\n    ".join([first + conversation.captions[0], *(t.text for t in conversation.turns)])


def _counted(number: int) -> str:
    return "1 face" if number == 1 else f"{number:,} faces"


def _check_place(file: Path) -> None:
    """Raise WrongInput unless a picture can be written to a file."""
    folder = file.parent
    if is_folder(file):
        what, hint = "is a folder, not a file", f"give a file in it, such as {file / 'faces.png'}"
    elif file.suffix.lower() not in SUFFIXES:
        what = f"ends in '{file.suffix}'" if file.suffix else "has no suffix"
        hint = f"give a file that ends in {' or '.join(SUFFIXES)}"
    elif not is_folder(folder):
        what = f"cannot be written: there is no folder {folder}"
        hint = "make it first, or give another --out"
    else:
        return
    raise WrongInput(Problem(str(file), what, hint))


def _write_grid(drawn: Sequence[Face], file: Path) -> None:
    """Draw faces beside each other, row by row. Raises Failure where that cannot be written."""
    import numpy as np
    from PIL import Image

    from painterkit_avatars.drawing import draw

    columns = min(COLUMNS, len(drawn))
    rows = -(-len(drawn) // columns)
    step = RESOLUTION + GAP
    grid = np.full((rows * step + GAP, columns * step + GAP, 3), 255, np.uint8)
    for place, face in enumerate(drawn):
        row, column = divmod(place, columns)
        top, left = GAP + row * step, GAP + column * step
        grid[top : top + RESOLUTION, left : left + RESOLUTION] = draw(face, RESOLUTION)
    try:
        Image.fromarray(grid).save(file)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        raise Failure(Problem(str(file), what, "make room or give another --out")) from error
