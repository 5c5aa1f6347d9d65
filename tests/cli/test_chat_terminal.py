"""chat on a terminal: pictures in half blocks, a prompt, Ctrl-C and Ctrl-D."""

from __future__ import annotations

import io
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from painterkit.cli.chat_answer import Answer
from painterkit.cli.chat_lines import typed
from painterkit.cli.chat_loop import Chat
from painterkit.cli.chat_outputs import Pictures, colours_of
from painterkit.errors import Problem
from painterkit.generation.load_painter import load_painter

from .conftest import cache_of, command_line, environment

COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Terminal(io.StringIO):
    """Text that is taken for a terminal's."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class OldTerminal(Terminal):
    encoding = "ascii"


def answer(count: int = 2, words: str = "hair colour: red", **changes: object) -> Answer:
    pictures = [(Image.new("RGB", (64, 64), (n, 9, 9)), f"{n} {words}") for n in range(count)]
    told = {"number": count, "text": words, "attribute": "", "value": "", "seed": 0}
    return Answer(**{**told, "pictures": pictures, **changes})  # pyright: ignore[reportArgumentType]


WINDOWS = [
    # columns and lines of a window, and those of each picture; and how many fit
    ((120, 40), (59, 30), 2),
    ((80, 24), (38, 19), 2),
    ((200, 60), (99, 50), 2),
    ((50, 30), (24, 12), 2),
    ((49, 30), (49, 24), 1),
    ((20, 60), (20, 10), 1),
    ((80, 3), (2, 1), 2),
]


@pytest.mark.parametrize(("window", "each", "count"), WINDOWS)
def test_the_pictures_fit_the_window(
    window: tuple[int, int], each: tuple[int, int], count: int
) -> None:
    *blocks, captions = Pictures("truecolor").drawn(answer(), *window)
    assert [line.count("▀") for line in blocks] == [count * each[0]] * each[1]
    if window[1] > 6:
        assert len(blocks) + 1 < window[1] - 2, "the answer and the prompt stand below"
    assert len(captions.replace("\x1b[2m", "").replace("\x1b[0m", "")) <= window[0]
    alone = Pictures("truecolor").drawn(answer(count=1), *window)
    assert alone[0].count("▀") == each[0], "a picture is as large before there are two"


def test_the_height_that_was_asked_for() -> None:
    drawn = Pictures("256", lines=7).drawn(answer(), 120, 40)
    assert len(drawn) == 7 + 1
    assert drawn[0].count("▀") == 2 * 14
    assert drawn[0].startswith("\x1b[38;5;")


@pytest.mark.parametrize(
    "words", ["x" * 1000, "微笑的红发女人" * 9, "a\x1b[2Jb", "", "\U0001f642" * 40]
)
def test_words_stay_beneath_their_picture(words: str) -> None:
    from rich.cells import cell_len

    captions = Pictures("truecolor").drawn(answer(words=words), 80, 24)[-1]
    shown = captions.removeprefix("\x1b[2m").removesuffix("\x1b[0m")
    assert "\x1b" not in shown
    assert cell_len(shown) == 38 + 2 + 38
    assert shown[0] == "0"


TERMINALS = [
    ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
    ({"TERM": "xterm-256color"}, "256"),
    ({"TERM": "xterm"}, None),
    ({"TERM": "dumb", "COLORTERM": "truecolor"}, None),
    ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, None),
]


@pytest.mark.parametrize(("variables", "colours"), TERMINALS)
def test_colours(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colours: str | None
) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert colours_of(Terminal()) == colours
    assert colours_of(OldTerminal()) is None
    assert colours_of(io.StringIO()) is None


def keys(*pressed: str | type[BaseException]) -> Callable[[], str]:
    """Return a function that gives lines, or raises what keys do."""
    left = iter([*pressed, EOFError])

    def read() -> str:
        key = next(left)
        if isinstance(key, str):
            return key
        raise key

    return read


def test_one_ctrl_c_cancels_a_line_and_two_end_the_chat(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(typed(keys("a", KeyboardInterrupt, "b", KeyboardInterrupt, "c"))) == ["a", "b", "c"]
    assert capsys.readouterr().err.count("press Ctrl-C once more to leave") == 2
    lines = typed(keys("a", KeyboardInterrupt, KeyboardInterrupt, "b"))
    assert next(lines) == "a"
    with pytest.raises(KeyboardInterrupt):
        next(lines)


def test_ctrl_c_while_it_draws_stops_that_alone(turns_run: Path, at_work: Path) -> None:
    painter = load_painter(turns_run)
    session = painter.start()
    generator = painter.assembly.parts.generator
    shown: list[Answer] = []

    class Kept:
        def show(self, answer: Answer) -> None:
            shown.append(answer)

        def refuse(self, problems: Sequence[Problem]) -> None:
            raise AssertionError(problems)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def lines() -> Iterator[str]:
        yield "glasses: round"
        hook = generator.register_forward_pre_hook(interrupted)
        yield "hair colour: pink"
        yield "/again"
        hook.remove()
        yield "hair colour: grey"

    Chat(painter, session, Kept()).run(lines(), patient=True)
    assert [one.text for one in shown] == ["glasses: round", "hair colour: grey"]
    assert [one.seed for one in shown] == [0, 0]
    assert [turn.text for turn in session.turns] == ["glasses: round", "hair colour: grey"]
    with pytest.raises(KeyboardInterrupt):
        Chat(painter, session, Kept()).run(lines())


class Window:
    """A chat in a process of its own, in a terminal of 100 by 30."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        import fcntl
        import pty
        import termios

        def begin() -> None:
            # Whoever runs the tests in the background has Ctrl-C ignored, in what they start too.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.terminal, inner = pty.openpty()
        termios.tcsetwinsize(inner, (30, 100))
        extra = {**COLOURS, **variables}
        env = environment(extra)
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            env.pop(name, None)
        self.process = subprocess.Popen(
            command_line("chat", *arguments),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env={**env, **variables},
            start_new_session=True,
            preexec_fn=begin,
        )
        os.close(inner)
        self.shown = b""

    def press(self, pressed: str) -> None:
        os.write(self.terminal, pressed.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, no sooner after the prompt than a person could.

        Between its prompt and its reading Python's readline does not hear it.
        """
        time.sleep(0.5)
        self.press("\x03")

    def wait_for(self, text: str) -> str:
        """Return what is shown up to a text, and forget it."""
        wanted, deadline = text.encode(), time.monotonic() + 60
        while wanted not in self.shown:
            assert time.monotonic() < deadline, self.shown[-2000:]
            if not select.select([self.terminal], [], [], 1.0)[0]:
                continue
            try:
                self.shown += os.read(self.terminal, 1 << 16)
            except OSError:  # it has ended
                assert wanted in self.shown, self.shown[-2000:]
        before, _, self.shown = self.shown.partition(wanted)
        return before.decode()

    def end(self) -> int:
        """Return its exit code."""
        return self.process.wait(timeout=60)


@pytest.fixture
def windows() -> Iterator[Callable[..., Window]]:
    """Return a function that opens a window; all are closed at the end."""
    opened: list[Window] = []

    def open_window(*arguments: str, **variables: str) -> Window:
        opened.append(Window(*arguments, **variables))
        return opened[-1]

    yield open_window
    for window in opened:
        window.process.kill()
        window.process.wait()
        os.close(window.terminal)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other terminals")
def test_a_chat_in_a_real_terminal(
    windows: Callable[..., Window], turns_run: Path, workplace: Path
) -> None:
    window = windows(str(turns_run), **cache_of(workplace))
    assert "Say one thing about the picture, such as 'hair shape: short'." in window.wait_for("> ")
    window.press("glasses: round\n")
    first = window.wait_for("1  glasses: round  (")
    assert len(re.findall("▀+", re.sub(r"\x1b\[[\d;]*m", "", first))) == 24
    window.wait_for("> ")
    window.press("hair colour: pink\n")
    assert window.wait_for("2  hair colour: pink  (").count("▀") == 2 * 49 * 24
    window.wait_for("> ")
    window.press("/attrib")
    window.interrupt()
    window.wait_for("press Ctrl-C once more to leave")
    window.wait_for("> ")
    window.press("no, blue hat\n")
    window.wait_for("error:")
    window.wait_for("> ")
    window.press("\x04")
    assert window.end() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other terminals")
def test_ctrl_c_twice_leaves_a_terminal_without_colours(
    windows: Callable[..., Window], turns_run: Path, workplace: Path
) -> None:
    window = windows(str(turns_run), NO_COLOR="1", **cache_of(workplace))
    assert "shows no colours: see a picture with /save" in window.wait_for("> ")
    window.press("glasses: round\n")
    shown = window.wait_for("1  glasses: round  (")
    assert "▀" not in shown
    assert "\x1b[38" not in shown
    window.wait_for("> ")
    window.interrupt()
    window.wait_for("leave")
    window.wait_for("> ")
    window.interrupt()
    assert window.end() == 130
