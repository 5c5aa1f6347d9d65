"""Attribute accuracy: does a drawn face have what was told of it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit_avatars.attributes import ATTRIBUTES, NAMES
from painterkit_avatars.classifier import balanced_accuracy, confusion_of, load_classifier
from painterkit_avatars.data_check import require_faces
from painterkit_avatars.nearness import DISTRACTORS, Nearness
from painterkit_avatars.settings import AttributeAccuracySettings

COLUMNS = ("attribute", "accuracy", "caption-told", "dialogue-told", "chance", "ceiling")
TELLERS = ("accuracy", "caption", "dialogue", "ceiling")


def build(settings: AttributeAccuracySettings, context: BuildContext) -> AttributeAccuracy:
    """Return the metric; raises WrongInput if the recipe's data set is not avatars."""
    require_faces("attribute-accuracy", context.dataset)
    return AttributeAccuracy(settings)


class AttributeAccuracy:
    """Count what a classifier sees in drawn faces. See `painterkit.interfaces.Metric`."""

    draws = Draws()

    def __init__(self, settings: AttributeAccuracySettings) -> None:
        """Load the classifier that ships with the data set."""
        self.conversations = settings.conversations
        self._seed = settings.seed
        self._classifier = load_classifier()
        self._nearness = Nearness(settings.seed)
        self._seen = 0
        self._resolution = 0
        self._counts = {
            teller: {
                name: torch.zeros(len(values), len(values), dtype=torch.float64)
                for name, values in ATTRIBUTES.items()
            }
            for teller in TELLERS
        }

    @torch.no_grad()
    def add(self, drawn: Drawn) -> None:
        """Take in one batch: images and truth [B, 3, R, R] in [-1, 1]."""
        images, truth = drawn.images.float(), drawn.truth.float()
        self._classifier.network.to(images.device)
        seen = _values_in(self._classifier.network(images))
        in_truth = _values_in(self._classifier.network(truth.to(images.device)))
        for name in NAMES:
            labels = _labels(drawn.conversations, name)
            told = [conversation.told_in.get(name) for conversation in drawn.conversations]
            by_caption = torch.tensor([teller == "caption" for teller in told])
            by_dialogue = torch.tensor([isinstance(teller, int) for teller in told])
            self._count("accuracy", name, labels, seen[name])
            self._count("caption", name, torch.where(by_caption, labels, -1), seen[name])
            self._count("dialogue", name, torch.where(by_dialogue, labels, -1), seen[name])
            self._count("ceiling", name, labels, in_truth[name])
        self._nearness.add(images.cpu(), truth.cpu())
        self._seen += len(drawn.conversations)
        self._resolution = images.shape[-1]

    def result(self) -> MetricResult:
        """Return the accuracies, 0 to 1. Raises Failure if no picture was added."""
        if not self._seen:
            raise Failure(Problem("attribute-accuracy", "was given no picture to measure"))
        found = {
            teller: {name: balanced_accuracy(counts) for name, counts in by_name.items()}
            for teller, by_name in self._counts.items()
        }
        found["chance"] = {
            name: _chance(counts) for name, counts in self._counts["accuracy"].items()
        }
        columns = ("accuracy", "caption", "dialogue", "chance", "ceiling")
        means = {column: _mean(found[column].values()) for column in columns}
        rows = [[name, *(found[column][name] for column in columns)] for name in NAMES]
        rows.append(["mean", *(means[column] for column in columns)])
        values = {
            "mean": means["accuracy"],
            "mean_caption": means["caption"],
            "mean_dialogue": means["dialogue"],
            "ceiling": means["ceiling"],
            "chance": means["chance"],
            **found["accuracy"],
            "nearer_than_nine": self._nearness.share(),
        }
        return MetricResult(
            {name: value for name, value in values.items() if value is not None},
            COLUMNS,
            rows,
            self._protocol(),
        )

    def _count(self, teller: str, name: str, labels: Tensor, seen: Tensor) -> None:
        self._counts[teller][name] += confusion_of(labels, seen, len(ATTRIBUTES[name]))

    def _protocol(self) -> Mapping[str, Any]:
        return {
            "conversations": self._seen,
            "resolution": self._resolution,
            "seed": self._seed,
            "distractors": DISTRACTORS,
            "classifier_sha256": self._classifier.sha256,
            "classifier_on_held_out_renders": dict(self._classifier.accuracy),
        }


def _values_in(logits: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: scores.argmax(1).cpu() for name, scores in logits.items()}


def _labels(conversations: Sequence[Conversation], name: str) -> Tensor:
    """Return the index of each true value, [B]; -1 where the attribute cannot be seen."""
    values = [conversation.attributes.get(name) for conversation in conversations]
    return torch.tensor([-1 if v is None else ATTRIBUTES[name].index(v) for v in values])


def _chance(confusion: Tensor) -> float | None:
    """Return the accuracy of guessing, one over the number of values that occur."""
    present = int((confusion.sum(1) > 0).sum())
    return 1 / present if present else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
