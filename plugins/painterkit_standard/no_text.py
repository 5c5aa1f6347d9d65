"""The `none` text encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from painterkit.data import Turn
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit_standard.settings import NoTextSettings


class NoText:
    """Read nothing."""

    width = 0
    fingerprint = "none"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"nothing": [N, 0]}."""
        return {"nothing": torch.zeros(len(turns), 0, device="cpu")}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return sentence vectors [N, 0] whatever the texts say."""
        return TextFeatures(sentence=tensors["nothing"])


def build(settings: NoTextSettings, context: BuildContext) -> NoText:
    """Build the encoder."""
    return NoText()
