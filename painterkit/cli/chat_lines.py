"""The lines of a chat: typed at a prompt, or from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module

from painterkit.cli.chat_outputs import never_fail
from painterkit.cli.output import say

PROMPT = "> "


def given_lines() -> Iterator[str]:
    """Yield the lines that stdin gives, after a prompt if a person types them."""
    if not sys.stdin.isatty():
        return decoded(sys.stdin.buffer)
    never_fail(sys.stdin)
    if not sys.stdout.isatty():
        return typed(_read_after_prompt)
    with suppress(ImportError):
        # input() then has a history, and lines can be edited.
        import_module("readline")
    return typed(lambda: input(PROMPT))


def typed(read: Callable[[], str]) -> Iterator[str]:
    """Yield the lines of a person, to the end of the input.

    Ctrl-C cancels a line; a second one after it raises KeyboardInterrupt.
    """
    cancelled = False
    while True:
        try:
            line = read()
        except EOFError:
            say("")
            return
        except KeyboardInterrupt:
            say("")
            if cancelled:
                raise
            cancelled = True
            say("press Ctrl-C once more to leave")
            continue
        cancelled = False
        yield line


def decoded(stream: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines of a pipe; what is no UTF-8 is replaced, and told."""
    for number, line in enumerate(stream, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace")
        if "\ufffd" in text and "\ufffd".encode() not in line:
            say(f"line {number} is not UTF-8: what cannot be read is taken for \ufffd", "warning")
        yield text.rstrip("\r\n")


def _read_after_prompt() -> str:
    """Read a line; where stdout is data, the prompt goes to stderr."""
    print(PROMPT, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")
