"""One adversarial step, written as the peers write it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.plain.layers import with_plain_layers
from painterkit.assembly import Assembly
from painterkit.data import Batch
from painterkit.interfaces.generator import GeneratorOutput, LooksAtWords
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.loss import Facts, Judged, Loss, Shown, Side, StepView
from painterkit.interfaces.reading import Told
from painterkit.training.phase import ActivePhase


class PlainStep:
    """The same parts, batches and losses, with `losses` or those of the phase.

    Float32 and contiguous tensors, plain layers, the discriminator's trunk run once a condition,
    its weights' gradients computed in the generator's update too, and an Adam that is not fused.
    """

    def __init__(self, assembly: Assembly, phase: ActivePhase, losses: Mapping[str, Loss]) -> None:
        self.assembly = assembly
        self.resolutions = phase.step.resolutions
        self.losses = losses
        self.generator = with_plain_layers(assembly.parts.generator)
        self.discriminators = {
            size: with_plain_layers(assembly.parts.discriminator(size))
            for size in self.resolutions
            if str(size) in assembly.parts.discriminators
        }
        trained = [p for p in self.generator.parameters() if p.requires_grad]
        self.generator_optimizer = torch.optim.Adam(trained, 2e-4, (0.5, 0.999), fused=False)
        judging = [p for judge in self.discriminators.values() for p in judge.parameters()]
        self.discriminator_optimizer = torch.optim.Adam(judging, 2e-4, (0.5, 0.999), fused=False)
        self.random = torch.Generator().manual_seed(0)

    def __call__(self, batch: Batch) -> None:
        """Make one step."""
        told, noise = self.told(batch, self.random)
        output = self.draw(told, noise, max(self.resolutions))
        self._update(Side.DISCRIMINATOR, self._judge_all(batch, output), output, batch, told)
        self._update(Side.GENERATOR, self._judge_drawn(output), output, batch, told)

    def told(self, batch: Batch, random: torch.Generator) -> tuple[Told, dict[str, Tensor]]:
        """Return what each conversation is told at its last drawn moment, and noise."""
        parts, assembly = self.assembly.parts, self.assembly
        drawn = assembly.turns.sample(batch.lengths, random)
        reading = parts.read(batch, drawn)
        noise = assembly.noise.sample(parts.generator.noise_widths, batch.size, random)
        return reading.at(drawn.shape[1] - 1), dict(noise)

    def draw(
        self, told: Told, noise: Mapping[str, Tensor], largest: int | None = None
    ) -> GeneratorOutput:
        """Draw with the plain generator."""
        if isinstance(self.generator, LooksAtWords):
            return self.generator(told.embedding, noise, largest=largest, words=told.words)
        return self.generator(told.embedding, noise, largest=largest)

    def _judge_all(self, batch: Batch, output: GeneratorOutput) -> dict[int, Judged]:
        order = torch.arange(batch.size).roll(-1)
        judged: dict[int, Judged] = {}
        for size, judge in self.discriminators.items():
            condition, real = output.conditions[size].detach(), batch.images[size]
            seen = judge.features(real)
            judged[size] = Judged(
                fake=judge.logits(judge.features(output.images[size].detach()), condition),
                real=judge.logits(seen, condition),
                mismatched=judge.logits(judge.features(real), condition.rows(order)),
                mismatched_weight=torch.ones(batch.size),
                real_features=seen,
            )
        return judged

    def _judge_drawn(self, output: GeneratorOutput) -> dict[int, Judged]:
        judged: dict[int, Judged] = {}
        for size, judge in self.discriminators.items():
            seen = judge.features(output.images[size])
            logits = judge.logits(seen, output.conditions[size].detach())
            judged[size] = Judged(logits, fake_features=seen)
        return judged

    def _update(
        self,
        side: Side,
        judged: dict[int, Judged],
        output: GeneratorOutput,
        batch: Batch,
        told: Told,
    ) -> None:
        optimizer = (
            self.discriminator_optimizer if side is Side.DISCRIMINATOR else self.generator_optimizer
        )
        view = StepView(
            side,
            judged,
            {size: output.conditions[size] for size in self.resolutions},
            output.images,
            {
                size: Shown(
                    batch.images[size],
                    output.images[size].detach(),
                    output.conditions[size].detach(),
                    judge,
                )
                for size, judge in self.discriminators.items()
            },
            Facts(image_rows=batch.image_rows),
            self.random,
            told.words,
            batch.captions,
            self._seen(output) if side is Side.GENERATOR else None,
            judges=self.discriminators,
        )
        loss = sum(loss(view) for loss in self.losses.values() if side in loss.sides)
        self.generator.zero_grad()
        self.discriminator_optimizer.zero_grad()
        assert isinstance(loss, Tensor)
        loss.backward()
        optimizer.step()

    def _seen(self, output: GeneratorOutput) -> ImageFeatures | None:
        encoder = self.assembly.parts.image_encoder
        if encoder is None or not any("seen" in loss.reads for loss in self.losses.values()):
            return None
        finest = output.images[max(output.images)]
        return encoder(functional.adaptive_avg_pool2d(finest, encoder.resolution))
