"""Remake docs/papers/chatpainter_table2.md: ChatPainter's comparison, on the embedded data.

    python -m benchmarks.chatpainter_table2 [--seeds 5] [--jobs 1] [--runs runs/table2]
        [--minutes M]

Trains every system with every seed and measures it; goes on where it was interrupted. A finished
run is its JSON file in docs/papers/chatpainter_table2/, and is not made again.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

from benchmarks.chatpainter_table2.measuring import measure_run
from benchmarks.chatpainter_table2.page import write_page, write_pictures
from benchmarks.chatpainter_table2.systems import BUDGET, SYSTEMS, System
from benchmarks.paired.trainings import in_turn, train, write_result
from painterkit.plugins import load_plugins

DOCS = Path(__file__).parents[2] / "docs" / "papers"
RESULTS = DOCS / "chatpainter_table2"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="runs of each system")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at once, sharing the cores")
    parser.add_argument("--runs", type=Path, default=Path("runs/table2"), help="where they train")
    parser.add_argument("--minutes", type=float, help="begin no run after so many")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)

    def finish(job: tuple[int, System]) -> None:
        seed, system = job
        run_one(system, seed, arguments.runs / f"{system.name}-{seed}", arguments.jobs)

    jobs = product(range(arguments.seeds), SYSTEMS)
    in_turn(jobs, finish, arguments.jobs, arguments.minutes)
    write_pictures(arguments.runs, DOCS)
    write_page(RESULTS, DOCS / "chatpainter_table2.md")


def run_one(system: System, seed: int, run: Path, jobs: int) -> None:
    """Train and measure one system with one seed, unless its JSON is there."""
    result = RESULTS / f"{system.name}-{seed}.json"
    if result.is_file():
        return
    print(f"{system.name}, seed {seed}", flush=True)
    sets = {**BUDGET, **system.sets, "seed": str(seed)}
    facts = train(system.recipe, sets, run, jobs)
    found = measure_run(run, system, load_plugins())
    write_result(result, {"system": system.name, "seed": seed, **facts, **found})


if __name__ == "__main__":
    main()
