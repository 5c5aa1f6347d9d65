"""The score of a classifier over splits of drawn pictures: what both metrics are."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import torch
from attrs import asdict

from painterkit.errors import Failure, Problem, WrongInput
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit_metrics.classifier import Classifier, to_pixels
from painterkit_metrics.score import split_scores
from painterkit_metrics.splits import Splits, membership

COLUMNS = ("network", "protocol", "pictures", "splits", "per split", "mean", "std")
BATCH = 25
"""Pictures that a network sees at once: at 299 px they take about 0.5 GB."""

LIBRARIES = ("painterkit", "torch", "torchvision", "torch-fidelity", "efficientnet-lite-pytorch")


def require_pictures(name: str, splits: Splits, dataset: Dataset | None) -> None:
    """Raise WrongInput where a data set has fewer held-out conversations than are wanted.

    Drawing some twice would be no remedy: the score would count them as different pictures.
    """
    if dataset is None:
        return
    held_out = dataset.size("validation")
    if held_out < splits.pictures:
        raise WrongInput(
            Problem(
                f"{name}.conversations",
                f"wants {splits.pictures:,} pictures, and the data have {held_out:,} held-out "
                "conversations, of which each is drawn once",
                f"give --set {name}.conversations={held_out}, for a score that compares only with "
                "those of as many pictures",
            )
        )


class SplitScore:
    """Score pictures by what a classifier sees. See `painterkit.interfaces.Metric`.

    It keeps the logits of every picture: 40,000 pictures of 1,000 classes take 160 MB.
    """

    draws = Draws()

    def __init__(self, name: str, value: str, classifier: Classifier, splits: Splits) -> None:
        self.conversations = splits.pictures
        self._name = name
        self._value = value
        self._classifier = classifier
        self._splits = splits
        self._logits = torch.empty(splits.pictures, classifier.classes)
        self._seen = 0
        self._resolution = 0
        self._device = ""

    @torch.inference_mode()
    def add(self, drawn: Drawn) -> None:
        """Take in one batch, images [B, 3, R, R] in [-1, 1]; the truth is not looked at.

        Raises Failure where there are more than it asked for, or the network gives nan.
        """
        if self._seen + len(drawn.images) > self.conversations:
            what = f"was given more than the {self.conversations:,} pictures that it asked for"
            raise Failure(Problem(self._name, what))
        network = self._classifier.network.to(drawn.images.device)
        for pixels in to_pixels(drawn.images).split(BATCH):
            logits = network(pixels).float().cpu()
            if not bool(logits.isfinite().all()):
                what = "the network gives numbers that are not finite"
                raise Failure(Problem(self._name, what, "look at its weights, and at the pictures"))
            self._logits[self._seen : self._seen + len(logits)] = logits
            self._seen += len(logits)
        self._resolution = drawn.images.shape[-1]
        self._device = drawn.images.device.type

    def result(self) -> MetricResult:
        """Return mean and standard deviation over the splits. Raises Failure if pictures lack."""
        if self._seen < self.conversations:
            what = f"was given {self._seen:,} of the {self.conversations:,} pictures it asked for"
            raise Failure(Problem(self._name, what, f"set {self._name}.conversations to as many"))
        splits = self._splits
        scores = split_scores(self._logits, membership(splits))
        mean, deviation = float(scores.mean()), float(scores.std(correction=0))
        row = (self._classifier.name, splits.protocol, splits.pictures, splits.count, splits.size)
        return MetricResult(
            {self._value: mean, f"{self._value}_std": deviation},
            COLUMNS,
            [[*row, mean, deviation]],
            self._protocol(),
        )

    def _protocol(self) -> dict[str, Any]:
        splits = asdict(self._splits)
        return {
            "conversations": self._seen,
            "resolution": self._resolution,
            "protocol": splits["protocol"],
            "splits": splits["count"],
            "per_split": splits["size"],
            "seed": splits["seed"],
            "std": "over the splits, divided by their number",
            **self._classifier.facts,
            "classes": self._classifier.classes,
            "batch": BATCH,
            "device": self._device,
            "versions": _versions(),
        }


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
