"""The `contrastive` loss: whose words a picture was drawn from, of all in the batch."""

from __future__ import annotations

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.discriminator import Discriminator
from painterkit.interfaces.loss import Side, StepView
from painterkit_standard.loss_settings import ContrastiveSettings

NEVER = float("-inf")


@frozen
class Contrastive:
    """Let each picture's own words be the likeliest, by its conditional logits with several.

    The discriminators learn it of real pictures, the generator with its own. Words about the same
    picture are no wrong ones.
    """

    settings: ContrastiveSettings
    sides = (Side.DISCRIMINATOR, Side.GENERATOR)
    reads = ("judged", "judges", "conditions", "facts")

    def __call__(self, view: StepView) -> Tensor:
        """Return the term, summed over resolutions."""
        assert view.facts is not None, "the loss says that it reads them"
        assert view.facts.image_rows is not None, "every step tells the pictures' numbers"
        about, seen_rows = view.facts.image_rows, view.facts.image_rows
        if view.side is Side.DISCRIMINATOR and view.facts.shown_rows is not None:
            seen_rows = view.facts.shown_rows
        order = own_and_others(len(about), self.settings.others, about.device)
        picture = seen_rows.unsqueeze(1)
        # A picture that stands beside two conversations fits the words of both.
        same = (about[order] == picture) | (seen_rows[order] == picture)
        same[:, 0] = False
        terms = []
        for resolution, judged in view.judged.items():
            real = view.side is Side.DISCRIMINATOR
            seen = judged.real_features if real else judged.fake_features
            assert seen is not None, "a step gives what was seen of what it judges"
            told = view.conditions[resolution].detach()
            logits = judge_all(view.judges[resolution], seen, told, order)
            scores = (logits / self.settings.temperature).masked_fill(same, NEVER)
            terms.append(functional.cross_entropy(scores, torch.zeros_like(order[:, 0])))
        return self.settings.weight * torch.stack(terms).sum()


def own_and_others(count: int, others: int, device: torch.device) -> Tensor:
    """Return rows of conversations for each of `count` pictures, [B, 1 + others]: its own first.

    The others are those that follow in the batch, without end; no more than there are.
    """
    offsets = torch.arange(1 + min(others, count - 1), device=device)
    return (torch.arange(count, device=device).unsqueeze(1) + offsets) % count


def judge_all(judge: Discriminator, seen: Tensor, told: Condition, order: Tensor) -> Tensor:
    """Return the conditional logits [B, K] of `seen` [B, C, M, M] with the words in `order`."""
    each = seen.repeat_interleave(order.shape[1], dim=0)
    return judge.logits(each, told.rows(order.flatten())).conditional.view(order.shape)


def build(settings: ContrastiveSettings, context: BuildContext) -> Contrastive:
    """Build the loss."""
    return Contrastive(settings)
