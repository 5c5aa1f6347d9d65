"""The `conditioning-augmentation` conditioner of StackGAN."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.nn.init import normal_init, orthogonal_init
from painterkit_standard.settings import ConditioningAugmentationSettings

Activation = Literal["none", "relu", "glu"]
Init = Literal["normal", "orthogonal"]


class ConditioningAugmentation(nn.Module):
    """Predict mu and log sigma^2 with one linear layer and sample c = mu + sigma * epsilon.

    ChatPainter, section 4: equation 2 is the sample, equation 1 is the `kl` loss on it. The paper
    prints no activation; StackGAN's code and StackGAN-v2's have one each.
    """

    def __init__(
        self,
        embedding_width: int,
        width: int,
        activation: Activation = "none",
        init: Init = "normal",
    ) -> None:
        super().__init__()
        self.width = width
        self.noise_width = width
        self.activation: Activation = activation
        # A gated linear unit gives half of what it is given.
        self.linear = nn.Linear(embedding_width, (4 if activation == "glu" else 2) * width)
        if init == "orthogonal":
            orthogonal_init(self)
        else:
            normal_init(self)

    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        """Return the condition for `embedding` [B, E] and epsilon `noise` [B, width]."""
        predicted = self.linear(embedding).float()
        if self.activation == "relu":
            predicted = functional.relu(predicted)
        elif self.activation == "glu":
            predicted = functional.glu(predicted, dim=1)
        mu, log_variance = predicted.chunk(2, dim=1)
        code = mu + torch.exp(0.5 * log_variance) * noise
        return Condition(embedding, code, mu, log_variance)


def build(
    settings: ConditioningAugmentationSettings, context: BuildContext
) -> ConditioningAugmentation:
    """Build the conditioner for the agreed embedding."""
    return ConditioningAugmentation(
        context.embedding_width, settings.width, settings.activation, settings.init
    )
