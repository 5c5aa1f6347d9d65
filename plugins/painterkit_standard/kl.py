"""The `kl` loss: equation 1 of the ChatPainter paper."""

from __future__ import annotations

from typing import Literal

import torch
from attrs import frozen
from torch import Tensor

from painterkit.interfaces.conditioner import Condition, Conditioner
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Side, StepView
from painterkit.interfaces.parts import Parts
from painterkit_standard.loss_settings import KLSettings


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

    def parts_misfits(self, parts: Parts) -> list[str]:
        """Refuse a generator whose conditioners sample nothing.

        One that makes its conditions without any is taken as it is.
        """
        found = [one for one in parts.generator.modules() if isinstance(one, Conditioner)]
        if self.weight == 0 or not found or any(one.noise_width for one in found):
            return []
        return [
            "needs a conditioner that samples from a distribution, and the generator's samples "
            "nothing: the term could only pull the condition towards 0; leave the loss out, or "
            "name a conditioner such as 'conditioning-augmentation'"
        ]

    def _reduced(self, entries: Tensor) -> Tensor:
        return entries.mean() if self.reduction == "mean" else entries.sum(dim=1).mean()


def build(settings: KLSettings, context: BuildContext) -> KL:
    """Build the loss."""
    return KL(settings.weight, settings.reduction)
