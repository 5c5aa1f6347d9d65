"""How much longer a naive step takes than one at a uniform time: both in one run, by turns."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from benchmarks.neural_painter_claims.systems import CUT, JOINT, NAIVE
from painterkit.assembly import assemble, build_dataset
from painterkit.data.prepared import cache_folder
from painterkit.generation.splits import PreparedSplit
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.training.finite import Sums
from painterkit.training.phase import ActivePhase
from painterkit.training.trainer import Trainer

ROUNDS = 4
STEPS = 12
"""So many steps a round: the moments of several batches are among them."""


def measure_pace() -> dict[str, float]:
    """Return the seconds of a step of both, and their ratio, naive to uniform."""
    steps = {"uniform": _step_of(CUT), "naive": _step_of(NAIVE)}
    seconds = dict.fromkeys(steps, 0.0)
    for turn in range(ROUNDS + 1):
        for name, step in steps.items():
            started = time.perf_counter()
            for _ in range(STEPS):
                step()
            if turn:  # the first round warms up
                seconds[name] += time.perf_counter() - started
    counted = {name: total / (ROUNDS * STEPS) for name, total in seconds.items()}
    return {**counted, "ratio": counted["naive"] / counted["uniform"]}


def _step_of(sets: dict[str, str]) -> Callable[[], None]:
    """Return what makes the next training step of the joint phase."""
    plugins, cache = load_plugins(), cache_folder()
    recipe = load_recipe(JOINT, plugins, [f"{key}={value}" for key, value in sets.items()]).recipe
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset)
    assembly.parts.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    split = PreparedSplit(assembly, "train", torch.device("cpu"))
    trainer = Trainer(
        assembly, split, [], lambda _: None, lambda _: None, lambda: False, torch.device("cpu")
    )
    phase = ActivePhase(assembly, 0, len(split.conversations))
    phase.set_modes()
    batches, sums = split.with_vectors(), Sums()
    return lambda: trainer._step(phase, batches, sums)
