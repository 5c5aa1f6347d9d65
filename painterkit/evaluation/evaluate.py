"""Draw held-out conversations and measure them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from attrs import evolve

from painterkit.checkpoints.data_digest import require_same_data
from painterkit.data.batches import Batches
from painterkit.evaluation.metric_slots import MetricSlot, metric_slots
from painterkit.generation.draw import draw_batch, draw_turns
from painterkit.generation.painter import Painter
from painterkit.generation.splits import Preparation, PreparedSplit
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, Draws, Metric, MetricResult
from painterkit.plugins import LoadedPlugins
from painterkit.roles import Role
from painterkit.settings import Use

BATCH = 100

NOISE_STEP = 1_000_000
"""Between the seeds of two noises of one conversation."""


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
    Held-out conversations are drawn as `draw_rows` draws them, as often as a metric wants. Raises
    WrongInput for an unknown metric, or settings that it cannot have, and Failure as `held_out`
    does.
    """
    slots = metric_slots(metrics, plugins.registry, conversations=conversations)
    return measure(painter, built_metrics(painter, slots), seed, progress)


def built_metrics(painter: Painter, slots: Mapping[str, Use]) -> dict[str, Metric]:
    """Build metrics for the data of a painter. Raises WrongInput for one that cannot measure it."""
    context = metric_context(painter)
    return {name: context.build(Role.METRIC, slot) for name, slot in slots.items()}


def metric_context(painter: Painter) -> BuildContext:
    """Return what a metric is built from: what the painter's parts were, and its encoders."""
    parts = painter.assembly.parts
    return evolve(
        painter.assembly.context,
        caption_encoder=parts.caption_encoder,
        image_encoder=parts.image_encoder if painter.sees else None,
    )


def held_out(painter: Painter, progress: Preparation | None = None) -> Batches:
    """Prepare the held-out conversations of a painter's data.

    Raises Failure where they are not those that its run held out: it may have been trained on them.
    """
    if painter.checkpoint is not None:
        conversations = painter.assembly.dataset.conversations("validation")
        require_same_data(painter.checkpoint.run, {"validation": conversations})
    return PreparedSplit(painter.assembly, "validation", painter.device, progress).with_vectors()


def measure(
    painter: Painter,
    metrics: Mapping[str, Metric],
    seed: int = 0,
    progress: Preparation | None = None,
) -> dict[str, MetricResult]:
    """Measure a painter on its held-out conversations by all metrics, and return the results.

    Raises Failure as `held_out` does.
    """
    results = dict(measure_each(painter, metrics, held_out(painter, progress), seed, progress))
    return {name: results[name] for name in metrics}


def measure_each(
    painter: Painter,
    metrics: Mapping[str, Metric],
    validation: Batches,
    seed: int = 0,
    progress: Preparation | None = None,
) -> Iterator[tuple[str, MetricResult]]:
    """Draw conversations, and show each metric as many as it wants, as it wants them.

    Metrics that want the same share one drawing; what they found is given before the next one.
    """
    by_draws: dict[Draws, dict[str, Metric]] = {}
    for name, metric in metrics.items():
        by_draws.setdefault(metric.draws, {})[name] = metric
    for draws, sharing in by_draws.items():
        _show(painter, validation, draws, list(sharing.values()), seed, progress)
        for name, metric in sharing.items():
            yield name, _with_seed(metric.result(), seed)


def _show(
    painter: Painter,
    validation: Batches,
    draws: Draws,
    metrics: Sequence[Metric],
    seed: int,
    progress: Preparation | None,
) -> None:
    wanted = max(metric.conversations for metric in metrics)
    count = min(wanted, len(validation.conversations))
    together = max(1, BATCH // draws.noises)
    for start in range(0, count, together):
        rows = np.arange(start, min(start + together, count))
        drawn = draw_rows(painter, validation, rows, draws, seed)
        for metric in metrics:
            stop = min(metric.conversations - start, len(rows)) * draws.noises
            if stop > 0:
                metric.add(_first(drawn, stop))
        if progress is not None:
            progress("drawing", int(rows[-1]) + 1, count)


def draw_rows(
    painter: Painter,
    split: Batches,
    rows: npt.NDArray[np.int64],
    draws: Draws,
    seed: int = 0,
) -> Drawn:
    """Draw conversations of a split as a metric wants them.

    The first noise of a row is that of seed + row, the next one that of NOISE_STEP more.
    """
    repeated = rows.repeat(draws.noises)
    number = np.tile(np.arange(draws.noises), len(rows))
    seeds = [seed + int(s) for s in repeated + NOISE_STEP * number]
    batch = split.batch(repeated, [painter.resolution])
    conversations = [split.conversations[row] for row in repeated.tolist()]
    truth = batch.images[painter.resolution]
    assembly = painter.assembly
    given = (assembly.parts, batch, assembly.turns, assembly.noise, seeds, painter.resolution)
    if not draws.every_turn:
        return Drawn(conversations, draw_batch(*given)[painter.resolution], truth)
    turns = draw_turns(*given)
    return Drawn(conversations, turns.images[:, -1], truth, turns.images, turns.moments)


def _first(drawn: Drawn, count: int) -> Drawn:
    return Drawn(
        drawn.conversations[:count],
        drawn.images[:count],
        drawn.truth[:count],
        None if drawn.turns is None else drawn.turns[:count],
        None if drawn.moments is None else drawn.moments[:count],
    )


def _with_seed(result: MetricResult, seed: int) -> MetricResult:
    """Add the seed of the noise to a protocol: a metric does not know it."""
    return evolve(result, protocol={**result.protocol, "noise_seed": seed})
