"""The `projection` conditioner: what GAN-CLS is told of a text."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.nn.init import normal_init
from painterkit_gan_cls.settings import ProjectionSettings


class Projection(nn.Module):
    """Compress an embedding with a linear layer and a leaky ReLU 0.2.

    Reed et al. (2016), section 4.1. Code and mean are what comes out, the log-variance is 0. It
    asks for no noise, so the variance says nothing of the code.
    """

    noise_width = 0

    def __init__(self, embedding_width: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.compress = nn.Sequential(nn.Linear(embedding_width, width), nn.LeakyReLU(0.2))
        normal_init(self)

    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        """Return the condition for `embedding` [B, E]; `noise` is [B, 0]."""
        code = self.compress(embedding).float()
        return Condition(embedding, code, mu=code, log_variance=torch.zeros_like(code))


def build(settings: ProjectionSettings, context: BuildContext) -> Projection:
    """Build the conditioner for the agreed embedding."""
    return Projection(context.embedding_width, settings.width)
