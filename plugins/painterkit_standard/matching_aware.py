"""The `matching-aware` adversarial loss of Reed et al. (2016)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Judged, Side, StepView
from painterkit.nn.means import mean_of
from painterkit_standard.loss_settings import MatchingAwareSettings

Term = Callable[[Tensor], Tensor]


def _minus_log_sigmoid(logits: Tensor) -> Tensor:
    return functional.softplus(-logits)


def _one_minus(logits: Tensor) -> Tensor:
    return functional.relu(1 - logits)


def _one_plus(logits: Tensor) -> Tensor:
    return functional.relu(1 + logits)


def _from_one(logits: Tensor) -> Tensor:
    return (logits - 1).square()


REAL: Mapping[str, Term] = {
    "bce": _minus_log_sigmoid,
    "hinge": _one_minus,
    "lsgan": _from_one,
    "wgan": torch.neg,
}
"""What a discriminator loses on logits that it should call real, by kind."""

FAKE: Mapping[str, Term] = {
    "bce": functional.softplus,  # -log(1 - sigmoid(logits))
    "hinge": _one_plus,
    "lsgan": torch.square,
    "wgan": torch.Tensor.clone,
}
"""What it loses on those that it should not."""

DRAWN: Mapping[str, Term] = {
    "bce": _minus_log_sigmoid,
    "hinge": torch.neg,
    "lsgan": _from_one,
    "wgan": torch.neg,
}
"""What the generator loses on the logits of its own pictures."""


@frozen
class MatchingAware:
    """Judge real, mismatched and drawn pairs; sum over resolutions.

    With an unconditional head its terms join in without changing the balance of real against
    the rest, as in StackGAN's Stage-II: (real + unconditional real) / 2, and with the default
    weights (mismatched + fake + unconditional fake) / 3. StackGAN-v2 adds them all up, with
    weights of 1, and calls the picture of a mismatched pair real where no words are asked for.
    """

    settings: MatchingAwareSettings
    sides = (Side.DISCRIMINATOR, Side.GENERATOR)
    reads = ("judged",)

    @property
    def needs_bound(self) -> bool:
        """Whether steeper and steeper logits would lower it without end."""
        return self.settings.kind == "wgan" and self.settings.weight > 0

    def __call__(self, view: StepView) -> Tensor:
        """Return the discriminator's or the generator's term."""
        side = self._generator if view.side is Side.GENERATOR else self._discriminator
        return (
            self.settings.weight
            * torch.stack([side(judged) for judged in view.judged.values()]).sum()
        )

    def _discriminator(self, judged: Judged) -> Tensor:
        assert judged.real is not None, "the discriminator's side has real pictures"
        settings, real, fake = self.settings, judged.real, judged.fake
        positive = [(1.0, self._real(real.conditional).mean())]
        negative = [(settings.fake, self._fake(fake.conditional).mean())]
        pairs = judged.mismatched_weight
        if judged.mismatched is not None and pairs is not None:
            wrong = mean_of(pairs, self._fake(judged.mismatched.conditional))
            negative.append((settings.mismatched, wrong))
        total = sum(weight for weight, _ in negative)
        if real.unconditional is not None and fake.unconditional is not None:
            positive.append((1.0, self._real(real.unconditional).mean()))
            negative.append((settings.fake, self._fake(fake.unconditional).mean()))
            if settings.unconditional_mismatched and judged.mismatched and pairs is not None:
                assert judged.mismatched.unconditional is not None, "one head judges all pairs"
                again = mean_of(pairs, self._real(judged.mismatched.unconditional))
                positive.append((settings.mismatched, again))
        if not settings.balanced:
            return added(positive) + added(negative)
        return added(positive, total=1.0) + added(negative, total)

    def _generator(self, judged: Judged) -> Tensor:
        drawn = [(1.0, judged.fake)]
        if judged.interpolated is not None:
            drawn.append((self.settings.interpolated, judged.interpolated))
        terms = [
            (weight, self._drawn(logits).mean())
            for weight, pictures in drawn
            for logits in (pictures.conditional, pictures.unconditional)
            if logits is not None
        ]
        return added(terms)

    def _real(self, logits: Tensor) -> Tensor:
        return REAL[self.settings.kind](logits)

    def _fake(self, logits: Tensor) -> Tensor:
        return FAKE[self.settings.kind](logits)

    def _drawn(self, logits: Tensor) -> Tensor:
        if self.settings.saturating:
            return -functional.softplus(logits)  # log(1 - sigmoid(logits)), equations 4 and 6
        return DRAWN[self.settings.kind](logits)


def added(terms: list[tuple[float, Tensor]], total: float | None = None) -> Tensor:
    """Add up weighed terms; with `total` the weights are scaled so that they have that sum."""
    share = 1.0 if total is None else total / max(sum(weight for weight, _ in terms), 1e-12)
    return share * torch.stack([weight * term for weight, term in terms]).sum()


def build(settings: MatchingAwareSettings, context: BuildContext) -> MatchingAware:
    """Build the loss."""
    return MatchingAware(settings)
