"""The `gan-cls` generator: a DCGAN that is told a text."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import GeneratorOutput, Noise
from painterkit.nn.init import normal_init
from painterkit.roles import Role
from painterkit_gan_cls.bottleneck import BottleneckBlock
from painterkit_gan_cls.settings import GANCLSSettings

SEED_SIZE = 4
"""Height of the map that the vector becomes."""

RESIDUAL_MAPS = 2
"""How many of the coarsest maps have a residual block: those of 4 and of 8 px."""


def map_block(deconvolution: nn.ConvTranspose2d, residual: bool) -> nn.Sequential:
    """Make a block of a transposed convolution, batch normalisation, and ReLU or residual block.

    The residual block ends with the ReLU: nothing is rectified before it.
    """
    channels = deconvolution.out_channels
    end = BottleneckBlock(channels, slope=0.0) if residual else nn.ReLU()
    return nn.Sequential(deconvolution, nn.BatchNorm2d(channels), end)


class GANCLS(nn.Module):
    """Draw one picture from noise and a compressed text: section 4.1; without memory."""

    def __init__(self, settings: GANCLSSettings, conditioner: Any) -> None:
        super().__init__()
        [resolution] = self.resolutions = settings.resolutions
        self.noise_widths = {"z": settings.noise, "epsilon": conditioner.noise_width}
        self.condition_widths = {resolution: conditioner.width}
        count = int(math.log2(resolution // SEED_SIZE))
        widths = [settings.channels * 2**place for place in reversed(range(count))]
        told = settings.noise + conditioner.width
        deconvolutions = [nn.ConvTranspose2d(told, widths[0], SEED_SIZE, bias=False)]
        deconvolutions += [
            nn.ConvTranspose2d(a, b, 4, stride=2, padding=1, bias=False)
            for a, b in pairwise(widths)
        ]
        self.maps = nn.Sequential(
            *(
                map_block(one, settings.residual and place < RESIDUAL_MAPS)
                for place, one in enumerate(deconvolutions)
            )
        )
        self.to_image = nn.ConvTranspose2d(widths[-1], 3, 4, stride=2, padding=1)
        normal_init(nn.ModuleList([self.maps, self.to_image]))
        self.conditioner = conditioner

    def begin(self, batch_size: int, device: torch.device) -> None:
        """Return None: it has no memory."""
        return None

    def forward(
        self, embedding: Tensor, noise: Noise, state: Any = None, largest: int | None = None
    ) -> GeneratorOutput:
        """Draw from `embedding` [B, E]; there is one height, whatever `largest` is."""
        condition: Condition = self.conditioner(embedding, noise["epsilon"])
        seed = torch.cat([noise["z"], condition.code], dim=1)[:, :, None, None]
        picture = torch.tanh(self.to_image(self.maps(seed)).float())
        [resolution] = self.resolutions
        return GeneratorOutput({resolution: picture}, {resolution: condition})


def build(settings: GANCLSSettings, context: BuildContext) -> GANCLS:
    """Build the generator and its conditioner.

    Raises WrongInput where the resolutions are not one power of two.
    """
    sizes = settings.resolutions
    if len(sizes) > 1 or any(size & (size - 1) for size in sizes):
        raise WrongInput(
            Problem(
                "gan-cls.resolutions",
                f"must be one power of two, got {list(sizes)}",
                "the paper has [64]",
            )
        )
    return GANCLS(settings, context.build(Role.CONDITIONER, settings.conditioner))
