"""Remake docs/papers/table2_extended.md: the bases, each with and without the dialogue.

    python -m benchmarks.table2_extended [--seeds 3] [--jobs 1] [--runs runs/table2_extended]
        [--minutes M]

Trains every system with every seed and measures it; goes on where it was interrupted. A finished
run is its JSON file in docs/papers/table2_extended/, and is not made again.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import torch

from benchmarks.paired.trainings import Locks, in_turn, train, write_result
from benchmarks.table2_extended.measuring import measure_run
from benchmarks.table2_extended.page import write_page, write_picture
from benchmarks.table2_extended.speed import measure_speed
from benchmarks.table2_extended.systems import SEEDS, SYSTEMS, Reading, System, recipe_path
from painterkit.plugins import load_plugins

DOCS = Path(__file__).parents[2] / "docs" / "papers"
RESULTS = DOCS / "table2_extended"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="runs of each system")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at once, sharing the cores")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs/table2_extended"), help="where they train"
    )
    parser.add_argument("--minutes", type=float, help="begin no run after so many")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    speed = RESULTS / "speed.json"
    if not speed.is_file():
        write_result(speed, measure_speed())
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // arguments.jobs))
    paces = json.loads(speed.read_text(encoding="utf-8"))
    chain = Chain(arguments.runs, arguments.jobs, paces)
    jobs = product(range(arguments.seeds), SYSTEMS)
    in_turn(jobs, chain.finish, arguments.jobs, arguments.minutes)
    write_picture(arguments.runs, RESULTS, DOCS / "table2_extended.png")
    write_page(RESULTS, DOCS / "table2_extended.md")


class Chain:
    """Train systems in a folder of runs; what reads for several is trained once a seed."""

    def __init__(self, runs: Path, at_once: int, paces: Mapping[str, Mapping[str, float]]) -> None:
        self.runs = runs
        self.at_once = at_once
        self.paces = paces
        self.locks = Locks()

    def finish(self, job: tuple[int, System]) -> None:
        """Train and measure one system with one seed, unless its JSON is there."""
        seed, system = job
        result = RESULTS / f"{system.name}-{seed}.json"
        if result.is_file():
            return
        print(f"{system.name}, seed {seed}", flush=True)
        run = self.runs / f"{system.name}-{seed}"
        # With and without the dialogue a base sees as many pictures.
        pace = self.paces[f"{system.base.recipe}-dialogue"]["training"]
        sets = {**system.sets, **system.budget(pace), "seed": str(seed)}
        if system.reading is not None:
            sets["weights"] = self._weights(system.reading, seed)
        facts = train(system.recipe, sets, run, self.at_once)
        found = measure_run(run, load_plugins())
        write_result(result, {"system": system.name, "seed": seed, **facts, **found})

    def _weights(self, reading: Reading, seed: int) -> str:
        """Return the table of weights that a painter takes from what reads for it."""
        run = self.runs / f"{reading.recipe}-{seed}"
        with self.locks.of(str(run)):
            train(recipe_path(reading.recipe), {"seed": str(seed)}, run, self.at_once)
        return "{ " + ", ".join(f'{name} = "{run}"' for name in reading.taken) + " }"


if __name__ == "__main__":
    main()
