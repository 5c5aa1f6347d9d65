"""How much longer a naive step takes than one at a uniform time: both in one run, by turns."""

from __future__ import annotations

from collections.abc import Callable

import torch

from benchmarks.neural_painter_claims.systems import CUT, JOINT, NAIVE
from benchmarks.paired.steps import assembled, seconds_by_turns, step_of
from painterkit.generation.splits import PreparedSplit

ROUNDS = 4
STEPS = 12
"""So many steps a round: the moments of several batches are among them."""


def measure_pace() -> dict[str, float]:
    """Return the seconds of a step of both, and their ratio, naive to uniform."""
    steps = {"uniform": _step(CUT), "naive": _step(NAIVE)}
    counted = seconds_by_turns(steps, ROUNDS, STEPS)
    return {**counted, "ratio": counted["naive"] / counted["uniform"]}


def _step(sets: dict[str, str]) -> Callable[[], None]:
    assembly = assembled(JOINT, sets)
    return step_of(assembly, PreparedSplit(assembly, "train", torch.device("cpu")), 0)
