"""Remake docs/papers/chatpainter_table2.md: ChatPainter's comparison, on the embedded data.

    python benchmarks/chatpainter_table2 [--seeds 5] [--jobs 1] [--runs runs/table2] [--minutes M]

Trains every system with every seed and measures it; goes on where it was interrupted. A finished
run is its JSON file in docs/papers/chatpainter_table2/, and is not made again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import torch
from measuring import measure_run
from page import write_page, write_pictures
from systems import BUDGET, SYSTEMS, System

from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.render import render_recipe

DOCS = Path(__file__).parents[2] / "docs" / "papers"
RESULTS = DOCS / "chatpainter_table2"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="runs of each system")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at once, sharing the cores")
    parser.add_argument("--runs", type=Path, default=Path("runs/table2"), help="where they train")
    parser.add_argument("--minutes", type=float, help="begin no run after so many")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + 60 * arguments.minutes if arguments.minutes else float("inf")

    def finish(job: tuple[int, System]) -> None:
        seed, system = job
        if time.monotonic() < deadline:
            run_one(system, seed, arguments.runs / f"{system.name}-{seed}", arguments.jobs)

    with ThreadPoolExecutor(arguments.jobs) as pool:
        list(pool.map(finish, product(range(arguments.seeds), SYSTEMS)))
    write_pictures(arguments.runs, DOCS)
    write_page(RESULTS, DOCS / "chatpainter_table2.md")


def run_one(system: System, seed: int, run: Path, jobs: int) -> None:
    """Train and measure one system with one seed, unless its JSON is there."""
    result = RESULTS / f"{system.name}-{seed}.json"
    if result.is_file():
        return
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    environment = {**os.environ, "OMP_NUM_THREADS": threads} if jobs > 1 else dict(os.environ)
    print(f"{system.name}, seed {seed}", flush=True)
    sets = {**BUDGET, **system.sets, "seed": str(seed)}
    started = time.monotonic()
    subprocess.run(command(system.recipe, sets, run), check=True, env=environment)
    found = measure_run(run, system, load_plugins())
    facts = {
        "system": system.name,
        "seed": seed,
        "recipe": system.recipe,
        "set": sets,
        "seconds": round(time.monotonic() - started),
        "trainings_at_once": jobs,
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }
    partial = result.with_suffix(".partial")
    partial.write_text(json.dumps({**facts, **found}) + "\n", encoding="utf-8")
    partial.replace(result)


def command(recipe: str, sets: dict[str, str], run: Path) -> list[str]:
    """Return the command that trains it, or goes on where it was killed.

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


if __name__ == "__main__":
    main()
