"""The loop of a chat: a line is said to the painter, or is a command."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from painterkit.cli.chat_answer import Answer
from painterkit.cli.chat_attributes import print_attributes
from painterkit.cli.chat_outputs import Output
from painterkit.cli.output import say
from painterkit.cli.pictures import SUFFIXES, save_picture
from painterkit.cli.places import check_place, make_folder
from painterkit.errors import PainterkitError, Problem, WrongInput, nearest
from painterkit.generation.strip import strip
from painterkit.generation.truncation import truncated_texts
from painterkit.reporting.legible import legible

if TYPE_CHECKING:
    from PIL.Image import Image

    from painterkit.generation.painter import Painter
    from painterkit.generation.session import Session

INSTEAD = "give another file"


@frozen
class Command:
    """What can be typed after a slash: its argument, if it takes one, and what it does."""

    argument: str
    help: str


COMMANDS: Mapping[str, Command] = {
    "undo": Command("", "take back what was said last"),
    "again": Command("[SEED]", "draw it again with other noise: that of a seed, or of the next"),
    "save": Command("FILE", "write the picture to a file, such as face.png"),
    "strip": Command("FILE", "write all pictures side by side, with their words"),
    "attributes": Command("", "show what can be said, and what was said"),
    "help": Command("", "show this"),
    "quit": Command("", "end; so does Ctrl-D"),
}


class Chat:
    """Hear lines, and show what becomes of the picture."""

    def __init__(self, painter: Painter, session: Session, output: Output) -> None:
        self.painter = painter
        self.session = session
        self.output = output
        self._commands: Mapping[str, Callable[[str], None]] = {
            "undo": self._undo,
            "again": self._again,
            "save": self._save,
            "strip": self._strip,
            "attributes": self._attributes,
            "help": self._help,
        }

    def run(self, lines: Iterable[str], patient: bool = False) -> None:
        """Hear lines to their end, or to /quit.

        What is wrong with one is told, and the next is heard. Where `patient`, Ctrl-C stops what a
        line has begun, and leaves everything as it was before the line.
        """
        if self.session.picture is not None:
            self.output.show(self._answer())
        for line in lines:
            try:
                if line.strip() == "/quit":
                    return
                self.hear(line)
            except PainterkitError as error:
                self.output.refuse(error.problems)
            except KeyboardInterrupt:
                if not patient:
                    raise
                say("\nstopped: everything is as it was before")

    def hear(self, line: str) -> None:
        """Say a line to the painter, or do what it commands; nothing on an empty one.

        Raises WrongInput where that cannot be, Failure where a file cannot be written.
        """
        line = line.strip()
        if line.startswith("/"):
            self._command(*line[1:].split(maxsplit=1))
        elif line:
            self._say(line)

    def _say(self, text: str) -> None:
        start = time.perf_counter()
        self.session.say(text)
        milliseconds = 1000 * (time.perf_counter() - start)
        self._warn()
        self.output.show(self._answer(milliseconds))

    def _command(self, name: str = "", argument: str = "") -> None:
        if name not in COMMANDS:
            known = nearest(f"/{name[:40]}", [f"/{one}" for one in COMMANDS])
            raise WrongInput(Problem(f"/{name[:40]}", "is no command", known))
        wanted = COMMANDS[name].argument
        usage = f"type /{name} {wanted}".rstrip()
        if argument and not wanted:
            raise WrongInput(Problem(f"/{name}", "stands alone", usage))
        if wanted.isupper() and not wanted.startswith("[") and not argument:
            raise WrongInput(Problem(f"/{name}", "needs a file", f"as in /{name} {name}.png"))
        self._commands[name](argument)

    def _undo(self, _: str) -> None:
        self.session.undo()
        self.output.show(self._answer())
        if self.session.picture is None:
            say("nothing is said now")

    def _again(self, argument: str) -> None:
        seed = None
        if argument:
            try:
                seed = int(argument)
            except ValueError:
                hint = "give a whole number, as in /again 7"
                raise WrongInput(Problem("/again", f"'{argument[:40]}' is no seed", hint)) from None
        start = time.perf_counter()
        self.session.again(seed)
        milliseconds = 1000 * (time.perf_counter() - start)
        self.output.show(self._answer(milliseconds))
        say(f"seed {self.session.seed}")

    def _save(self, argument: str) -> None:
        if self.session.picture is None:
            raise WrongInput(Problem("/save", "there is no picture yet", "say something first"))
        self._write(self.session.picture, argument)

    def _strip(self, argument: str) -> None:
        if not self.session.pictures:
            raise WrongInput(Problem("/strip", "there is no picture yet", "say something first"))
        self._write(strip(self.session.pictures, self.session.words), argument)

    def _write(self, picture: Image, argument: str) -> None:
        file = _file_named(argument)
        make_folder(file, INSTEAD)
        save_picture(picture, file, INSTEAD)
        say(f"saved {legible(str(file), 1000)}")
        self.output.show(self._answer(saved=file))

    def _attributes(self, _: str) -> None:
        print_attributes(self.painter.assembly.dataset.attributes, self.session.turns)

    def _help(self, _: str) -> None:
        say("Say one thing about the picture: a sentence, or an attribute and its value. Commands:")
        typed = {name: f"/{name} {command.argument}" for name, command in COMMANDS.items()}
        width = max(map(len, typed.values()))
        for name, command in COMMANDS.items():
            say(f"  {typed[name]:<{width}}  {command.help}")

    def _answer(self, milliseconds: float | None = None, saved: Path | None = None) -> Answer:
        session = self.session
        turn = session.turns[-1] if session.turns else None
        return Answer(
            number=len(session.turns),
            text=session.caption if turn is None else turn.text,
            attribute="" if turn is None else turn.attribute,
            value="" if turn is None else turn.value,
            seed=session.seed,
            pictures=list(zip(session.pictures, session.words, strict=True))[-2:],
            milliseconds=milliseconds,
            saved=saved,
        )

    def _warn(self) -> None:
        """Warn where no word of the last turn is known, or where not all is read that was said."""
        parts, heard = self.painter.assembly.parts, self.session.heard
        joined = parts.dialogue_encoder.reads == "joined"
        read = " ".join(one.read for one in heard) if joined else heard[-1].read
        doubt = heard[-1].doubt
        for problem in [*([doubt] if doubt else []), *truncated_texts(parts, [], [[read]])]:
            say(str(problem), "warning")


def _file_named(argument: str) -> Path:
    """Return the file that a person means; raises WrongInput where none can be written there."""
    if len(argument) > 1 and argument[0] == argument[-1] and argument[0] in "'\"":
        argument = argument[1:-1]
    try:
        file = Path(argument).expanduser()
        check_place(file, SUFFIXES, INSTEAD)
        if "\0" in argument:
            raise ValueError("it holds a zero byte")
    except (OSError, ValueError, RuntimeError) as error:
        what = f"cannot be a file ({getattr(error, 'strerror', None) or error})"
        raise WrongInput(Problem(legible(argument, 40), what, INSTEAD)) from None
    return file
