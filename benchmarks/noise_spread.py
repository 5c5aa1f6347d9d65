"""What `noise_spread` costs: the share of a training step, on average over the steps.

python -m benchmarks.noise_spread tiny chatpainter_rnn neural_painter dfgan_dialogue
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import torch

from benchmarks.paired.steps import assembled, seconds_by_turns, step_of
from painterkit.assembly import Assembly
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.training_step import StepContext
from painterkit.training.precision import autocast
from painterkit_standard.adversarial import Adversarial
from painterkit_standard.spread import LOOK_EVERY


def look_of(assembly: Assembly, split: PreparedSplit, index: int) -> Callable[[], None]:
    """Return what draws a few conversations of a batch twice and compares the two."""
    step, phase = assembly.steps[index], assembly.recipe.phases[index]
    assert isinstance(step, Adversarial)
    rows = np.arange(phase.batch)
    batch = split.with_vectors().batch(rows, step.resolutions, 0, step.extras, phase=index)
    random = torch.Generator()
    context = StepContext(
        LOOK_EVERY - 1, 0, random, random, turns=assembly.turns, noise=assembly.noise
    )

    def look() -> None:
        with autocast(assembly.recipe.precision, torch.device("cpu")):
            assert step._noise_spread(assembly.parts, batch, context)

    return look


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print("recipe, phase, step in ms, drawing twice in ms, share of a step")
    for name in arguments.recipes:
        assembly = assembled(name, {"data.train": "128", "data.validation": "32"})
        split = PreparedSplit(assembly, "train", torch.device("cpu"))
        for index, phase in enumerate(assembly.recipe.phases):
            if isinstance(assembly.steps[index], Adversarial):
                work = {
                    "step": step_of(assembly, split, index),
                    "look": look_of(assembly, split, index),
                }
                took = seconds_by_turns(work, arguments.rounds, times=2)
                share = took["look"] / LOOK_EVERY / took["step"]
                milliseconds = [f"{1000 * took[one]:.0f}" for one in work]
                print(", ".join([name, phase.name, *milliseconds, f"{share:.2%}"]), flush=True)


if __name__ == "__main__":
    main()
