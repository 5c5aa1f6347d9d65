"""Draw held-out conversations and measure them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from attrs import asdict

from painterkit.errors import Failure, Problem, WrongInput
from painterkit.generation.draw import draw_batch
from painterkit.generation.painter import Painter
from painterkit.generation.words import Preparation, prepare_split
from painterkit.interfaces.metric import Drawn, Metric, MetricResult
from painterkit.plugins import LoadedPlugins
from painterkit.roles import Role
from painterkit.settings import Use, has_setting
from painterkit.structure import WrongData, structure

BATCH = 100


def evaluate(
    painter: Painter,
    plugins: LoadedPlugins,
    metrics: Sequence[str],
    seed: int = 0,
    conversations: int | None = None,
    progress: Preparation | None = None,
) -> dict[str, MetricResult]:
    """Measure a painter by metrics named as in `list metric`; return their results by name.

    Each held-out conversation is drawn once, with the noise of seed + its row. Raises WrongInput
    for an unknown metric, or a number of conversations that it cannot have.
    """
    if not metrics:
        raise WrongInput(Problem("metrics", "there is none to measure", "name at least one"))
    built = {name: _build_metric(name, painter, plugins, conversations) for name in metrics}
    return measure(painter, built, seed, progress)


def measure(
    painter: Painter,
    metrics: Mapping[str, Metric],
    seed: int = 0,
    progress: Preparation | None = None,
) -> dict[str, MetricResult]:
    """Draw held-out conversations, and show each metric as many as it wants."""
    validation = prepare_split(painter.assembly, "validation", painter.device, progress)
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
    return {name: metric.result() for name, metric in metrics.items()}


def _build_metric(
    name: str, painter: Painter, plugins: LoadedPlugins, conversations: int | None
) -> Metric:
    component = plugins.registry.find(Role.METRIC, name).component
    table = {}
    if conversations is not None and has_setting(component.settings, "conversations"):
        table["conversations"] = conversations
    try:
        settings = structure(table, component.settings, plugins.registry)
    except WrongData as error:
        raise WrongInput(
            Problem(f"{name}.{'.'.join(map(str, p.path))}", p.what, p.hint) for p in error.problems
        ) from error
    return painter.assembly.context.build(Role.METRIC, Use(name, settings))


def write_results(folder: Path, results: Mapping[str, MetricResult]) -> None:
    """Write each result as JSON into a folder. Raises Failure where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, result in results.items():
            text = json.dumps(asdict(result), indent=2) + "\n"
            (folder / f"{name.replace(':', '-')}.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(Problem(str(folder), f"cannot be written ({error})")) from error
