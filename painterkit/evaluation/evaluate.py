"""Draw held-out conversations and measure them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from attrs import asdict, evolve

from painterkit.errors import Failure, Problem
from painterkit.evaluation.metric_slots import MetricSlot, metric_slots
from painterkit.generation.draw import draw_batch
from painterkit.generation.painter import Painter
from painterkit.generation.splits import Preparation, PreparedSplit
from painterkit.interfaces.metric import Drawn, Metric, MetricResult
from painterkit.plugins import LoadedPlugins
from painterkit.roles import Role

BATCH = 100


def evaluate(
    painter: Painter,
    plugins: LoadedPlugins,
    metrics: Sequence[MetricSlot],
    seed: int = 0,
    conversations: int | None = None,
    progress: Preparation | None = None,
) -> dict[str, MetricResult]:
    """Measure a painter by metrics named as in `list metric`; return their results by name.

    A metric with settings is written as in a recipe: {"use": "classifier-score", "splits": 5}.
    Each held-out conversation is drawn once, with the noise of seed + its row. Raises WrongInput
    for an unknown metric, or settings that it cannot have.
    """
    slots = metric_slots(metrics, plugins.registry, conversations=conversations)
    context = painter.assembly.context
    built = {name: context.build(Role.METRIC, slot) for name, slot in slots.items()}
    return measure(painter, built, seed, progress)


def measure(
    painter: Painter,
    metrics: Mapping[str, Metric],
    seed: int = 0,
    progress: Preparation | None = None,
) -> dict[str, MetricResult]:
    """Draw held-out conversations, and show each metric as many as it wants."""
    split = PreparedSplit(painter.assembly, "validation", painter.device, progress)
    validation = split.with_vectors()
    wanted = max(metric.conversations for metric in metrics.values())
    count = min(wanted, len(validation.conversations))
    for start in range(0, count, BATCH):
        rows = np.arange(start, min(start + BATCH, count))
        batch = validation.batch(rows, [painter.resolution])
        images = draw_batch(
            painter.assembly.parts,
            batch,
            painter.assembly.turns,
            painter.assembly.noise,
            [seed + int(row) for row in rows],
            painter.resolution,
        )[painter.resolution]
        truth = batch.images[painter.resolution]
        for metric in metrics.values():
            stop = min(metric.conversations - start, len(rows))
            if stop > 0:
                conversations = validation.conversations[start : start + stop]
                metric.add(Drawn(conversations, images[:stop], truth[:stop]))
        if progress is not None:
            progress("drawing", int(rows[-1]) + 1, count)
    return {name: _with_seed(metric.result(), seed) for name, metric in metrics.items()}


def _with_seed(result: MetricResult, seed: int) -> MetricResult:
    """Add the seed of the noise to a protocol: a metric does not know it."""
    return evolve(result, protocol={**result.protocol, "noise_seed": seed})


def write_results(folder: Path, results: Mapping[str, MetricResult]) -> None:
    """Write each result as JSON into a folder. Raises Failure where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, result in results.items():
            text = json.dumps(asdict(result), indent=2) + "\n"
            (folder / f"{name.replace(':', '-')}.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(Problem(str(folder), f"cannot be written ({error})")) from error
