"""The `stackgan` discriminator of both stages, with the paper's head or a projection."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.discriminator import Logits
from painterkit.nn.blocks import Norm, bounded, down_block, leaky_block
from painterkit.nn.init import normal_init, orthogonal_init
from painterkit.nn.recompute import run_each
from painterkit.nn.spatial import join
from painterkit_chatpainter.settings import StackGANDiscriminatorSettings

MAP_SIZE = 4
"""Height of the deepest map, M_d in the paper."""


def trunk_layers(resolution: int, channels: int, norm: Norm) -> tuple[list[nn.Module], int]:
    """Return the layers that bring [B, 3, R, R] down to 4 by 4, and the width they end with.

    Widths double from `channels` on; where they pass 8 times that, 3x3 convolutions halve them
    again, as in StackGAN's Stage-II. The first layer has neither batch nor layer normalisation.
    """
    halvings = int(math.log2(resolution // MAP_SIZE))
    layers: list[nn.Module] = [down_block(3, channels, norm if norm == "spectral" else "none")]
    width = channels
    for _ in range(halvings - 1):
        layers.append(down_block(width, 2 * width, norm))
        width *= 2
    while width > 8 * channels:
        layers.append(leaky_block(width, width // 2, norm))
        width //= 2
    return layers, width


def one_logit(width: int, norm: Norm) -> nn.Module:
    """Return the convolution that makes one logit of a 4 by 4 map."""
    return bounded(nn.Conv2d(width, 1, MAP_SIZE), norm)


class ConcatenateHead(nn.Module):
    """Join the condition to every place of the map; 3x3 convolution, then one logit."""

    def __init__(self, width: int, condition_width: int, norm: Norm) -> None:
        super().__init__()
        self.joined = leaky_block(width + condition_width, width, norm)
        self.logit = one_logit(width, norm)

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        """Return logits [B] for `features` [B, F, 4, 4] and `condition` [B, C]."""
        return self.logit(self.joined(join(features, condition))).flatten()


class ProjectionHead(nn.Module):
    """Add the inner product of condition and pooled map to a logit of the map alone."""

    def __init__(self, width: int, condition_width: int, norm: Norm) -> None:
        super().__init__()
        self.logit = bounded(nn.Linear(width, 1), norm)
        self.direction = bounded(nn.Linear(condition_width, width, bias=False), norm)

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        """Return logits [B] for `features` [B, F, M, M] and `condition` [B, C]."""
        pooled = features.sum(dim=(2, 3))
        return self.logit(pooled).flatten() + (pooled * self.direction(condition)).sum(dim=1)


class StackGANDiscriminator(nn.Module):
    """Judge pictures against the field of the condition that it reads."""

    def __init__(self, settings: StackGANDiscriminatorSettings, context: BuildContext) -> None:
        super().__init__()
        norm: Norm = settings.norm
        layers, width = trunk_layers(context.resolution, settings.channels, norm)
        self.reads = settings.reads
        self.save_memory = settings.save_memory
        self.trunk = nn.Sequential(*layers)
        told = context.condition_widths[settings.reads]
        self.told: nn.Module = nn.Identity()
        if settings.reads == "embedding" and settings.condition:
            self.told = nn.Linear(told, settings.condition)
            told = settings.condition
        head = ProjectionHead if settings.head == "projection" else ConcatenateHead
        self.conditional = head(width, told, norm)
        self.unconditional = one_logit(width, norm) if settings.unconditional else None
        self.pools = settings.head == "projection" and not settings.unconditional
        if norm == "batch":
            # Without batch normalisation such small weights would let hardly any signal through.
            initialise = orthogonal_init if settings.init == "orthogonal" else normal_init
            initialise(self)

    def features(self, image: Tensor) -> Tensor:
        """Return the map [B, F, 4, 4] of `image` [B, 3, R, R]; its sum [B, F, 1, 1] if it pools."""
        seen = run_each(self.trunk, image, self.save_memory)
        # Heads that read the sum alone are given it: a loss may ask them about many conditions.
        return seen.sum(dim=(2, 3), keepdim=True) if self.pools else seen

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        """Judge what was seen, [B, F, M, M], against a condition."""
        told = self.told(getattr(condition, self.reads))
        alone = self.unconditional
        return Logits(
            self.conditional(features, told).float(),
            None if alone is None else alone(features).flatten().float(),
        )


def build(settings: StackGANDiscriminatorSettings, context: BuildContext) -> Any:
    """Build the discriminator for the resolution it stands at.

    Raises WrongInput where that is no power of two from 8 on.
    """
    resolution = context.resolution
    if resolution < 8 or resolution & (resolution - 1):
        raise WrongInput(
            Problem(
                f"parts.discriminators.{resolution}",
                "the stackgan discriminator needs a power of two, at least 8",
            )
        )
    return StackGANDiscriminator(settings, context)
