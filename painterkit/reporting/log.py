"""The log of a run: one JSON object a line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from painterkit.errors import Failure, Problem
from painterkit.interfaces.reporter import Tick


class LogReporter:
    """Append what is told of a training to log.jsonl, line by line, each flushed at once.

    A line has a `time`, UTC, and an `event`: `phase`, `tick`, `note` or `drawn`, and `resumed`
    where a training went on: the ticks before it may reach further than those after it start, as
    what came after the last checkpoint is trained again. Numbers that are not finite are null. The
    file is opened when there is something to write. Raises Failure where it cannot be written.
    """

    def __init__(self, path: Path, resumed: bool = False) -> None:
        self._path = path
        self._resumed = resumed
        self._file: TextIO | None = None

    def __enter__(self) -> LogReporter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def phase(self, name: str, done: int, steps: int) -> None:
        """Write that a phase begins."""
        self._write({"event": "phase", "phase": name, "step": done, "steps": steps})

    def tick(self, tick: Tick) -> None:
        """Write how far it has come."""
        self._write(
            {
                "event": "tick",
                "phase": tick.phase,
                "step": tick.step,
                "steps": tick.steps,
                "images": tick.images,
                "images_per_second": _finite(tick.images_per_second),
                "metrics": {name: _finite(value) for name, value in tick.metrics.items()},
            }
        )

    def note(self, sentence: str) -> None:
        """Write a sentence."""
        self._write({"event": "note", "note": sentence})

    def drawn(self, images: int, path: Path) -> None:
        """Write that a sample grid was written; its path is relative to the log's folder."""
        folder = self._path.parent
        named = path.relative_to(folder) if path.is_relative_to(folder) else path
        self._write({"event": "drawn", "images": images, "path": named.as_posix()})

    def _write(self, entry: Mapping[str, Any]) -> None:
        try:
            if self._file is None:
                self._file = self._open()
            self._write_line(self._file, entry)
        except OSError as error:
            what = f"cannot be written ({error.strerror or error})"
            raise Failure(Problem(str(self._path), what, "make room and resume")) from error

    def _open(self) -> TextIO:
        file = self._path.open("a+b")
        if file.tell() > 0:
            file.seek(-1, 2)
            # A training that was killed may have left half a line.
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.close()
        text = self._path.open("a", encoding="utf-8")
        if self._resumed:
            self._write_line(text, {"event": "resumed"})
        return text

    def _write_line(self, file: TextIO, entry: Mapping[str, Any]) -> None:
        timed = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
        file.write(json.dumps(timed, allow_nan=False, ensure_ascii=False) + "\n")
        file.flush()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
