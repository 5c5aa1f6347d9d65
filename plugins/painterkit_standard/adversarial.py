"""The `adversarial` training-step: discriminators first, then the generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import GeneratorOutput
from painterkit.interfaces.loss import Judged, Loss, Side, StepView
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit_standard.mismatch import (
    Mismatch,
    another_class,
    another_picture,
    has_classes,
    next_picture,
)
from painterkit_standard.settings import AdversarialSettings

MISMATCHES: Mapping[str, Mismatch] = {
    "next": next_picture,
    "other-image": another_picture,
    "other-class": another_class,
}


class Adversarial:
    """Draw a batch once; judge it, then improve on it.

    The fakes that the discriminators judged are the ones that the generator's update
    differentiates: the generator runs once a step.
    """

    optimizers = ("discriminator", "generator")
    tokens = ()

    def __init__(
        self,
        resolutions: tuple[int, ...],
        losses: Mapping[str, Loss],
        mismatch: Mismatch = next_picture,
        gradient_through_condition: bool = False,
    ) -> None:
        self.resolutions = resolutions
        self.losses = losses
        self.mismatch = mismatch
        self.gradient_through_condition = gradient_through_condition

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield the discriminators' update, then the generator's."""
        output = self._draw(parts, batch, context)
        others = self.mismatch(batch, context.shared)
        judged = self._judge_all(parts, batch, output, others)
        yield self._update(Side.DISCRIMINATOR, judged, output)
        yield self._update(Side.GENERATOR, self._judge_drawn(parts, output), output)

    def misfits(self, parts: Parts) -> list[str]:
        """Say which update has no loss, and which resolutions nobody draws or judges."""
        sentences = [
            f"no loss belongs to the {side}'s update; name one in step.losses"
            for side in Side
            if not any(side in loss.sides for loss in self.losses.values())
        ]
        for resolution in self.resolutions:
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
        return sentences

    def _draw(self, parts: Parts, batch: Batch, context: StepContext) -> GeneratorOutput:
        drawn = context.turns.sample(batch.lengths, context.shared)
        embedding = parts.embed(batch, drawn)[:, -1]
        noise = context.noise.sample(parts.generator.noise_widths, batch.size, context.local)
        return parts.generator(embedding, noise, largest=max(self.resolutions))

    def _judge_all(
        self, parts: Parts, batch: Batch, output: GeneratorOutput, others: tuple[Tensor, Tensor]
    ) -> dict[int, Judged]:
        order, weight = others
        judged: dict[int, Judged] = {}
        for resolution in self.resolutions:
            discriminator = parts.discriminator(resolution)
            condition = output.conditions[resolution].detach()
            real = discriminator.features(batch.images[resolution])
            fake = discriminator.features(output.images[resolution].detach())
            judged[resolution] = Judged(
                fake=discriminator.logits(fake, condition),
                real=discriminator.logits(real, condition),
                mismatched=discriminator.logits(real, condition.rows(order)),
                mismatched_weight=weight,
            )
        return judged

    def _judge_drawn(self, parts: Parts, output: GeneratorOutput) -> dict[int, Judged]:
        judged: dict[int, Judged] = {}
        for resolution in self.resolutions:
            discriminator = parts.discriminator(resolution)
            condition = output.conditions[resolution]
            if not self.gradient_through_condition:
                condition = condition.detach()
            features = discriminator.features(output.images[resolution])
            judged[resolution] = Judged(fake=discriminator.logits(features, condition))
        return judged

    def _update(self, side: Side, judged: Mapping[int, Judged], output: GeneratorOutput) -> Update:
        conditions = {resolution: output.conditions[resolution] for resolution in self.resolutions}
        images = output.images
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


def build(settings: AdversarialSettings, context: BuildContext) -> Any:
    """Build the step with its losses.

    Raises WrongInput where pairs of other classes are wanted of data without classes.
    """
    if settings.mismatch == "other-class" and not has_classes(context.dataset):
        raise WrongInput(
            Problem(
                "adversarial.mismatch",
                "the conversations of this data set have no classes to tell apart",
                "'other-image' mismatches with any other picture",
            )
        )
    losses = {name: context.build(Role.LOSS, slot) for name, slot in settings.losses.items()}
    return Adversarial(
        settings.resolutions,
        losses,
        MISMATCHES[settings.mismatch],
        settings.gradient_through_condition,
    )
