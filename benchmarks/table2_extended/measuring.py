"""What a trained painter drew from held-out conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from benchmarks.chatpainter_table2.measuring import Hits
from painterkit.evaluation.evaluate import built_metrics, measure
from painterkit.evaluation.metric_slots import metric_slots
from painterkit.generation.load_painter import load_painter
from painterkit.plugins import LoadedPlugins

METRICS = ("attribute-accuracy", "variety")


def measure_run(run: Path, plugins: LoadedPlugins) -> dict[str, Any]:
    """Return accuracy and variety, and each conversation's own share of right attributes."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    painter = load_painter(run, plugins, device)
    hits = Hits()
    metrics = built_metrics(painter, metric_slots(METRICS, plugins.registry))
    results = measure(painter, {**metrics, "hits": hits})
    return {
        "measures": {
            name: {key: round(value, 4) for key, value in results[name].values.items()}
            for name in METRICS
        },
        "protocol": {name: dict(results[name].protocol) for name in METRICS},
        "conversations": {"all": hits.told, "dialogue": hits.told_by_dialogue},
    }
