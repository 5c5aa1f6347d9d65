"""The chain of section 5.1 as trainings: what several systems begin with is trained once a seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.neural_painter_claims.systems import (
    JOINT,
    JOINT_IMAGES,
    PRETRAINING,
    SEEING,
    SIGHTS,
    TAKEN,
    Embedding,
    System,
)
from benchmarks.paired.trainings import Locks, train


class Chain:
    """Train systems in a folder of runs; `pace` says how much longer a naive step takes."""

    def __init__(self, runs: Path, at_once: int, pace: float) -> None:
        self.runs = runs
        self.at_once = at_once
        self.pace = pace
        self.locks = Locks()

    def train(self, system: System, seed: int) -> dict[str, Any]:
        """Train a system with a seed, after what it begins with; return what its result tells."""
        sets = {**system.sets, "seed": str(seed)}
        if system.for_equal_seconds:
            sets["phases.joint.until.images"] = str(round(JOINT_IMAGES / self.pace))
        if system.sight is not None:
            taken = ", ".join(
                f'"{name}" = "{self._pretrained(system.sight, seed)}"' for name in TAKEN
            )
            sets["weights"] = f"{{ {taken} }}"
        return train(JOINT, sets, self.runs / f"{system.name}-{seed}", self.at_once)

    def _pretrained(self, sight: Embedding, seed: int) -> Path:
        """Return the run of the reader and the painter alone; one training for all who ask."""
        run = self.runs / f"pretraining-{sight}-{seed}"
        with self.locks.of(str(run)):
            sets = {**SIGHTS[sight].parts, "seed": str(seed)}
            seen = self._seeing(sight, seed)
            if seen is not None:
                sets["weights.image_encoder"] = str(seen)
            train(PRETRAINING, sets, run, self.at_once)
            return run

    def _seeing(self, sight: Embedding, seed: int) -> Path | None:
        """Return the run of what sees the pictures; None where it comes trained."""
        training: Mapping[str, str] | None = SIGHTS[sight].training
        if training is None:
            return None
        run = self.runs / f"seeing-{sight}-{seed}"
        train(SEEING, {**training, "seed": str(seed)}, run, self.at_once)
        return run
