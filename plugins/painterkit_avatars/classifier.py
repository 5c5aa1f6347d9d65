"""The network that sees the attributes in a picture; the metric's own, no painter is trained on it.

Its weights ship beside this file; `python -m painterkit_avatars.train_classifier` made them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from attrs import frozen
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import Failure, Problem
from painterkit_avatars.attributes import ATTRIBUTES

WEIGHTS = Path(__file__).with_name("classifier.safetensors")
RESOLUTION = 64
CHANNELS = (16, 32, 64, 96, 128)


class AttributeClassifier(nn.Module):
    """Tell the value of each attribute: one convolutional trunk, one linear head an attribute."""

    def __init__(self) -> None:
        """Build the network with random weights: 274,000 parameters."""
        super().__init__()
        blocks: list[nn.Module] = []
        width = 3
        for index, channels in enumerate(CHANNELS):
            stride = 1 if index == 0 else 2
            blocks += [
                nn.Conv2d(width, channels, 3, stride=stride, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
            ]
            width = channels
        self.trunk = nn.Sequential(*blocks)
        side = RESOLUTION // 2 ** (len(CHANNELS) - 1)
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.ModuleDict(
            {
                name: nn.Linear(width * side * side, len(values))
                for name, values in ATTRIBUTES.items()
            }
        )

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Return the logits of each attribute, [B, values], for images [B, 3, R, R] in [-1, 1].

        Pictures of another resolution than 64 are area-resized to it.
        """
        if images.shape[-1] != RESOLUTION:
            images = functional.interpolate(images, size=(RESOLUTION, RESOLUTION), mode="area")
        seen = self.dropout(self.trunk(images).flatten(1))
        return {name: head(seen) for name, head in self.heads.items()}


@frozen
class LoadedClassifier:
    """The classifier in eval mode, and its balanced accuracy on held-out renders, 0 to 1."""

    network: AttributeClassifier
    accuracy: Mapping[str, float]
    sha256: str


def load_classifier(path: Path = WEIGHTS) -> LoadedClassifier:
    """Read the classifier, on the CPU in fp32.

    Raises Failure if the file is missing or broken, or knows other attributes than the data set.
    """
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        vocabulary = json.loads(metadata["vocabulary"])
        accuracy = json.loads(metadata["balanced_accuracy"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise Failure(_unusable(path, str(error) or type(error).__name__)) from error
    if vocabulary != {name: list(values) for name, values in ATTRIBUTES.items()}:
        raise Failure(_unusable(path, "it knows other attributes than the data set"))
    network = AttributeClassifier()
    network.load_state_dict(tensors, strict=False)
    return LoadedClassifier(network.eval().requires_grad_(False), accuracy, digest)


def _unusable(path: Path, reason: str) -> Problem:
    return Problem(
        str(path),
        f"cannot be used as the attribute classifier: {reason}",
        "install painterkit again, or make it with python -m painterkit_avatars.train_classifier",
    )


def balanced_accuracy(confusion: Tensor) -> float | None:
    """Return the mean recall over the values that occur, or None if none does.

    `confusion` is [values, values] counts, truth by row.
    """
    counts = confusion.sum(1)
    present = counts > 0
    if not bool(present.any()):
        return None
    recalls = confusion.diagonal()[present] / counts[present]
    return float(recalls.mean())


def confusion_of(truth: Tensor, seen: Tensor, values: int) -> Tensor:
    """Count pairs of true and seen values, [values, values], truth by row; -1 is not counted."""
    known = truth >= 0
    pairs = truth[known] * values + seen[known]
    return torch.bincount(pairs, minlength=values * values).reshape(values, values).double()
