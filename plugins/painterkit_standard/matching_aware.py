"""The `matching-aware` adversarial loss of Reed et al. (2016)."""

from __future__ import annotations

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Judged, Side, StepView
from painterkit_standard.settings import MatchingAwareSettings


@frozen
class MatchingAware:
    """Judge real, mismatched and drawn pairs; sum over resolutions.

    With an unconditional head its terms join in without changing the balance of real against
    the rest, as in StackGAN's Stage-II: (real + unconditional real) / 2, and with the default
    weights (mismatched + fake + unconditional fake) / 3.
    """

    settings: MatchingAwareSettings
    sides = (Side.DISCRIMINATOR, Side.GENERATOR)
    reads = ("judged",)

    def __call__(self, view: StepView) -> Tensor:
        """Return the discriminator's or the generator's term."""
        side = self._generator if view.side is Side.GENERATOR else self._discriminator
        return (
            self.settings.weight
            * torch.stack([side(judged) for judged in view.judged.values()]).sum()
        )

    def _discriminator(self, judged: Judged) -> Tensor:
        assert judged.real is not None, "the discriminator's side has real pictures"
        positive = [self._real(judged.real.conditional).mean()]
        negative = [(self.settings.fake, self._fake(judged.fake.conditional).mean())]
        if judged.mismatched is not None and judged.mismatched_weight is not None:
            pairs = judged.mismatched_weight
            terms = self._fake(judged.mismatched.conditional) * pairs
            negative.append((self.settings.mismatched, terms.sum() / pairs.sum().clamp(min=1)))
        total = sum(weight for weight, _ in negative)
        if judged.real.unconditional is not None and judged.fake.unconditional is not None:
            positive.append(self._real(judged.real.unconditional).mean())
            negative.append((self.settings.fake, self._fake(judged.fake.unconditional).mean()))
        share = total / max(sum(weight for weight, _ in negative), 1e-12)
        return (
            torch.stack(positive).mean()
            + share * torch.stack([weight * term for weight, term in negative]).sum()
        )

    def _generator(self, judged: Judged) -> Tensor:
        loss = self._drawn(judged.fake.conditional).mean()
        if judged.fake.unconditional is not None:
            loss = loss + self._drawn(judged.fake.unconditional).mean()
        return loss

    def _real(self, logits: Tensor) -> Tensor:
        if self.settings.kind == "hinge":
            return functional.relu(1 - logits)
        return functional.softplus(-logits)  # -log sigmoid(logits)

    def _fake(self, logits: Tensor) -> Tensor:
        if self.settings.kind == "hinge":
            return functional.relu(1 + logits)
        return functional.softplus(logits)  # -log(1 - sigmoid(logits))

    def _drawn(self, logits: Tensor) -> Tensor:
        if self.settings.kind == "hinge":
            return -logits
        if self.settings.saturating:
            return -functional.softplus(logits)  # log(1 - sigmoid(logits)), equations 4 and 6
        return functional.softplus(-logits)


def build(settings: MatchingAwareSettings, context: BuildContext) -> MatchingAware:
    """Build the loss."""
    return MatchingAware(settings)
