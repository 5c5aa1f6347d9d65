"""How a command ends that cannot go on: sentences on stderr, and an exit code."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path

from painterkit.cli.output import say
from painterkit.errors import PainterkitError, Problem

TRACEBACK_VARIABLE = "PAINTERKIT_TRACEBACK"
INTERRUPTED = 130


def ending_of(error: BaseException) -> int:
    """Say what an exception means and return the exit code of the command that it ended."""
    if isinstance(error, PainterkitError):
        if os.environ.get(TRACEBACK_VARIABLE):
            traceback.print_exception(error)
        say_problems("error", error.problems)
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return 1
    _say_fault(error)
    return 1


def say_problems(kind: str, problems: Iterable[Problem]) -> None:
    """Write `error: ...` or `warning: ...`, one line a problem, on stderr.

    The lines are not wrapped: a terminal breaks them itself, and a path copied from it is whole.
    """
    for problem in problems:
        say(re.sub(r"\s*\n\s*", " ", str(problem).strip()), kind=kind)


def close_output() -> int:
    """Flush stdout; return 1 where whoever read it has gone, else 0."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more on its way out, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ValueError:
        return 0  # closed already
    return 0


def _say_fault(error: BaseException) -> None:
    """Say one sentence about an exception that nobody expected, and keep its traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
        hint = "please report it with the lines above"
    else:
        hint = f"please report it; {_where_to_read(error)}"
    what = f"this should not have happened: {what}" + (f" ({place})" if place else "")
    say_problems("error", [Problem("", what, hint)])


def _where_to_read(error: BaseException) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="painterkit-traceback-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return f"set {TRACEBACK_VARIABLE}=1 to see the traceback"
    return f"the traceback is in {file.name} ({TRACEBACK_VARIABLE}=1 prints it)"
