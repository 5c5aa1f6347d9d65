"""What a trained painter drew from held-out conversations, told in several ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from attrs import evolve

from benchmarks.chatpainter_table2.systems import TELLINGS, TURNS, System
from painterkit.evaluation.evaluate import measure
from painterkit.generation.load_painter import load_painter
from painterkit.generation.painter import Painter
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit.plugins import LoadedPlugins
from painterkit.roles import Role
from painterkit.settings import Use
from painterkit_avatars.attributes import ATTRIBUTES
from painterkit_avatars.classifier import load_classifier
from painterkit_standard.retold import Retold

METRIC = "attribute-accuracy"
CONVERSATIONS = 1000


class Hits:
    """Keep, of each conversation, the share of its attributes that were drawn right."""

    conversations = CONVERSATIONS
    draws = Draws()

    def __init__(self) -> None:
        self.network = load_classifier().network
        self.told: list[float] = []
        self.told_by_dialogue: list[float | None] = []

    @torch.no_grad()
    def add(self, drawn: Drawn) -> None:
        """Take in one batch."""
        logits = self.network.to(drawn.images.device)(drawn.images.float())
        seen = {name: scores.argmax(1).tolist() for name, scores in logits.items()}
        for row, conversation in enumerate(drawn.conversations):
            right = {
                name: ATTRIBUTES[name][seen[name][row]] == value
                for name, value in conversation.attributes.items()
                if value is not None
            }
            by_dialogue = [
                right[name]
                for name, teller in conversation.told_in.items()
                if teller != "caption" and name in right
            ]
            self.told.append(round(sum(right.values()) / len(right), 4))
            self.told_by_dialogue.append(
                round(sum(by_dialogue) / len(by_dialogue), 4) if by_dialogue else None
            )

    def result(self) -> MetricResult:
        """Return nothing: the lists are read."""
        return MetricResult({})


def measure_run(run: Path, system: System, plugins: LoadedPlugins) -> dict[str, object]:
    """Return accuracies by telling, and each conversation's own as it was told."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    painter = load_painter(run, plugins, device)
    dataset = painter.assembly.dataset
    accuracies: dict[str, dict[str, float]] = {}
    protocol: Mapping[str, object] = {}
    hits = Hits()
    for name, told in _tellings(dataset, system.reads_dialogue):
        use = Use(METRIC, plugins.registry.find(Role.METRIC, METRIC).component.settings())
        metrics = {METRIC: painter.assembly.context.build(Role.METRIC, use)}
        if name == "as-told":
            metrics["hits"] = hits
        result = measure(_telling(painter, told), metrics)[METRIC]
        kept = ("mean", "mean_caption", "mean_dialogue", "nearer_than_nine")
        accuracies[name] = {key: round(result.values[key], 4) for key in kept}
        protocol = result.protocol
    return {
        "accuracy": accuracies,
        "protocol": dict(protocol),
        "conversations": {"all": hits.told, "dialogue": hits.told_by_dialogue},
    }


def _tellings(dataset: Dataset, reads_dialogue: bool) -> Iterator[tuple[str, Dataset]]:
    yield "as-told", dataset
    if not reads_dialogue:
        return
    for telling in TELLINGS[1:]:
        yield telling, Retold(dataset, telling, None, seed=0)
    for turns in range(TURNS):
        yield f"first-{turns}", Retold(dataset, "as-told", turns, seed=0)


def _telling(painter: Painter, dataset: Dataset) -> Painter:
    assembly = evolve(painter.assembly, dataset=dataset)
    return Painter(assembly, painter.resolution, painter.device)
