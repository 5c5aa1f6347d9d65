"""The `auxiliary` loss: discriminators that also tell what pictures show (AC-GAN)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from attrs import frozen
from torch import Tensor

from painterkit.data.facts import UNKNOWN
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.discriminator import Logits, TellsLabels
from painterkit.interfaces.loss import Facts, Side, StepView
from painterkit_standard.labels import judged, value_counts
from painterkit_standard.loss_settings import AuxiliarySettings


@frozen
class Auxiliary:
    """Average the cross-entropy over what was told; sum over resolutions.

    The discriminators are to tell of real pictures what they show, of those attributes that were
    told up to the moment; the generator is to draw what they then tell as what was said.

    Nobody tells a class by its name, so no data know when it was told: it is what the caption
    describes, or the turns up to `from_turn`. The discriminators learn that of every real picture,
    which takes no words; drawn ones are held to it from then on.
    """

    settings: AuxiliarySettings
    counts: tuple[int, ...]
    sides = (Side.DISCRIMINATOR, Side.GENERATOR)
    reads = ("judged", "facts")

    def __call__(self, view: StepView) -> Tensor:
        """Return the term."""
        assert view.facts is not None, "the loss says that it reads them"
        right = self._right(view.facts, view.side)
        told = [
            one.fake if view.side is Side.GENERATOR else one.real for one in view.judged.values()
        ]
        terms = [judged(self._heads(logits), right)[0] for logits in told if logits is not None]
        return self.settings.weight * torch.stack(terms).sum()

    def misfits(self, discriminators: Mapping[int, Any]) -> list[str]:
        """Say that a discriminator tells no labels, or others."""
        return [
            f"needs discriminators that tell the {self.settings.of} of pictures, and that of "
            f"{resolution} px does not; write it as the inner one of 'labelled'"
            for resolution, judge in discriminators.items()
            if not isinstance(judge, TellsLabels) or tuple(judge.label_counts) != self.counts
        ]

    def _heads(self, logits: Logits) -> list[Tensor]:
        assert logits.labels is not None, "misfits() refuses discriminators without"
        return list(logits.labels.split(self.counts, dim=1))

    def _right(self, facts: Facts, side: Side) -> Tensor:
        """Return the right values, [B, heads]; negative where they do not count."""
        if self.settings.of == "class":
            return self._classes(facts, side)[:, None]
        assert facts.said is not None, "the step gives what its losses read"
        assert facts.truth is not None, "the step gives what its losses read"
        if side is Side.GENERATOR:
            return facts.said
        return facts.truth.masked_fill(facts.said == UNKNOWN, UNKNOWN)

    def _classes(self, facts: Facts, side: Side) -> Tensor:
        """Return the right classes, [B]; negative where they do not count."""
        assert facts.class_ids is not None, "build() refuses data without classes"
        if side is Side.DISCRIMINATOR:
            return facts.class_ids if facts.shown_class_ids is None else facts.shown_class_ids
        assert facts.heard is not None, "the step gives what its losses read"
        assert facts.turns is not None, "the step gives what its losses read"
        early = facts.heard < facts.turns.clamp(max=self.settings.from_turn)
        return facts.class_ids.masked_fill(early, UNKNOWN)


def build(settings: AuxiliarySettings, context: BuildContext) -> Auxiliary:
    """Build the loss for the attributes, or the classes, of the data.

    Raises WrongInput where the data know nothing of the sort.
    """
    counts = value_counts(
        settings.of, context.dataset, "auxiliary.of", "other losses need no labels"
    )
    return Auxiliary(settings, tuple(counts))
