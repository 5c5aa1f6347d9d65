"""How a command ends that cannot go on: sentences on stderr, and an exit code."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterable, Sequence

from painterkit.cli.faults import fault_of
from painterkit.cli.output import print_json, say
from painterkit.errors import PainterkitError, Problem

TRACEBACK_VARIABLE = "PAINTERKIT_TRACEBACK"
INTERRUPTED = 130


def ending_of(error: BaseException, json: bool = False) -> int:
    """Say what an exception means and return the exit code of the command that it ended.

    With `json` the problems are printed on stdout as well.
    """
    if isinstance(error, PainterkitError):
        if os.environ.get(TRACEBACK_VARIABLE):
            traceback.print_exception(error)
        tell_problems(error.problems, json)
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return 1
    tell_problems([_fault_problem(error)], json)
    return 1


def tell_problems(problems: Sequence[Problem], json: bool) -> None:
    """Write errors on stderr and, with `json`, as {"problems": [...]} on stdout."""
    if json:
        print_json({"problems": problems})
    say_problems("error", problems)


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


def _fault_problem(error: BaseException) -> Problem:
    """Return one sentence about an exception that nobody expected, and keep its traceback."""
    fault = fault_of(error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    report = "please report it"
    if fault.plugin is not None:
        version = " ".join(filter(None, (fault.plugin.distribution, fault.plugin.version)))
        named = f"the plugin '{fault.plugin.name}'" + (f" ({version})" if version else "")
        report = f"it is a fault of {named}: please report it there"
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
        hint = f"{report} with the lines above"
    else:
        hint = f"{report}; {_where_to_read(error)}"
    place = f" ({fault.place})" if fault.place else ""
    return Problem("", f"this should not have happened: {what}{place}", hint)


def _where_to_read(error: BaseException) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="painterkit-traceback-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return f"set {TRACEBACK_VARIABLE}=1 to see the traceback"
    return f"the traceback is in {file.name} ({TRACEBACK_VARIABLE}=1 prints it)"
