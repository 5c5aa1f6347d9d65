"""Training steps to be timed, each as the trainer makes it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import torch

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.data.prepared import cache_folder
from painterkit.generation.splits import PreparedSplit
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.training.finite import Sums
from painterkit.training.phase import ActivePhase
from painterkit.training.trainer import Trainer

Name = TypeVar("Name")


def assembled(recipe: str, sets: Mapping[str, str]) -> Assembly:
    """Assemble a recipe as a training does, untrained."""
    plugins, cache = load_plugins(), cache_folder()
    loaded = load_recipe(recipe, plugins, [f"{key}={value}" for key, value in sets.items()]).recipe
    dataset = build_dataset(loaded, plugins.registry, cache)
    assembly = assemble(loaded, plugins.registry, cache, dataset)
    assembly.parts.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    return assembly


def step_of(assembly: Assembly, split: PreparedSplit, phase_index: int) -> Callable[[], None]:
    """Return what makes the next training step of a phase."""
    trainer = Trainer(
        assembly, split, [], lambda _: None, lambda _: None, lambda: False, torch.device("cpu")
    )
    phase = ActivePhase(assembly, phase_index, len(split.conversations))
    phase.set_modes()
    batches, sums = trainer._batches(phase.step), Sums()
    return lambda: trainer._step(phase, batches, sums)


def seconds_by_turns(
    work: Mapping[Name, Callable[[], None]], rounds: int, times: int
) -> dict[Name, float]:
    """Return the seconds each takes once: by turns, `times` a round; one round warms up."""
    seconds = dict.fromkeys(work, 0.0)
    for turn in range(rounds + 1):
        for name, one in work.items():
            started = time.perf_counter()
            for _ in range(times):
                one()
            if turn:
                seconds[name] += time.perf_counter() - started
    return {name: total / (rounds * times) for name, total in seconds.items()}
