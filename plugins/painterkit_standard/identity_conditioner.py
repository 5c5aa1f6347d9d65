"""The `identity` conditioner: no conditioning augmentation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit_standard.settings import IdentitySettings


class IdentityConditioner(nn.Module):
    """Take the embedding for the condition: code and mean are it, the log-variance is 0.

    It asks for no noise, so the variance says nothing of the code.
    """

    noise_width = 0

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        """Return the condition for `embedding` [B, E]; `noise` is [B, 0]."""
        return Condition(embedding, embedding, embedding, torch.zeros_like(embedding))


def build(settings: IdentitySettings, context: BuildContext) -> IdentityConditioner:
    """Build the conditioner for the agreed embedding."""
    return IdentityConditioner(context.embedding_width)
