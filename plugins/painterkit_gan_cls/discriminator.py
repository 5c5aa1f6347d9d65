"""The `gan-cls` discriminator: a DCGAN's, joined to the text at 4 by 4."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.discriminator import Logits
from painterkit.nn.blocks import Norm, bounded, down_block, normalised
from painterkit.nn.init import normal_init
from painterkit.nn.spatial import join
from painterkit_gan_cls.bottleneck import BottleneckBlock
from painterkit_gan_cls.settings import GANCLSDiscriminatorSettings

MAP_SIZE = 4
"""Height of the map that the text is joined to."""


def trunk_layers(resolution: int, channels: int, norm: Norm) -> tuple[list[nn.Module], int]:
    """Return the layers that bring [B, 3, R, R] down to 4 by 4, and the width they end with.

    Widths double from `channels` on. As in DCGAN the first layer has no batch normalisation, and
    no layer normalisation either.
    """
    count = int(math.log2(resolution // MAP_SIZE))
    widths = [channels * 2**place for place in range(count)]
    layers: list[nn.Module] = [down_block(3, channels, norm if norm == "spectral" else "none")]
    layers += [down_block(a, b, norm) for a, b in pairwise(widths)]
    return layers, widths[-1]


class GANCLSDiscriminator(nn.Module):
    """Judge pictures against the field of the condition that it reads: section 4.1."""

    def __init__(self, settings: GANCLSDiscriminatorSettings, context: BuildContext) -> None:
        super().__init__()
        norm: Norm = settings.norm
        layers, width = trunk_layers(context.resolution, settings.channels, norm)
        if settings.residual:
            layers.append(BottleneckBlock(width, slope=0.2, norm=norm))
        self.reads = settings.reads
        self.trunk = nn.Sequential(*layers)
        told = context.condition_widths[settings.reads]
        self.told: nn.Module = nn.Identity()
        if settings.reads == "embedding":
            compress = bounded(nn.Linear(told, settings.condition), norm)
            self.told = nn.Sequential(compress, nn.LeakyReLU(0.2))
            told = settings.condition
        self.joined = nn.Sequential(
            *normalised(nn.Conv2d(width + told, width, 1, bias=norm != "batch"), norm),
            nn.LeakyReLU(0.2),
        )
        self.logit = bounded(nn.Conv2d(width, 1, MAP_SIZE), norm)
        if norm == "batch":
            # Without batch normalisation such small weights would let hardly any signal through.
            normal_init(self)

    def features(self, image: Tensor) -> Tensor:
        """Return the map [B, F, 4, 4] of `image` [B, 3, R, R]."""
        return self.trunk(image)

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        """Judge [B, F, 4, 4] against a condition; there is no unconditional logit."""
        told = self.told(getattr(condition, self.reads))
        return Logits(self.logit(self.joined(join(features, told))).flatten().float())


def build(settings: GANCLSDiscriminatorSettings, context: BuildContext) -> GANCLSDiscriminator:
    """Build the discriminator for the resolution it stands at.

    Raises WrongInput where that is no power of two from 8 on.
    """
    resolution = context.resolution
    if resolution < 8 or resolution & (resolution - 1):
        raise WrongInput(
            Problem(
                f"parts.discriminators.{resolution}",
                "the gan-cls discriminator needs a power of two, at least 8",
            )
        )
    return GANCLSDiscriminator(settings, context)
