"""`painterkit generate`: draw pictures from words."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painterkit.cli.next_command import words_for
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, say
from painterkit.cli.pictures import SUFFIXES, save_picture
from painterkit.cli.places import check_place, make_folder
from painterkit.cli.references import PAINTER, PAINTER_HELP, painter_of
from painterkit.errors import Problem, WrongInput
from painterkit.reporting.console import console_reporter

if TYPE_CHECKING:
    from painterkit.generation.painter import Painter
    from painterkit.generation.session import Session

Written = list[dict[str, Any]]
"""The facts of the files that were written, path first."""


def generate(
    reference: Annotated[
        str,
        typer.Argument(metavar=PAINTER, help=PAINTER_HELP),
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
    count: Annotated[
        int,
        typer.Option(help="How many pictures to draw of all that was said.", min=1),
    ] = 1,
    out: Annotated[
        Path,
        typer.Option(help="The file to write; several become face-01.png, face-02.png, ..."),
    ] = Path("face.png"),
    attention: Annotated[
        bool,
        typer.Option(
            "--attention",
            help="Draw beside each picture of the last turn at which words its generator looked "
            "where: face-attention.png.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Draw a picture from a caption, turns of a conversation, or both.

    A painter that draws after every turn draws one picture a turn: the
    last one is face.png, those before it face-01.png, face-02.png, ...,
    and face-strip.png shows them all with their words. With a --count
    above 1 the last one alone is drawn, that often.
    """
    turns = turn or []
    for number, text in enumerate(turns, start=1):
        if not text.strip():
            where = f"--turn #{number}"
            raise WrongInput(Problem(where, "is empty", "say something in it, or leave it out"))
    if not caption.strip() and not turns:
        what = "there are no words to draw from: no --caption and no --turn"
        raise WrongInput(Problem("", what, _example(reference, painter_of(reference))))
    for file in numbered(out, count):
        check_place(file, SUFFIXES)
    painter = painter_of(reference)
    if caption.strip() and not painter.assembly.parts.reads_caption:
        what = "this painter reads no caption"
        hint = f"say it in a --turn, {_example(reference, painter)}"
        raise WrongInput(Problem("--caption", what, hint))
    for problem in painter.doubts(caption, turns):
        say(str(problem), "warning")
    looked: Written = []
    if attention:
        looked = _draw_attention(painter, caption, turns, seed, numbered(out, count))
    every_turn = painter.assembly.turns.first is not None and count == 1 and len(turns) > 0
    if every_turn:
        written = _draw_every_turn(painter, caption, turns, seed, out)
    else:
        written = _draw_last(painter, caption, turns, seed, numbered(out, count))
    written += looked
    if json:
        print_json(written)
    else:
        typer.echo("\n".join(str(facts["path"]) for facts in written))


def _draw_last(
    painter: Painter, caption: str, turns: list[str], seed: int, files: list[Path]
) -> Written:
    """Draw everything that was said, once a file, each with the next seed."""
    pictures = painter.draw_each(caption, turns, seed, len(files))
    make_folder(files[0])
    with console_reporter() as console:
        for done, (file, picture) in enumerate(zip(files, pictures, strict=True), start=1):
            save_picture(picture, file)
            if len(files) > 1:
                console.preparing("drawing", done, len(files))
    return [{"path": file, "seed": seed + number} for number, file in enumerate(files)]


def _draw_every_turn(
    painter: Painter, caption: str, turns: list[str], seed: int, out: Path
) -> Written:
    """Draw what was said up to each turn, and all pictures side by side if there are several."""
    session = painter.start(seed, caption)
    for text in turns:
        session.say(text)
    written = turn_files(session, out)
    together = _beside(out, "strip")
    for file in (*(facts["path"] for facts in written), together):
        check_place(file, SUFFIXES)
    make_folder(out)
    for facts, picture in zip(written, session.pictures, strict=True):
        save_picture(picture, facts["path"])
    if len(written) > 1:
        from painterkit.generation.strip import strip

        save_picture(strip(session.pictures, session.words), together)
        written.append({"path": together, "seed": seed, "strip": True})
    return written


def _draw_attention(
    painter: Painter, caption: str, turns: list[str], seed: int, files: list[Path]
) -> Written:
    """Draw what was looked at before the last picture, beside each file, with its seed."""
    from painterkit.generation.attention import attention_of
    from painterkit.generation.attention_strip import attention_strip

    written: Written = []
    for number, file in enumerate(files):
        session = painter.start(seed + number, caption)
        for text in turns:
            session.say(text)
        stages, together = attention_of(session), _beside(file, "attention")
        check_place(together, SUFFIXES)
        make_folder(together)
        save_picture(attention_strip(stages), together)
        shares = {
            stage.picture.height: [
                {"word": one.word, "share": one.share} for one in stage.looked_at
            ]
            for stage in stages
        }
        written.append({"path": together, "seed": session.seed, "attention": shares})
    return written


def turn_files(session: Session, out: Path) -> Written:
    """Return where each picture goes: the last to `out`, those before are numbered by turn.

    Turn 0 is the caption.
    """
    last = len(session.turns)
    digits = max(2, len(str(last)))
    return [
        {
            "path": out if turn == last else _beside(out, f"{turn:0{digits}d}"),
            "seed": session.seed,
            "turn": turn,
            "words": words,
        }
        for turn, words in enumerate(session.words, last + 1 - len(session.pictures))
    ]


def numbered(file: Path, count: int) -> list[Path]:
    """Return the file itself for one picture, else face-01.png, face-02.png, ..."""
    if count == 1:
        return [file]
    digits = max(2, len(str(count)))
    return [_beside(file, f"{number:0{digits}d}") for number in range(1, count + 1)]


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(f"{file.stem}-{ending}{file.suffix}")


def _example(reference: str, painter: Painter) -> str:
    return f"as in: {shlex.join(['painterkit', 'generate', reference, *words_for(painter)])}"
