"""Everybody who hears of a training: its log, those that it is given, and those of its recipe."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from painterkit.errors import PainterkitError
from painterkit.interfaces.reporter import Reporter
from painterkit.reporters import Reporters
from painterkit.reporting.guarded import GuardedReporter
from painterkit.reporting.log import LogReporter

LOG = "log.jsonl"


@contextmanager
def hearing(
    names: Sequence[str],
    on_offer: Reporters,
    run: Path,
    given: Sequence[Reporter],
    *,
    resumed: bool,
) -> Generator[Sequence[Reporter]]:
    """Open the run's log, build the reporters of these names, and close all at the end.

    Raises WrongInput or Failure for one that cannot be had; in a `resumed` training the others are
    told so, and it goes on.
    """
    with ExitStack() as stack:
        given = (stack.enter_context(LogReporter(run / LOG, resumed)), *given)
        asked: list[Reporter] = []
        for name in names:
            try:
                build = on_offer.build_function(name)
            except PainterkitError as error:
                if not resumed:
                    raise
                for reporter in given:
                    reporter.note(f"the reporter '{name}' is told nothing: {error}")
                continue
            guarded = GuardedReporter(name, build, run, given)
            stack.callback(guarded.close)
            asked.append(guarded)
        yield (*given, *asked)
