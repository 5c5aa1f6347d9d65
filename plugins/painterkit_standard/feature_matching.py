"""The `feature-matching` loss of Salimans et al. (2016)."""

from __future__ import annotations

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Judged, Side, StepView
from painterkit_standard.loss_settings import FeatureMatchingSettings


@frozen
class FeatureMatching:
    """Compare the mean of what a trunk sees in drawn pictures with that in real ones."""

    weight: float
    sides = (Side.GENERATOR,)
    reads = ("judged", "fake_features", "real_features")

    def __call__(self, view: StepView) -> Tensor:
        """Return the term, summed over resolutions."""
        return self.weight * torch.stack([_distance(one) for one in view.judged.values()]).sum()


def _distance(judged: Judged) -> Tensor:
    assert judged.fake_features is not None, "the loss says that it reads them"
    assert judged.real_features is not None, "the loss says that it reads them"
    drawn, real = judged.fake_features.float().mean(dim=0), judged.real_features.float().mean(dim=0)
    return functional.mse_loss(drawn, real)


def build(settings: FeatureMatchingSettings, context: BuildContext) -> FeatureMatching:
    """Build the loss."""
    return FeatureMatching(settings.weight)
