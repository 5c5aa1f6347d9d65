"""Trainings of an experiment: one that was killed goes on, a finished one is not made again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import torch

from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.render import render_recipe

Sets = Mapping[str, str]
Job = TypeVar("Job")


class Locks:
    """A lock for each name: what several jobs begin with is trained by one of them."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: dict[str, Lock] = {}

    def of(self, name: str) -> Lock:
        """Return the lock of a name."""
        with self._guard:
            return self._locks.setdefault(name, Lock())


def in_turn(
    jobs: Iterable[Job], work: Callable[[Job], None], at_once: int, minutes: float | None
) -> None:
    """Do the jobs in their order, `at_once` at a time; begin none after so many minutes."""
    deadline = time.monotonic() + 60 * minutes if minutes else float("inf")

    def begin(job: Job) -> None:
        if time.monotonic() < deadline:
            work(job)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(begin, jobs))


def train(recipe: str, sets: Sets, run: Path, at_once: int) -> dict[str, Any]:
    """Train a recipe to its end, sharing the cores; return what a result tells of it."""
    threads = str(max(1, (os.cpu_count() or 1) // at_once))
    environment = {**os.environ, "OMP_NUM_THREADS": threads} if at_once > 1 else dict(os.environ)
    subprocess.run(command(recipe, sets, run), check=True, env=environment)
    return {
        "recipe": recipe,
        "set": dict(sets),
        "seconds": round(seconds_of(run)),
        "trainings_at_once": at_once,
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }


def seconds_of(run: Path) -> float:
    """Return how long a run was trained, by its log, without the pauses before it was resumed.

    What is prepared before the log's first line, as drawn faces and their vectors, is not counted.
    A line that was cut off when a training was killed is passed over.
    """
    lines = (run / "log.jsonl").read_text(encoding="utf-8").splitlines()
    entries = (entry for line in lines if (entry := entry_of(line)))
    told = [(datetime.fromisoformat(entry["time"]), entry["event"]) for entry in entries]
    steps = ((b - a).total_seconds() for (a, _), (b, event) in pairwise(told) if event != "resumed")
    return sum(steps)


def entry_of(line: str) -> dict[str, Any] | None:
    """Return what a line of a log tells; None if it was cut off."""
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def command(recipe: str, sets: Sets, run: Path) -> list[str]:
    """Return the command that trains a recipe, or goes on where it was killed.

    What is left of another recipe or budget is removed.
    """
    start = [sys.executable, "-m", "painterkit", "train"]
    texts = [f"{key}={value}" for key, value in sets.items()]
    wanted = render_recipe(load_recipe(recipe, load_plugins(), texts).recipe)
    made = run / "recipe.toml"
    if made.is_file() and made.read_text(encoding="utf-8") == wanted:
        return [*start, "--resume", str(run)]
    shutil.rmtree(run, ignore_errors=True)
    given = [word for text in texts for word in ("--set", text)]
    return [*start, recipe, "--out", str(run), *given]


def write_result(file: Path, found: Mapping[str, Any]) -> None:
    """Write a result whole or not at all."""
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(found) + "\n", encoding="utf-8")
    partial.replace(file)
