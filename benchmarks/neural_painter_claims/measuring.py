"""What a trained painter drew from held-out conversations, turn by turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from painterkit.evaluation.evaluate import built_metrics, measure
from painterkit.evaluation.metric_slots import metric_slots
from painterkit.generation.load_painter import load_painter
from painterkit.interfaces.metric import Drawn, MetricResult
from painterkit.plugins import LoadedPlugins
from painterkit_avatars.settings import TurnAccuracySettings
from painterkit_avatars.turn_accuracy import MEASURES, TurnAccuracy

KEPT = ("turn-accuracy", "calibration", "variety")


class ByConversation:
    """Keep each conversation's own turn accuracy; None where it has nothing to measure."""

    draws = TurnAccuracy.draws

    def __init__(self, settings: TurnAccuracySettings) -> None:
        self.settings = settings
        self.conversations = settings.conversations
        self.rows: dict[str, list[float | None]] = {measure: [] for measure in MEASURES}

    def add(self, drawn: Drawn) -> None:
        """Take in one batch."""
        assert drawn.turns is not None
        assert drawn.moments is not None
        for row, conversation in enumerate(drawn.conversations):
            alone = TurnAccuracy(self.settings)
            only = slice(row, row + 1)
            alone.add(
                Drawn(
                    [conversation],
                    drawn.images[only],
                    drawn.truth[only],
                    drawn.turns[only],
                    drawn.moments[only],
                )
            )
            values = alone.result().values
            for name, found in self.rows.items():
                found.append(round(values[name], 4) if name in values else None)

    def result(self) -> MetricResult:
        """Return nothing: the rows are read."""
        return MetricResult({})


def measure_run(run: Path, plugins: LoadedPlugins) -> dict[str, Any]:
    """Return every measure, the rows by attribute, and each conversation's own."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    painter = load_painter(run, plugins, device)
    metrics = built_metrics(painter, metric_slots(KEPT, plugins.registry))
    by_conversation = ByConversation(TurnAccuracySettings())
    results = measure(painter, {**metrics, "by-conversation": by_conversation})
    return {
        "measures": {name: _rounded(results[name]) for name in KEPT},
        "attributes": results["turn-accuracy"].rows,
        "protocol": {name: dict(results[name].protocol) for name in KEPT},
        "conversations": by_conversation.rows,
    }


def _rounded(result: MetricResult) -> dict[str, float]:
    return {name: round(value, 4) for name, value in result.values.items()}
