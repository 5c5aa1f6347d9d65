"""The losses `r1`, `wgan-gp` and `matching-aware-gradient-penalty`: gradients of the logits.

Each differentiates a picture's logits by that picture alone, so they refuse discriminators with
batch normalisation. A discriminator with two heads is penalised for both: an unconditional critic
grows without bound as well. They are computed in float32: the squares and powers of a
gradient in bfloat16 are too coarse to be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from attrs import evolve, frozen
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm  # pyright: ignore[reportPrivateUsage]

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Shown, Side, StepView
from painterkit_standard.loss_settings import (
    MatchingAwareGradientPenaltySettings,
    R1Settings,
    WGANGPSettings,
)


@frozen
class R1:
    """Penalise the squared gradient at real pictures; sum over resolutions."""

    settings: R1Settings
    sides = (Side.DISCRIMINATOR,)
    reads = ("shown", "step")

    def __call__(self, view: StepView) -> Tensor:
        """Return the term."""
        return every_few(view, self.settings.every, 0.5 * self.settings.weight, self._of)

    def misfits(self, discriminators: Mapping[int, Any]) -> list[str]:
        """Refuse batch normalisation."""
        return mixing_pictures(discriminators)

    @property
    def gives_bound(self) -> bool:
        """Whether it penalises anything."""
        return self.settings.weight > 0

    def _of(self, shown: Shown) -> Tensor:
        real = leaf(shown.real)
        return averaged(squared_gradients(shown, real, shown.condition, [real]))


@frozen
class WGANGP:
    """Penalise gradients of another length than 1 between real and drawn pictures."""

    settings: WGANGPSettings
    sides = (Side.DISCRIMINATOR,)
    reads = ("shown", "random", "step")

    def __call__(self, view: StepView) -> Tensor:
        """Return the term."""
        random = view.random
        assert random is not None, "the loss says that it reads it"
        return every_few(
            view, self.settings.every, self.settings.weight, lambda shown: self._of(shown, random)
        )

    def misfits(self, discriminators: Mapping[int, Any]) -> list[str]:
        """Refuse batch normalisation."""
        return mixing_pictures(discriminators)

    @property
    def gives_bound(self) -> bool:
        """Whether it penalises anything."""
        return self.settings.weight > 0

    def _of(self, shown: Shown, random: torch.Generator) -> Tensor:
        count, device = len(shown.real), shown.real.device
        share = torch.rand(count, 1, 1, 1, generator=random, device=device)
        between = leaf(shown.real.float().lerp(shown.fake.float(), share))
        squares = squared_gradients(shown, between, shown.condition, [between])
        return averaged([(length(squared) - 1).square() for squared in squares])


@frozen
class MatchingAwareGradientPenalty:
    """Penalise the gradient by picture and words at real pictures with their own words."""

    settings: MatchingAwareGradientPenaltySettings
    sides = (Side.DISCRIMINATOR,)
    reads = ("shown", "step")

    def __call__(self, view: StepView) -> Tensor:
        """Return the term."""
        return every_few(view, self.settings.every, self.settings.weight, self._of)

    def misfits(self, discriminators: Mapping[int, Any]) -> list[str]:
        """Refuse batch normalisation."""
        return mixing_pictures(discriminators)

    @property
    def gives_bound(self) -> bool:
        """Whether it penalises anything."""
        return self.settings.weight > 0

    def _of(self, shown: Shown) -> Tensor:
        real, told = leaf(shown.real), shown.condition
        # A discriminator reads one of these; it is the one that has a gradient.
        fields = [leaf(told.embedding), leaf(told.code), leaf(told.mu)]
        condition = evolve(told, embedding=fields[0], code=fields[1], mu=fields[2])
        squares = squared_gradients(shown, real, condition, [real, *fields])
        return averaged([length(squared).pow(self.settings.power) for squared in squares])


def every_few(view: StepView, every: int, weight: float, term: Callable[[Shown], Tensor]) -> Tensor:
    """Return the weighed sum of a term over resolutions, `every` times that in each so many steps.

    Lazy regularisation, appendix B of Karras et al. (2020): on average the gradient is the same.
    """
    if view.step % every:
        return torch.zeros((), device=next(iter(view.shown.values())).real.device)
    return weight * every * torch.stack([term(shown) for shown in view.shown.values()]).sum()


def mixing_pictures(discriminators: Mapping[int, Any]) -> list[str]:
    """Return a sentence for each discriminator whose batch normalisation mixes pictures."""
    return [
        "needs discriminators that judge each picture by itself, and the batch normalisation of "
        f"that of {resolution} px mixes those of a batch; give it another norm, such as 'spectral' "
        "or 'layer'"
        for resolution, judge in discriminators.items()
        if any(isinstance(module, _BatchNorm) for module in judge.modules())
    ]


def leaf(tensor: Tensor) -> Tensor:
    """Return the tensor in float32 as one that gradients are computed by."""
    return tensor.detach().float().requires_grad_()


def squared_gradients(
    shown: Shown, images: Tensor, condition: Condition, by: Sequence[Tensor]
) -> list[Tensor]:
    """Return the squared length of each logit's gradient by all of `by`, [B] for each head.

    They can be differentiated themselves. What the logits do not depend on adds nothing.
    """
    with torch.autocast(images.device.type, enabled=False):
        judged = shown.logits(images, condition)
        heads = (judged.conditional, judged.unconditional)
        return [_squared(logits, by) for logits in heads if logits is not None]


def _squared(logits: Tensor, by: Sequence[Tensor]) -> Tensor:
    found = torch.autograd.grad(logits.sum(), by, create_graph=True, allow_unused=True)
    squares = [one.flatten(1).square().sum(dim=1) for one in found if one is not None]
    return torch.stack(squares).sum(dim=0)


def averaged(heads: Sequence[Tensor]) -> Tensor:
    """Return the sum over heads of the means of [B], a scalar."""
    return torch.stack([head.mean() for head in heads]).sum()


def length(squared: Tensor) -> Tensor:
    """Return the root, with a finite gradient where `squared` is 0."""
    return (squared + 1e-12).sqrt()


def build_r1(settings: R1Settings, context: BuildContext) -> R1:
    """Build `r1`."""
    return R1(settings)


def build_wgan_gp(settings: WGANGPSettings, context: BuildContext) -> WGANGP:
    """Build `wgan-gp`."""
    return WGANGP(settings)


def build_matching_aware(
    settings: MatchingAwareGradientPenaltySettings, context: BuildContext
) -> MatchingAwareGradientPenalty:
    """Build `matching-aware-gradient-penalty`."""
    return MatchingAwareGradientPenalty(settings)
