"""Pictures a second of each painter, in training and when it draws: all in one run, by turns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from benchmarks.paired.steps import assembled, seconds_by_turns, step_of
from benchmarks.table2_extended.systems import SYSTEMS, System
from painterkit.assembly import Assembly
from painterkit.generation.draw import draw_batch
from painterkit.generation.splits import PreparedSplit

ROUNDS, STEPS = 3, 4
DRAWN = 100

Phases = dict[tuple[str, int], Callable[[], None]]


def measure_speed() -> dict[str, dict[str, float]]:
    """Return pictures a second of each system, over the pictures of all its phases, and drawing."""
    steps: Phases = {}
    draws: dict[str, Callable[[], None]] = {}
    painters = {system.name: assembled(system.recipe, system.sets) for system in SYSTEMS}
    for name, assembly in painters.items():
        draws[name] = _drawing(assembly)
    for system in SYSTEMS:
        for index in range(len(painters[system.name].recipe.phases)):
            # Each phase has parts of its own: what it does not train is frozen in them.
            assembly = assembled(system.recipe, system.sets)
            split = PreparedSplit(assembly, "train", torch.device("cpu"))
            steps[system.name, index] = step_of(assembly, split, index)
    seconds = seconds_by_turns(steps, ROUNDS, STEPS)
    drawing = seconds_by_turns(draws, ROUNDS, 1)
    return {
        system.name: {
            "training": _pace(system, painters[system.name], seconds),
            "drawing": DRAWN / drawing[system.name],
        }
        for system in SYSTEMS
    }


def _pace(system: System, assembly: Assembly, seconds: dict[tuple[str, int], float]) -> float:
    """Return the pictures a second over a whole training of the painter."""
    spent = [
        system.base.shares[phase.name] / phase.batch * seconds[system.name, index]
        for index, phase in enumerate(assembly.recipe.phases)
    ]
    return 1 / sum(spent)


def _drawing(assembly: Assembly) -> Callable[[], None]:
    split = PreparedSplit(assembly, "validation", torch.device("cpu")).with_vectors()
    batch = split.batch(np.arange(DRAWN), [max(assembly.parts.generator.resolutions)])

    def draw() -> None:
        assembly.parts.eval()
        draw_batch(assembly.parts, batch, assembly.turns, assembly.noise, range(DRAWN))

    return draw
