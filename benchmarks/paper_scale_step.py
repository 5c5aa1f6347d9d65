"""Peak memory and seconds of one step of Stage-II at the paper's size, on the CPU.

    python benchmarks/paper_scale_step.py [--condition 3072] [--batch 16] [--steps 2]
        [--precision fp32] [--json]

64 to 256 px, 128 channels in the generator, 64 in the discriminator, as in recipes/paper. With
and without `save_memory`, each in a process of its own, whose largest resident size counts: the
weights, gradients and Adam's averages of Stage-II and its discriminator, Stage-I and the
dialogue encoder, which are frozen, and PyTorch itself. The texts' vectors are random numbers.
The time is that of the last step: the first one also makes Adam's averages and compiles kernels.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the parent stays small: a child's peak begins with the size of its parent
    from torch import Tensor

    from painterkit.assembly import Assembly
    from painterkit.data import Batch

CAPTION = 1024
TURN = 4800
TURNS = 10
DIALOGUES = {
    1024: {"use": "none"},
    3072: {"use": "bilstm", "hidden": 1024, "hidden_counts": "each"},
    5824: {"use": "non-recurrent"},
}
"""The dialogue encoders of the papers by the width of the embedding that they make."""

RESOLUTION = 256


def recipe_of(condition: int, batch: int, save_memory: bool) -> dict[str, Any]:
    return {
        "painterkit": 1,
        "name": "paper_scale",
        "data": "avatars",  # asked for nothing: the batch is made up
        "parts": {
            "caption_encoder": {"use": "hashed-words", "width": CAPTION},
            "turn_encoder": {"use": "hashed-words", "width": TURN},
            "dialogue_encoder": DIALOGUES[condition],
            "generator": {"use": "stackgan", "save_memory": save_memory},
            "discriminators": {
                "256": {"use": "stackgan", "reads": "code", "save_memory": save_memory}
            },
        },
        "phases": [
            {
                "name": "stage-2",
                "until": {"steps": 1},
                "batch": batch,
                "optimizers": {
                    "generator": {"train": ["generator.stage2"]},
                    "discriminator": {"train": ["discriminators.256"]},
                },
                "step": {
                    "use": "adversarial",
                    "resolutions": [RESOLUTION],
                    "losses": {"matching": "matching-aware", "kl": "kl"},
                },
            }
        ],
    }


def assembled(table: dict[str, Any], cache: Path) -> Assembly:
    from painterkit.assembly import assemble
    from painterkit.plugins import load_plugins
    from painterkit.recipe_file.schema import Recipe
    from painterkit.structure import structure
    from painterkit.testing import SampleDataset

    registry = load_plugins().registry
    recipe = structure(table, Recipe, registry)
    return assemble(recipe, registry, cache, SampleDataset(RESOLUTION))


def random_batch(size: int) -> Batch:
    import torch

    from painterkit.data import Batch

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=torch.Generator().manual_seed(0))

    return Batch(
        rows=torch.arange(size),
        image_rows=torch.arange(size),
        images={RESOLUTION: normal(size, 3, RESOLUTION, RESOLUTION).clamp(-1, 1)},
        captions=normal(size, CAPTION),
        turns=normal(size, TURNS, TURN),
        turn_mask=torch.ones(size, TURNS, dtype=torch.bool),
    )


def measure(options: argparse.Namespace) -> dict[str, float]:
    """Make some steps as the trainer does; return the last one's seconds and the peak."""
    import torch

    from painterkit.interfaces.training_step import StepContext
    from painterkit.training.phase import ActivePhase
    from painterkit.training.precision import autocast

    device = torch.device("cpu")
    with tempfile.TemporaryDirectory() as cache:
        table = recipe_of(options.condition, options.batch, options.child == "saving")
        assembly = assembled(table, Path(cache))
    assembly.parts.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    phase, batch = ActivePhase(assembly, 0, options.batch), random_batch(options.batch)
    shared, local = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    seconds = 0.0
    for step in range(options.steps):
        start = time.perf_counter()
        context = StepContext(step, 0, shared, local, assembly.turns, assembly.noise)
        updates = phase.step.step(assembly.parts, batch, context)
        while True:
            with autocast(options.precision, device):
                update = next(updates, None)
            if update is None:
                break
            phase.apply(update, step)
            if not bool(torch.isfinite(update.loss)):
                raise SystemExit("a loss is not finite")
        seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return {"peak_gigabytes": round(peak / 1e9, 2), "seconds": round(seconds, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--condition", type=int, default=3072, choices=list(DIALOGUES))
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16", "auto"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=["keeping", "saving"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options)))
        return
    found: dict[str, dict[str, float]] = {}
    for kind in ("keeping", "saving"):
        command = [sys.executable, *sys.argv, f"--child={kind}"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[kind] = json.loads(done.stdout)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for kind, words in (("keeping", "without save_memory"), ("saving", "with save_memory")):
        one = found[kind]
        print(f"{words}: {one['peak_gigabytes']:.2f} GB at the peak, {one['seconds']:.1f} s a step")


if __name__ == "__main__":
    main()
