"""A plugin's reporter, whose faults never end a training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from painterkit.errors import PainterkitError
from painterkit.interfaces.reporter import Closes, Reporter, Tick
from painterkit.reporting.legible import legible

LONGEST = 500
"""So many characters of what went wrong are told."""


class GuardedReporter:
    """Tell a reporter what it is told, until it raises: then others hear so, once.

    It is built here, so that this is guarded, too. Ctrl-C passes.
    """

    def __init__(
        self, name: str, build: Callable[[Path], Any], run: Path, told: Sequence[Reporter]
    ) -> None:
        """Build the reporter of a run; `told` are the reporters that hear of its failure."""
        self._name = name
        self._told = told
        self._failed = False
        self._reporter: Any = None
        self._try(lambda: setattr(self, "_reporter", build(run)))

    def phase(self, name: str, done: int, steps: int) -> None:
        """Hear that a phase begins."""
        self._try(lambda: self._reporter.phase(name, done, steps))

    def tick(self, tick: Tick) -> None:
        """Hear how far it has come."""
        self._try(lambda: self._reporter.tick(tick))

    def note(self, sentence: str) -> None:
        """Hear a sentence."""
        self._try(lambda: self._reporter.note(sentence))

    def drawn(self, images: int, path: Path) -> None:
        """Hear that a sample grid was written."""
        self._try(lambda: self._reporter.drawn(images, path))

    def close(self) -> None:
        """Close the reporter, where it can be closed; one that has failed, too."""
        self._try(self._close, again=True)

    def _close(self) -> None:
        if isinstance(self._reporter, Closes):
            self._reporter.close()

    def _try(self, tell: Callable[[], object], again: bool = False) -> None:
        if self._failed and not again:
            return
        try:
            tell()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # sys.exit() of a reporter is no reason to stop, either
            if self._failed:
                return
            self._failed = True
            what = f"the reporter '{self._name}' failed and is told nothing more: {_words(error)}"
            for reporter in self._told:
                reporter.note(what)


def _words(error: BaseException) -> str:
    if isinstance(error, PainterkitError):
        return legible(str(error), LONGEST)
    return legible(": ".join(filter(None, (type(error).__name__, str(error)))), LONGEST)
