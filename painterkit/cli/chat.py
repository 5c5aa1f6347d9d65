"""`painterkit chat`: talk with a painter and watch the picture change."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from painterkit.cli.output import say
from painterkit.cli.references import PAINTER, PAINTER_HELP, painter_of

if TYPE_CHECKING:
    from painterkit.generation.painter import Painter


def chat(
    reference: Annotated[
        str,
        typer.Argument(metavar=PAINTER, help=PAINTER_HELP),
    ],
    caption: Annotated[
        str, typer.Option(help="What the picture shows at first.", show_default=False)
    ] = "",
    seed: Annotated[
        int, typer.Option(help="Chooses the noise, which stays through the conversation.", min=0)
    ] = 0,
    size: Annotated[
        int | None,
        typer.Option(
            help="Height of a picture in the terminal; it fills the window if left out.",
            metavar="LINES",
            min=2,
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the facts of each turn as JSON, one line a turn.")
    ] = False,
) -> None:
    """Say one thing after another, and see the picture change in the terminal.

    A line is a sentence or 'attribute: value'; /help shows the commands.

    printf 'hair colour: red\\n/save face.png\\n' | painterkit chat demo
    works without a terminal: each turn is then a line on stdout.
    """
    painter = painter_of(reference)
    from painterkit.cli.chat_lines import given_lines
    from painterkit.cli.chat_loop import Chat
    from painterkit.cli.chat_outputs import Lines, never_fail, output_for

    never_fail(sys.stdout)
    session = painter.start(seed, caption)
    for problem in painter.doubts(caption, ()):
        say(str(problem), "warning")
    output = output_for(json, size)
    typed = sys.stdin.isatty()
    if typed:
        say(_greeting(painter))
    if isinstance(output, Lines) and sys.stdout.isatty():
        say("this terminal shows no colours: see a picture with /save face.png")
    if painter.assembly.parts.dialogue_encoder.width == 0:
        say("this painter reads no turns: give it all words as --caption", "warning")
    Chat(painter, session, output).run(given_lines(), patient=typed)


def _greeting(painter: Painter) -> str:
    attributes = painter.assembly.dataset.attributes
    example = ""
    if attributes and painter.assembly.parts.dialogue_encoder.width > 0:
        name, values = next(iter(attributes.items()))
        example = f", such as '{name.replace('_', ' ')}: {values[0]}'"
    return f"Say one thing about the picture{example}. /help shows what else; Ctrl-D ends."
