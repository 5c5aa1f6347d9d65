"""The folder that a training makes."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from attrs import frozen
from filelock import FileLock, Timeout

from painterkit.errors import Failure, Problem, WrongInput
from painterkit.recipe_file.read import read_text
from painterkit.user_paths import is_file, is_there

RUNS = Path("runs")
RECIPE = "recipe.toml"
FACTS = "run.json"
LOCK = ".lock"
LISTED = 5
"""How many of the runs a message lists."""


@frozen
class RunFolder:
    """A run: its recipe as resolved, and where its checkpoints and samples lie."""

    path: Path

    @property
    def recipe_text(self) -> str:
        """The recipe of the run, whole, as TOML. Raises WrongInput where it cannot be read."""
        return read_text(self.path / RECIPE)

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def samples(self) -> Path:
        """The folder of sample grids."""
        return self.path / "samples"

    @property
    def evaluation(self) -> Path:
        """The folder of what was measured."""
        return self.path / "evaluation"


def create_run(
    recipe_text: str, recipe_name: str, out: Path | None, facts: Mapping[str, Any]
) -> Path:
    """Make a run folder with its recipe and facts: `out`, or runs/NAME-0001 and up.

    Raises WrongInput where `out` holds a run or other files already, Failure where it cannot be
    written.
    """
    try:
        if out is None:
            path = _next_run(recipe_name)
        else:
            path = out
            _refuse_occupied(path)
            path.mkdir(parents=True, exist_ok=True)
        # The recipe comes last: a folder without it is no run yet.
        facts_text = json.dumps(dict(facts), indent=2) + "\n"
        (path / FACTS).write_text(facts_text, encoding="utf-8")
        partial = path / f".{RECIPE}.partial"
        partial.write_text(recipe_text, encoding="utf-8")
        partial.rename(path / RECIPE)
    except OSError as error:
        raise Failure(
            Problem(str(out or RUNS), f"cannot be written ({error})", "give another folder (--out)")
        ) from error
    return path


def open_run(path: Path) -> RunFolder:
    """Return the run at a path. Raises WrongInput where there is none."""
    if is_file(path / RECIPE):
        return RunFolder(path)
    if not is_there(path):
        what, hint = "there is no such folder", _known_runs(path)
    else:
        what, hint = f"is no run: it has no {RECIPE}", _known_runs(path)
    raise WrongInput(Problem(str(path), what, hint))


@contextmanager
def alone(run: RunFolder) -> Generator[None]:
    """Keep every other process from training the same run; the lock goes with this one.

    Raises Failure where another one is training it.
    """
    lock = FileLock(run.path / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise Failure(
            Problem(str(run.path), "is being trained by another process", "wait until it is done")
        ) from error
    try:
        yield
    finally:
        lock.release()


def _next_run(name: str) -> Path:
    RUNS.mkdir(parents=True, exist_ok=True)
    while True:
        numbers = [
            int(match.group(1))
            for path in RUNS.glob(f"{name}-*")
            if (match := re.fullmatch(re.escape(name) + r"-(\d{4,})", path.name))
        ]
        path = RUNS / f"{name}-{max(numbers, default=0) + 1:04d}"
        try:
            path.mkdir()
        except FileExistsError:
            continue  # another training took the number just now
        return path


def _refuse_occupied(path: Path) -> None:
    if (path / RECIPE).is_file():
        what, hint = "holds a run already", f"go on with it by 'painterkit train --resume {path}'"
        if not any((path / "checkpoints").glob("[0-9]*")):
            what, hint = "holds a run that has saved nothing yet", "remove it"
        raise WrongInput(Problem(str(path), what, f"{hint}, or give another folder (--out)"))
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise WrongInput(
            Problem(str(path), "is not an empty folder", "give another folder (--out)")
        )


def _known_runs(path: Path) -> str:
    """Return a hint that lists the runs there are, those whose names are most like a path first."""
    found = [str(file.parent) for file in RUNS.glob(f"*/{RECIPE}")]
    if not found:
        return "train one with 'painterkit train RECIPE'"
    close = get_close_matches(str(path), sorted(found), n=LISTED, cutoff=0.0)
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return f"runs here: {', '.join(close)}{more}"
