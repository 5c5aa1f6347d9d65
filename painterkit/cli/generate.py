"""`painterkit generate`: draw pictures from words."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painterkit.cli.next_command import ANY_WORDS
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, say
from painterkit.cli.places import check_place, make_folder
from painterkit.cli.references import painter_of
from painterkit.errors import Failure, Problem, WrongInput

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def generate(
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REFERENCE", help="The folder of a run, or a file that 'export' wrote."
        ),
    ],
    caption: Annotated[str, typer.Option(help="What the picture shows.", show_default=False)] = "",
    turn: Annotated[
        list[str] | None,
        typer.Option(
            help="One turn of the conversation, such as 'Does she smile? Yes.'; repeat it for "
            "more, in their order.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(help="Chooses the noise; the next picture has the next seed.", min=0)
    ] = 0,
    count: Annotated[int, typer.Option(help="How many pictures to draw.", min=1)] = 1,
    out: Annotated[
        Path,
        typer.Option(help="The file to write; several become face-01.png, face-02.png, ..."),
    ] = Path("face.png"),
    json: Json = False,
) -> None:
    """Draw a picture from a caption, turns of a conversation, or both."""
    turns = turn or []
    if not caption.strip() and not any(text.strip() for text in turns):
        raise WrongInput(_no_words(reference))
    files = numbered(out, count)
    for file in files:
        check_place(file, SUFFIXES)
    painter = painter_of(reference)
    for problem in painter.truncated(caption, turns):
        say(str(problem), "warning")
    pictures = painter.draw_each(caption, turns, seed, count)
    make_folder(out)
    for file, picture in zip(files, pictures, strict=True):
        _save(picture, file)
    if json:
        print_json(
            [{"path": file, "seed": seed + number} for number, file in enumerate(files)],
        )
    else:
        typer.echo("\n".join(map(str, files)))


def numbered(file: Path, count: int) -> list[Path]:
    """Return the file itself for one picture, else face-01.png, face-02.png, ..."""
    if count == 1:
        return [file]
    digits = max(2, len(str(count)))
    return [
        file.with_name(f"{file.stem}-{number:0{digits}d}{file.suffix}")
        for number in range(1, count + 1)
    ]


def _no_words(reference: str) -> Problem:
    example = shlex.join(["painterkit", "generate", reference, *ANY_WORDS])
    what = "there are no words to draw from: no --caption and no --turn"
    return Problem("", what, f"as in: {example}")


def _save(picture: Image, file: Path) -> None:
    try:
        picture.save(file)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        raise Failure(Problem(str(file), what, "make room or give another --out")) from error
