"""The `adversarial` training-step: discriminators first, then the generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Judged, Loss, Side, StepView
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler, noise_through
from painterkit.interfaces.training_step import Extra, StepContext, Update
from painterkit.interfaces.unrolled import DrawnMoments, draw_moments
from painterkit.roles import Role
from painterkit_standard.mismatch import (
    Mismatch,
    RealPictures,
    another_class,
    another_picture,
    contradicted,
    has_attributes,
    has_classes,
    next_picture,
)
from painterkit_standard.training_settings import AdversarialSettings

MISMATCHES: Mapping[str, Mismatch] = {
    "next": next_picture,
    "other-image": another_picture,
    "other-class": another_class,
    "contradicting": contradicted,
}


class Adversarial:
    """Draw a batch once; judge it, then improve on it.

    The fakes that the discriminators judged are the ones that the generator's update
    differentiates: the generator runs once a step. Lines 2 to 8 of algorithm 1 of the Neural
    Painter paper, where the turn-sampler is uniform-time.
    """

    optimizers = ("discriminator", "generator")
    tokens = ()

    def __init__(
        self,
        settings: AdversarialSettings,
        losses: Mapping[str, Loss],
        turns: TurnSampler | None = None,
        seen_at: int = 0,
    ) -> None:
        self.settings = settings
        self.losses = losses
        self.turns = turns
        self.judged = settings.resolutions
        looks = {seen_at} if settings.told == "image" else set()
        self.resolutions = tuple(sorted({*self.judged, *looks}))
        self.extras = extras_of(settings)

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield the discriminators' update, then the generator's."""
        drawn = self._draw(parts, batch, context)
        judged = self._judge_all(parts, batch, drawn, context.shared)
        yield self._update(Side.DISCRIMINATOR, judged, drawn)
        yield self._update(Side.GENERATOR, self._judge_drawn(parts, drawn), drawn)

    def misfits(self, parts: Parts) -> list[str]:
        """Say which update has no loss, what nobody draws or judges, and what cannot be told."""
        sentences = [
            f"no loss belongs to the {side}'s update; name one in step.losses"
            for side in Side
            if not any(side in loss.sides for loss in self.losses.values())
        ]
        for resolution in self.judged:
            if resolution not in parts.generator.resolutions:
                drawn = ", ".join(map(str, parts.generator.resolutions))
                sentences.append(
                    f"the generator draws no picture of {resolution} px; it draws {drawn}"
                )
            elif str(resolution) not in parts.discriminators:
                sentences.append(
                    f"nobody judges pictures of {resolution} px; name a discriminator in "
                    f"parts.discriminators.{resolution}"
                )
        return [*sentences, *told_misfits(self.settings.told, parts)]

    def _draw(self, parts: Parts, batch: Batch, context: StepContext) -> DrawnMoments:
        sampler = self.turns or context.turns
        moments = sampler.sample(batch.lengths, context.shared)
        widths = parts.generator.noise_widths
        noise = noise_through(context.noise, widths, batch.size, context.local)
        largest = max(self.judged)
        if self.settings.told == "reader":
            memory, truncation = self.settings.memory, self.settings.truncation
            first = sampler.first
            return draw_moments(parts, batch, moments, first, noise, largest, memory, truncation)
        rows = torch.arange(batch.size, device=moments.device)
        output = parts.generator(self._seen(parts, batch), noise(moments[:, -1]), largest=largest)
        return DrawnMoments(rows, moments[:, -1], output.images, output.conditions)

    def _seen(self, parts: Parts, batch: Batch) -> Tensor:
        """Return what stands for the words, [B, E]: the picture's embedding, or its caption's."""
        if self.settings.told == "caption" or parts.image_encoder is None:
            return batch.captions
        with torch.no_grad():
            seen = parts.image_encoder(batch.images[parts.image_encoder.resolution])
        return seen.pooled

    def _judge_all(
        self, parts: Parts, batch: Batch, drawn: DrawnMoments, shared: torch.Generator
    ) -> dict[int, Judged]:
        pairs = self._mismatched(batch, drawn, shared)
        judged: dict[int, Judged] = {}
        for resolution in self.judged:
            discriminator = parts.discriminator(resolution)
            condition = drawn.conditions[resolution].detach()
            real = self._real_features(discriminator, batch, drawn, resolution)
            fake = discriminator.features(drawn.images[resolution].detach())
            fake_logits = discriminator.logits(fake, condition)
            real_logits = discriminator.logits(real, condition)
            if pairs is None:
                judged[resolution] = Judged(fake_logits, real_logits)
                continue
            order, weight = pairs
            mismatched = discriminator.logits(real, condition.rows(order))
            judged[resolution] = Judged(fake_logits, real_logits, mismatched, weight)
        return judged

    def _real_features(
        self, discriminator: Any, batch: Batch, drawn: DrawnMoments, resolution: int
    ) -> Tensor:
        if self.settings.supervision == "matching":
            matching = batch.matching[resolution][drawn.rows, drawn.moments + 1]
            return discriminator.features(matching)
        features = discriminator.features(batch.images[resolution])
        # Drawn at several moments, a conversation's own picture is looked at once.
        return features if len(drawn.rows) == batch.size else features[drawn.rows]

    def _mismatched(
        self, batch: Batch, drawn: DrawnMoments, shared: torch.Generator
    ) -> tuple[Tensor, Tensor] | None:
        if self.settings.mismatch == "none":
            return None
        truth = None if batch.truth is None else batch.truth[drawn.rows]
        if self.settings.supervision == "matching" and batch.matching_truth is not None:
            truth = batch.matching_truth[drawn.rows, drawn.moments + 1]
        real = RealPictures(batch.image_rows[drawn.rows], truth)
        return MISMATCHES[self.settings.mismatch](batch, drawn, real, shared)

    def _judge_drawn(self, parts: Parts, drawn: DrawnMoments) -> dict[int, Judged]:
        judged: dict[int, Judged] = {}
        for resolution in self.judged:
            discriminator = parts.discriminator(resolution)
            condition = drawn.conditions[resolution]
            if not self.settings.gradient_through_condition:
                condition = condition.detach()
            features = discriminator.features(drawn.images[resolution])
            judged[resolution] = Judged(fake=discriminator.logits(features, condition))
        return judged

    def _update(self, side: Side, judged: Mapping[int, Judged], drawn: DrawnMoments) -> Update:
        conditions = {resolution: drawn.conditions[resolution] for resolution in self.judged}
        images = drawn.images
        if side is Side.DISCRIMINATOR:
            images = {resolution: image.detach() for resolution, image in images.items()}
        view = StepView(side, judged, conditions, images)
        terms = {name: loss(view) for name, loss in self.losses.items() if side in loss.sides}
        metrics = {f"{side}.{name}": term.detach() for name, term in terms.items()}
        for resolution, pair in judged.items():
            if side is Side.DISCRIMINATOR and pair.real is not None:
                metrics[f"real.{resolution}"] = pair.real.conditional.detach().mean()
                metrics[f"fake.{resolution}"] = pair.fake.conditional.detach().mean()
        return Update((str(side),), torch.stack(list(terms.values())).sum(), metrics)


