"""The `colour-consistency` loss of StackGAN++."""

from __future__ import annotations

from itertools import pairwise

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Side, StepView
from painterkit.interfaces.parts import Parts
from painterkit.nn.precision import full_precision
from painterkit_neural_painter.settings import ColourConsistencySettings


def colour_statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return means [B, 3] and covariances [B, 3, 3] of the channels of `images` [B, 3, R, R]."""
    with full_precision(images.device):
        pixels = images.float().flatten(2)
        mean = pixels.mean(dim=2)
        centred = pixels - mean.unsqueeze(2)
        return mean, centred @ centred.transpose(1, 2) / pixels.shape[2]


@frozen
class ColourConsistency:
    """Compare each picture with the next coarser one; sum over the pairs."""

    settings: ColourConsistencySettings
    sides = (Side.GENERATOR,)
    reads = ("images",)

    def __call__(self, view: StepView) -> Tensor:
        """Return the term, 0 where there is but one picture."""
        some = next(iter(view.images.values()))
        total = some.new_zeros((), dtype=torch.float32)
        for low, high in pairwise(sorted(view.images)):
            coarse_mean, coarse_covariance = colour_statistics(view.images[low].detach())
            mean, covariance = colour_statistics(view.images[high])
            total = total + functional.mse_loss(mean, coarse_mean)
            total = total + self.settings.covariance * functional.mse_loss(
                covariance, coarse_covariance
            )
        return self.settings.weight * total

    def parts_misfits(self, parts: Parts) -> list[str]:
        """Say that there is nothing to compare where the generator draws at one height alone."""
        drawn = parts.generator.resolutions
        if len(drawn) > 1:
            return []
        return [
            f"needs a generator that draws at several heights, and this one draws at {drawn[0]} px "
            "alone; leave the loss out"
        ]


def build(settings: ColourConsistencySettings, context: BuildContext) -> ColourConsistency:
    """Build the loss."""
    return ColourConsistency(settings)
