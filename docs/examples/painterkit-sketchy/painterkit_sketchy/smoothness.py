"""The loss: neighbouring pixels are to be alike."""

from __future__ import annotations

import torch
from attrs import frozen
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Side, StepView
from torch import Tensor

from painterkit_sketchy.settings import SmoothnessSettings


def roughness(images: Tensor) -> Tensor:
    """Return the mean difference between neighbouring pixels of `images` [B, 3, R, R]."""
    images = images.float()
    return images.diff(dim=2).abs().mean() + images.diff(dim=3).abs().mean()


@frozen
class Smoothness:
    """Weigh the roughness of the drawn pictures, averaged over their heights."""

    weight: float
    sides = (Side.GENERATOR,)
    reads = ("images",)

    def __call__(self, view: StepView) -> Tensor:
        """Return the term."""
        terms = [roughness(image) for image in view.images.values()]
        return self.weight * torch.stack(terms).mean()


def build(settings: SmoothnessSettings, context: BuildContext) -> Smoothness:
    """Build the loss."""
    return Smoothness(settings.weight)
