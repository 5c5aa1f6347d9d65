"""The `kl` loss: equation 1 of the ChatPainter paper."""

from __future__ import annotations

from typing import Literal

import torch
from attrs import frozen
from torch import Tensor

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Side, StepView
from painterkit_standard.training_settings import KLSettings


def kl_to_standard_normal(condition: Condition) -> Tensor:
    """Return D_KL(N(mu, sigma^2) || N(0, I)) for each entry, [B, C]."""
    variance = condition.log_variance.exp()
    return 0.5 * (condition.mu.square() + variance - 1 - condition.log_variance)


@frozen
class KL:
    """Average the divergence over the batch, and average or sum it over the dimensions.

    Distinct conditions are added up.
    """

    weight: float
    reduction: Literal["mean", "sum"] = "mean"
    sides = (Side.GENERATOR,)
    reads = ("conditions",)

    def __call__(self, view: StepView) -> Tensor:
        """Return the term; a condition that several resolutions share counts once."""
        distinct = {id(condition): condition for condition in view.conditions.values()}
        terms = [self._reduced(kl_to_standard_normal(one)) for one in distinct.values()]
        return self.weight * torch.stack(terms).sum()

    def _reduced(self, entries: Tensor) -> Tensor:
        return entries.mean() if self.reduction == "mean" else entries.sum(dim=1).mean()


def build(settings: KLSettings, context: BuildContext) -> KL:
    """Build the loss."""
    return KL(settings.weight, settings.reduction)
