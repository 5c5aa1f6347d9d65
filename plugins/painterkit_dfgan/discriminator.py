"""The `df-gan` discriminator: residual blocks, then one judgement of picture and words."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.discriminator import Logits
from painterkit.nn.blocks import Norm, bounded, down_block, leaky_block
from painterkit.nn.recompute import run_each
from painterkit.nn.spatial import join
from painterkit_dfgan.settings import DFGANDiscriminatorSettings
from painterkit_dfgan.widths import SMALLEST, is_drawable, widths_from_coarse


class DownBlock(nn.Module):
    """Halve height and width, and add a change with a learned gain that starts at 0.

    The change is a 4x4 convolution of stride 2 and a 3x3 one, each with a leaky ReLU. The shortcut
    takes the mean of 2x2 places; a 1x1 convolution treats all places alike, so it comes after that,
    on a quarter of them, with the same result. Under spectral normalisation tanh keeps the gain
    between -1 and 1: without bound it would undo what the layers are bounded for.
    """

    def __init__(
        self, channels_in: int, channels_out: int, learned_shortcut: bool, norm: Norm
    ) -> None:
        super().__init__()
        self.change = nn.Sequential(
            down_block(channels_in, channels_out, norm),
            leaky_block(channels_out, channels_out, norm),
        )
        self.shortcut: nn.Module = nn.Identity()
        if learned_shortcut:
            self.shortcut = bounded(nn.Conv2d(channels_in, channels_out, 1), norm)
        self.bounds_gain = norm == "spectral"
        # Without dimensions: a number that leaves bfloat16 maps in bfloat16.
        self.gain = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """Return [B, O, H/2, W/2] for `x` [B, I, H, W]."""
        gain = self.gain.tanh() if self.bounds_gain else self.gain
        return self.shortcut(functional.avg_pool2d(x, 2)) + gain * self.change(x)


class Judge(nn.Module):
    """Join the words to every place of the map; 3x3 convolution, then one logit."""

    def __init__(self, width: int, told: int, channels: int, norm: Norm) -> None:
        super().__init__()
        self.joined = leaky_block(width + told, channels, norm)
        self.logit = bounded(nn.Conv2d(channels, 1, SMALLEST), norm)

    def forward(self, features: Tensor, told: Tensor) -> Tensor:
        """Return logits [B] for `features` [B, F, 4, 4] and `told` [B, T]."""
        return self.logit(self.joined(join(features, told))).flatten()


class DFGANDiscriminator(nn.Module):
    """Judge pictures against the field of the condition that it reads, as it is.

    One logit says whether picture and words fit and the picture is real: the paper's one-way
    output. No layer looks at more than one picture.
    """

    def __init__(self, settings: DFGANDiscriminatorSettings, context: BuildContext) -> None:
        super().__init__()
        self.reads = settings.reads
        self.save_memory = settings.save_memory
        norm: Norm = settings.norm
        channels, everywhere = settings.channels, settings.shortcuts == "every-block"
        widths = widths_from_coarse(channels, context.resolution)[::-1]
        first = bounded(nn.Conv2d(3, channels, 3, padding=1), norm)
        blocks = (DownBlock(a, b, everywhere or a != b, norm) for a, b in pairwise(widths))
        self.trunk = nn.Sequential(first, *blocks)
        told = context.condition_widths[settings.reads]
        self.conditional = Judge(widths[-1], told, 2 * channels, norm)

    def features(self, image: Tensor) -> Tensor:
        """Return the map [B, F, 4, 4] of `image` [B, 3, R, R]."""
        return run_each(self.trunk, image, self.save_memory)

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        """Judge [B, F, 4, 4] against a condition."""
        return Logits(self.conditional(features, getattr(condition, self.reads)).float())


def build(settings: DFGANDiscriminatorSettings, context: BuildContext) -> DFGANDiscriminator:
    """Build the discriminator for the resolution it stands at.

    Raises WrongInput where that is no power of two from 8 on.
    """
    resolution = context.resolution
    if not is_drawable(resolution):
        raise WrongInput(
            Problem(
                f"parts.discriminators.{resolution}",
                "the df-gan discriminator needs a power of two, at least 8",
            )
        )
    return DFGANDiscriminator(settings, context)
