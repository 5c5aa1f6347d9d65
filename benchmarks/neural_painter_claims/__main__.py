"""Remake docs/papers/neural_painter_claims.md: the Neural Painter's claims, on the embedded data.

    python -m benchmarks.neural_painter_claims [--seeds 5] [--jobs 1] [--runs runs/claims]
        [--minutes M]

Trains every system with as many seeds as it has, and measures it; goes on where it was interrupted.
A finished run is its JSON file in docs/papers/neural_painter_claims/, and is not made again.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import torch

from benchmarks.neural_painter_claims.chain import Chain
from benchmarks.neural_painter_claims.measuring import measure_run
from benchmarks.neural_painter_claims.pace import measure_pace
from benchmarks.neural_painter_claims.page import write_page
from benchmarks.neural_painter_claims.pictures import write_picture
from benchmarks.neural_painter_claims.systems import SYSTEMS, System
from benchmarks.paired.trainings import in_turn, write_result
from painterkit.plugins import load_plugins

DOCS = Path(__file__).parents[2] / "docs" / "papers"
RESULTS = DOCS / "neural_painter_claims"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="the most runs of each system")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at once, sharing the cores")
    parser.add_argument("--runs", type=Path, default=Path("runs/claims"), help="where they train")
    parser.add_argument("--minutes", type=float, help="begin no run after so many")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // arguments.jobs))
    chain = Chain(arguments.runs, arguments.jobs, known_pace())

    def finish(job: tuple[int, System]) -> None:
        run_one(chain, job[1], job[0])

    jobs = [
        (seed, system)
        for seed in range(arguments.seeds)
        for system in SYSTEMS
        if seed < system.seeds
    ]
    in_turn(jobs, finish, arguments.jobs, arguments.minutes)
    write_picture(arguments.runs, DOCS / "neural_painter_claims.png")
    write_page(RESULTS, DOCS / "neural_painter_claims.md")


def known_pace() -> float:
    """Return how much longer a naive step takes, measured once."""
    file = RESULTS / "pace.json"
    if not file.is_file():
        write_result(file, measure_pace())
    return float(json.loads(file.read_text(encoding="utf-8"))["ratio"])


def run_one(chain: Chain, system: System, seed: int) -> None:
    """Train and measure one system with one seed, unless its JSON is there."""
    result = RESULTS / f"{system.name}-{seed}.json"
    if result.is_file():
        return
    print(f"{system.name}, seed {seed}", flush=True)
    facts = chain.train(system, seed)
    found = measure_run(chain.runs / f"{system.name}-{seed}", load_plugins())
    write_result(result, {"system": system.name, "seed": seed, **facts, **found})


if __name__ == "__main__":
    main()