def extras_of(settings: AdversarialSettings) -> tuple[Extra, ...]:
    """Return what the step needs in a batch besides pictures and words."""
    if settings.supervision == "matching":
        return ("facts", "matching")
    return ("facts",) if settings.mismatch == "contradicting" else ()


def told_misfits(told: str, parts: Parts) -> list[str]:
    """Say what lacks where the painter is told something in place of what was read."""
    if told == "reader":
        return []
    if told == "image" and parts.image_encoder is None:
        return [
            "the painter is to be told what is seen in the pictures, and nothing sees them; name "
            "an image encoder in parts.image_encoder"
        ]
    seer = parts.image_encoder if told == "image" else parts.caption_encoder
    width = parts.dialogue_encoder.width
    width += parts.caption_encoder.width if parts.caption_told else 0
    if seer is not None and seer.width != width:
        return [
            f"the painter is to be told the {told}'s vector of {seer.width} numbers in place of "
            f"what was read, which has {width}; give both one width"
        ]
    return []


def build(settings: AdversarialSettings, context: BuildContext) -> Any:
    """Build the step with its losses.

    Raises WrongInput where pairs of other classes are wanted of data without classes, or pairs
    or pictures by attributes of data without attributes.
    """
    if settings.mismatch == "other-class" and not has_classes(context.dataset):
        raise WrongInput(
            Problem(
                "adversarial.mismatch",
                "the conversations of this data set have no classes to tell apart",
                "'other-image' mismatches with any other picture",
            )
        )
    if extras_of(settings) and not has_attributes(context.dataset):
        key = "supervision" if settings.supervision == "matching" else "mismatch"
        raise WrongInput(
            Problem(
                f"adversarial.{key}",
                "this data set does not know what its pictures show: it has no attributes",
                "'own' and 'other-image' need none",
            )
        )
    losses = {name: context.build(Role.LOSS, slot) for name, slot in settings.losses.items()}
    turns = None if settings.turns is None else context.build(Role.TURN_SAMPLER, settings.turns)
    return Adversarial(settings, losses, turns, context.resolution)
