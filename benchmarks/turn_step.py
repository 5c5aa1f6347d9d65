"""What a training step of the Neural Painter costs by the number of turns: memory and time.

    python benchmarks/turn_step.py [--turns 1 2 4 8 16] [--batch 32] [--steps 3]
        [--precision fp32] [--json]

Parts, losses and optimizers are those of the last phase of recipes/neural_painter.toml, on the CPU;
the batch is made up, every conversation of exactly so many turns. Measured by three switches:

- the turn-sampler: `every-turn`, the naive approach of Fig. 3, or `uniform-time`, algorithm 1, here
  always drawn at its last moment, which is its worst case;
- `truncation`: none, or 1, which cuts the generator's memory before the drawn turn;
- `save_memory` of the generator and the discriminators, off or on.

Each is measured in a process of its own. The memory is its largest resident size, less what that
had come to before the first step, with PyTorch, parts and batch in it: so gradients, Adam's
averages and the code of the kernels are counted as the step's. The time is the best of the steps
after a first one, which also makes Adam's averages.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # the parent stays small: a child's peak begins with the size of its parent
    from torch import Generator, Tensor

    from painterkit.assembly import Assembly
    from painterkit.data import Batch
    from painterkit.training.phase import ActivePhase

RECIPE, PHASE = "neural_painter", "joint"
WAYS = tuple(product(("every-turn", "uniform-time"), (None, 1), (False, True)))
"""The turn-sampler, the truncation and `save_memory` of each way to make a step."""


class Case(NamedTuple):
    """The turns of a conversation, and how a step is to be made."""

    turns: int
    sampler: str
    truncation: int | None
    save_memory: bool


class LastMoment:
    """Draw once, after the last turn, and pass through those before: uniform time at its worst."""

    first = 0

    def sample(self, lengths: Tensor, generator: Generator) -> Tensor:
        """Return [B, 1]."""
        return (lengths - 1).unsqueeze(1)


def assembled(case: Case, batch: int, cache: Path) -> Assembly:
    import torch

    from painterkit.assembly import assemble, build_dataset
    from painterkit.plugins import load_plugins
    from painterkit.recipe_file.load import load_recipe
    from painterkit.recipe_file.schema import Recipe
    from painterkit.structure import structure

    saving = json.dumps(case.save_memory)
    sets = [
        "samplers.turns.use=every-turn",
        f"phases.{PHASE}.batch={batch}",
        f"parts.generator.save_memory={saving}",
        f"parts.discriminators.32.save_memory={saving}",
        f"parts.discriminators.64.save_memory={saving}",
    ]
    plugins = load_plugins()
    table = load_recipe(RECIPE, plugins, sets).data
    [phase] = [one for one in table["phases"] if one["name"] == PHASE]
    phase["step"].pop("truncation", None)
    if case.truncation is not None:
        phase["step"]["truncation"] = case.truncation
    recipe = structure(table, Recipe, plugins.registry)
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset)
    assembly.parts.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    return assembly


def made_up_batch(assembly: Assembly, phase: ActivePhase, size: int, turns: int) -> Batch:
    """Return random pictures, turns and facts; nothing is said before the first turn."""
    import torch

    from painterkit.data import Batch
    from painterkit.data.facts import UNKNOWN

    random = torch.Generator().manual_seed(0)
    parts, attributes = assembly.parts, len(assembly.dataset.attributes)
    truth = torch.randint(2, (size, attributes), generator=random)
    said = torch.randint(2, (size, turns + 1, attributes), generator=random)
    said[:, 0] = UNKNOWN
    return Batch(
        rows=torch.arange(size),
        image_rows=torch.arange(size),
        images={
            resolution: 2 * torch.rand(size, 3, resolution, resolution, generator=random) - 1
            for resolution in phase.step.resolutions
        },
        captions=torch.zeros(size, parts.caption_encoder.width),
        turns=torch.randn(size, turns, parts.turn_encoder.width, generator=random),
        turn_mask=torch.ones(size, turns, dtype=torch.bool),
        said=said,
        truth=truth,
    )


def peak_bytes() -> int:
    """Return the largest resident size of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(case: Case, options: argparse.Namespace) -> dict[str, float]:
    """Make some steps as the trainer does; return the best one's seconds and the peak."""
    import torch

    from painterkit.interfaces.training_step import StepContext
    from painterkit.training.phase import ActivePhase
    from painterkit.training.precision import autocast

    device = torch.device("cpu")
    with tempfile.TemporaryDirectory() as cache:
        assembly = assembled(case, options.batch, Path(cache))
    index = [phase.name for phase in assembly.recipe.phases].index(PHASE)
    phase = ActivePhase(assembly, index, options.batch)
    batch = made_up_batch(assembly, phase, options.batch, case.turns)
    turns = LastMoment() if case.sampler == "uniform-time" else assembly.turns
    shared, local = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    before, seconds = peak_bytes(), []
    for step in range(1 + options.steps):
        start = time.perf_counter()
        context = StepContext(step, 0, shared, local, turns, assembly.noise)
        updates = phase.step.step(assembly.parts, batch, context)
        while True:
            with autocast(options.precision, device):
                update = next(updates, None)
            if update is None:
                break
            phase.apply(update, step)
            if not bool(torch.isfinite(update.loss)):
                raise SystemExit("a loss is not finite")
        if phase.average is not None:
            phase.average.update()
        seconds.append(time.perf_counter() - start)
    return {
        "peak_mebibytes": round((peak_bytes() - before) / 2**20),
        "baseline_mebibytes": round(before / 2**20),
        "threads": torch.get_num_threads(),
        "seconds": round(min(seconds[1:]), 2),
    }


def table_of(found: Mapping[Case, Mapping[str, float]], turns: Sequence[int]) -> str:
    """Return a table in Markdown: a line for each way to make a step, a column for each T."""
    heads = ["sampler", "truncation", "save_memory", *(f"T = {count}" for count in turns)]
    lines = [heads, ["---"] * len(heads)]
    for sampler, truncation, saving in WAYS:
        rows = [found[Case(count, sampler, truncation, saving)] for count in turns]
        cells = [f"{row['peak_mebibytes']:,} MiB, {row['seconds']:.2f} s" for row in rows]
        lines.append([sampler, str(truncation or "none"), "on" if saving else "off", *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(Case(*options.child), options)))
        return
    found: dict[Case, dict[str, float]] = {}
    for turns, way in product(options.turns, WAYS):
        case = Case(turns, *way)
        command = [sys.executable, *sys.argv, f"--child={json.dumps(case)}"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[case] = json.loads(done.stdout)
    if options.json:
        told = {"recipe": RECIPE, "batch": options.batch, "precision": options.precision}
        rows = [{**case._asdict(), **row} for case, row in found.items()]
        print(json.dumps({**told, "rows": rows}, indent=2))
        return
    print(table_of(found, options.turns))


if __name__ == "__main__":
    main()
