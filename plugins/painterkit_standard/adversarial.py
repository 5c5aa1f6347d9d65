"""The `adversarial` training-step: discriminators first, then the generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from attrs import evolve
from torch import Tensor
from torch.nn.utils import parametrize

from painterkit.data import Batch
from painterkit.errors import WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.discriminator import Discriminator
from painterkit.interfaces.generator import GeneratorOutput
from painterkit.interfaces.loss import Judged, Loss, Side, StepView
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.reading import Reading, Told
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler, noise_through
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.interfaces.unrolled import DrawnMoments, draw_moments
from painterkit.roles import Role
from painterkit_standard.adversarial_fit import data_problems, extras_of, step_misfits
from painterkit_standard.judging import Judging
from painterkit_standard.remedies import loss_remedies
from painterkit_standard.spread import noise_spread_metrics, spread_metrics
from painterkit_standard.training_settings import AdversarialSettings


class Adversarial:
    """Draw a batch; judge it, then improve on it.

    The fakes that the discriminators judged last are the ones that the generator's update
    differentiates: with one critic step the generator runs once. Lines 2 to 8 of algorithm 1 of the
    Neural Painter paper, where the turn-sampler is uniform-time. With more critic steps each has
    real pictures of its own, as in algorithm 1 of Gulrajani et al. (2017): further batches, then
    the step's own, of which `until.images` and `images_seen` count the pictures.
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
        # Of half a batch of pictures, batch normalisation needs two.
        self.least_batch = 4 if settings.interpolated else 2
        self.judged = settings.resolutions
        looks = {seen_at} if settings.told == "image" else set()
        self.resolutions = tuple(sorted({*self.judged, *looks}))
        self.extras = extras_of(settings, losses)
        reads = {word for loss in losses.values() for word in loss.reads}
        self.judging = Judging(settings, reads)
        self.asks_image_encoder = settings.told == "image" or "seen" in reads

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield the discriminators' updates, then the generator's."""
        for number in range(1, self.settings.critic_steps):
            other = context.another(number)
            with torch.no_grad():
                drawn = self._draw(parts, other, context)
            yield self._discriminators_update(parts, other, drawn, context)
        drawn = self._draw(parts, batch, context)
        looked = self._noise_spread(parts, batch, context)
        yield self._discriminators_update(parts, batch, drawn, context)
        update = self._generators_update(parts, batch, drawn, context)
        yield evolve(update, metrics={**update.metrics, **looked})

    def misfits(self, parts: Parts) -> list[str]:
        """Say which update has no loss, what nobody draws or judges, and what cannot be told."""
        return step_misfits(self.settings, self.losses, parts)

    def remedies(self, parts: Parts) -> list[str]:
        """Say which loss would calm the discriminators, where none does and one fits."""
        return loss_remedies(self.losses, self._judges(parts))

    def _draw(self, parts: Parts, batch: Batch, context: StepContext) -> DrawnMoments:
        sampler = self.turns or context.turns
        moments = sampler.sample(batch.lengths, context.shared)
        return self._draw_at(moments, parts, batch, sampler.first, context.noise, context.local)

    def _draw_at(
        self,
        moments: Tensor,
        parts: Parts,
        batch: Batch,
        first: int | None,
        noise_sampler: NoiseSampler,
        random: torch.Generator,
    ) -> DrawnMoments:
        widths = parts.generator.noise_widths
        noise = noise_through(noise_sampler, widths, batch.size, random)
        largest = max(self.judged)
        if self.settings.told == "reader":
            memory, truncation = self.settings.memory, self.settings.truncation
            return draw_moments(parts, batch, moments, first, noise, largest, memory, truncation)
        rows, last = torch.arange(batch.size, device=moments.device), moments[:, -1:]
        told = Reading(self._seen(parts, batch).unsqueeze(1), parts.words(batch, last)).at(0)
        output = parts.draw(told, noise(last[:, 0]), largest=largest)
        return DrawnMoments(rows, last[:, 0], output.images, output.conditions, told.words)

    def _noise_spread(self, parts: Parts, batch: Batch, context: StepContext) -> dict[str, Tensor]:
        sampler = self.turns or context.turns

        def draw(twice: Batch, random: torch.Generator) -> DrawnMoments:
            half = twice.size // 2
            moments = sampler.sample(twice.lengths[:half], random)[:, -1:].repeat(2, 1)
            return self._draw_at(moments, parts, twice, sampler.first, context.noise, random)

        return noise_spread_metrics(parts, batch, context.step, max(self.judged), draw)

    def _seen(self, parts: Parts, batch: Batch) -> Tensor:
        """Return what stands for the words, [B, E]: the picture's embedding, or its caption's."""
        if self.settings.told == "caption" or parts.image_encoder is None:
            return batch.captions
        with torch.no_grad():
            seen = parts.image_encoder(batch.images[parts.image_encoder.resolution])
        return seen.pooled

    def _with_interpolated(
        self, parts: Parts, batch: Batch, context: StepContext, judged: Mapping[int, Judged]
    ) -> dict[int, Judged]:
        """Judge pictures drawn half-way between two conversations' words: GAN-INT.

        Half a batch of pairs, each conversation in one of them: Reed et al. (2016), equation 5.
        """
        output = self._drawn_between(parts, batch, context)
        found: dict[int, Judged] = {}
        for resolution, one in judged.items():
            judge, condition = parts.discriminator(resolution), output.conditions[resolution]
            if not self.settings.gradient_through_condition:
                condition = condition.detach()
            logits = judge.logits(judge.features(output.images[resolution]), condition)
            found[resolution] = evolve(one, interpolated=logits)
        return found

    def _drawn_between(self, parts: Parts, batch: Batch, context: StepContext) -> GeneratorOutput:
        moments = (self.turns or context.turns).sample(batch.lengths, context.shared)[:, -1:]
        told = self.settings.told == "reader"
        embedding = parts.embed(batch, moments)[:, 0] if told else self._seen(parts, batch)
        half = batch.size // 2
        pairs = torch.randperm(batch.size, generator=context.shared, device=embedding.device)
        between = 0.5 * (embedding[pairs[:half]] + embedding[pairs[half : 2 * half]])
        widths = parts.generator.noise_widths
        noise = context.noise.sample(widths, half, context.local)
        return parts.draw(Told(between), noise, largest=max(self.judged))

    # Within an update weights do not change: spectral normalisation is computed once a weight.
    @parametrize.cached()
    def _discriminators_update(
        self, parts: Parts, batch: Batch, drawn: DrawnMoments, context: StepContext
    ) -> Update:
        judged = self.judging.all_pairs(parts, batch, drawn, context.shared)
        view = StepView(
            Side.DISCRIMINATOR,
            judged,
            {resolution: drawn.conditions[resolution] for resolution in self.judged},
            {resolution: image.detach() for resolution, image in drawn.images.items()},
            self.judging.shown(parts, batch, drawn),
            self.judging.facts(batch, drawn),
            context.local,
            drawn.words,
            batch.captions[drawn.rows],
            step=context.step,
            judges=self._judges(parts),
        )
        metrics = spread_metrics(batch, drawn, max(self.judged))
        for resolution, pair in judged.items():
            if pair.real is not None:
                metrics[f"real.{resolution}"] = pair.real.conditional.detach().mean()
                metrics[f"fake.{resolution}"] = pair.fake.conditional.detach().mean()
        return self._update(view, metrics)

    @parametrize.cached()
    def _generators_update(
        self, parts: Parts, batch: Batch, drawn: DrawnMoments, context: StepContext
    ) -> Update:
        judged = self.judging.drawn_pairs(parts, batch, drawn)
        if self.settings.interpolated:
            judged = self._with_interpolated(parts, batch, context, judged)
        view = StepView(
            Side.GENERATOR,
            judged,
            {resolution: drawn.conditions[resolution] for resolution in self.judged},
            drawn.images,
            facts=self.judging.facts(batch, drawn),
            words=drawn.words,
            captions=batch.captions[drawn.rows],
            seen=self.judging.seen(parts, drawn),
            step=context.step,
            judges=self._judges(parts),
        )
        return self._update(view, {})

    def _judges(self, parts: Parts) -> dict[int, Discriminator]:
        return {resolution: parts.discriminator(resolution) for resolution in self.judged}

    def _update(self, view: StepView, metrics: Mapping[str, Tensor]) -> Update:
        side = view.side
        terms = {name: loss(view) for name, loss in self.losses.items() if side in loss.sides}
        told = {f"{side}.{name}": term.detach() for name, term in terms.items()}
        return Update((str(side),), torch.stack(list(terms.values())).sum(), {**told, **metrics})


def build(settings: AdversarialSettings, context: BuildContext) -> Any:
    """Build the step with its losses.

    Raises WrongInput where pairs of other classes are wanted of data without classes, or pairs
    or pictures by attributes of data without attributes.
    """
    losses = {name: context.build(Role.LOSS, slot) for name, slot in settings.losses.items()}
    problems = list(data_problems(settings, losses, context.dataset))
    if problems:
        raise WrongInput(problems)
    turns = None if settings.turns is None else context.build(Role.TURN_SAMPLER, settings.turns)
    return Adversarial(settings, losses, turns, context.resolution)
