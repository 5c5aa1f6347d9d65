"""The `labelled` discriminator: another one, and a head that tells what a picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from attrs import evolve
from torch import Tensor, nn

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.discriminator import Logits
from painterkit.roles import Role
from painterkit_standard.labels import value_counts
from painterkit_standard.settings import LabelledSettings


class Labelled(nn.Module):
    """Judge as `inner` does; a linear layer on the mean of what its trunk sees tells the labels."""

    def __init__(self, inner: Any, label_counts: Sequence[int], resolution: int) -> None:
        super().__init__()
        self.inner = inner
        self.label_counts = tuple(label_counts)
        self.labels = nn.Linear(features_of(inner, resolution), sum(label_counts))

    def features(self, image: Tensor) -> Tensor:
        """Return what the inner trunk sees in `image` [B, 3, R, R]."""
        return self.inner.features(image)

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        """Judge what was seen, and tell its labels [B, L]."""
        judged: Logits = self.inner.logits(features, condition)
        return evolve(judged, labels=self.labels(features.mean(dim=(2, 3))).float())


@torch.no_grad()
def features_of(judge: Any, resolution: int) -> int:
    """Return how many channels a discriminator's features have, by asking it about a picture."""
    device = next((parameter.device for parameter in judge.parameters()), None)
    judge.eval()
    found = judge.features(torch.zeros(1, 3, resolution, resolution, device=device))
    judge.train()
    return found.shape[1]


def build(settings: LabelledSettings, context: BuildContext) -> Labelled:
    """Build the discriminator in the slot, and a head for each attribute or for the classes.

    Raises WrongInput where the data know nothing of the sort.
    """
    counts = value_counts(
        settings.of, context.dataset, "labelled.of", "a discriminator without labels needs none"
    )
    inner = context.build(Role.DISCRIMINATOR, settings.inner)
    return Labelled(inner, counts, context.resolution)
