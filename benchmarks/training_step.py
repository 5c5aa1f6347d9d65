"""The speed of a training step against a plain one, as a ratio in one run.

    python benchmarks/training_step.py [--recipe chatpainter_rnn] [--set key=value ...]
        [--steps 12] [--rounds 3] [--json]

For a recipe whose generator has no memory: each conversation is drawn once. StackGAN++ at 256 px,
three stages, batch 4, is `--recipe benchmarks/stackgan_pp_256.toml`.

The plain step has the same parts and batches and computes as the peers do: float32 and contiguous
tensors, nearest upsampling before the convolution, the discriminator's trunk run once a condition,
its weights' gradients computed in the generator's update too, and an Adam that is not fused. A
vector that is joined to a map is repeated over it, and a gated linear unit is torch's own. Both run
in turn, round by round, and the best round of each counts. Sampling is compared likewise.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.data import Batch
from painterkit.data.order import step_rows
from painterkit.data.prepared import cache_folder
from painterkit.generation.draw import draw_batch
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.generator import GeneratorOutput
from painterkit.interfaces.loss import Judged, Side, StepView
from painterkit.nn.blocks import UpConvolution
from painterkit.nn.glu import GLU
from painterkit.nn.spatial import JoinedConvolution, join
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.training.finite import Sums
from painterkit.training.phase import ActivePhase
from painterkit.training.trainer import Position, Trainer

Work = Callable[[int], None]


class PlainUpConvolution(nn.Module):
    """Double height and width, then convolve: two passes."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        # Frozen where it was: the peers, too, cut Stage-I off while Stage-II is trained.
        self.weight = nn.Parameter(weight.detach().clone().contiguous(), weight.requires_grad)

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(functional.interpolate(x, scale_factor=2), self.weight, padding=1)


class PlainJoinedConvolution(nn.Module):
    """Repeat the vector over the map, join, convolve."""

    def __init__(self, plain: nn.Conv2d) -> None:
        super().__init__()
        self.plain = plain

    def forward(self, features: Tensor, vector: Tensor) -> Tensor:
        return self.plain(join(features, vector))


def with_plain_layers(module: nn.Module) -> nn.Module:
    plain = copy.deepcopy(module).to(memory_format=torch.contiguous_format)
    for parent in list(plain.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, UpConvolution):
                setattr(parent, name, PlainUpConvolution(child.weight))
            elif isinstance(child, JoinedConvolution):
                setattr(parent, name, PlainJoinedConvolution(child.plain))
            elif isinstance(child, GLU):
                setattr(parent, name, nn.GLU(dim=1))
    return plain


class PlainStep:
    """One adversarial step, written as the peers write it."""

    def __init__(self, assembly: Assembly, phase: ActivePhase) -> None:
        self.assembly = assembly
        self.resolutions = phase.step.resolutions
        self.losses = phase.step.losses  # pyright: ignore[reportAttributeAccessIssue]
        self.generator = with_plain_layers(assembly.parts.generator)
        self.discriminators = {
            size: with_plain_layers(assembly.parts.discriminator(size)) for size in self.resolutions
        }
        trained = [p for p in self.generator.parameters() if p.requires_grad]
        self.generator_optimizer = torch.optim.Adam(trained, 2e-4, (0.5, 0.999), fused=False)
        judging = [p for judge in self.discriminators.values() for p in judge.parameters()]
        self.discriminator_optimizer = torch.optim.Adam(judging, 2e-4, (0.5, 0.999), fused=False)
        self.random = torch.Generator().manual_seed(0)

    def __call__(self, batch: Batch) -> None:
        parts = self.assembly.parts
        drawn = self.assembly.turns.sample(batch.lengths, self.random)
        embedding = parts.embed(batch, drawn)[:, -1]
        noise = self.assembly.noise.sample(parts.generator.noise_widths, batch.size, self.random)
        output = self.generator(embedding, noise, largest=max(self.resolutions))
        self._update(Side.DISCRIMINATOR, self._judge_all(batch, output), output)
        self._update(Side.GENERATOR, self._judge_drawn(output), output)

    def _judge_all(self, batch: Batch, output: GeneratorOutput) -> dict[int, Judged]:
        order = torch.arange(batch.size).roll(-1)
        judged: dict[int, Judged] = {}
        for size, judge in self.discriminators.items():
            condition, real = output.conditions[size].detach(), batch.images[size]
            judged[size] = Judged(
                fake=judge.logits(judge.features(output.images[size].detach()), condition),
                real=judge.logits(judge.features(real), condition),
                mismatched=judge.logits(judge.features(real), condition.rows(order)),
                mismatched_weight=torch.ones(batch.size),
            )
        return judged

    def _judge_drawn(self, output: GeneratorOutput) -> dict[int, Judged]:
        return {
            size: Judged(
                judge.logits(judge.features(output.images[size]), output.conditions[size].detach())
            )
            for size, judge in self.discriminators.items()
        }

    def _update(self, side: Side, judged: dict[int, Judged], output: GeneratorOutput) -> None:
        optimizer = (
            self.discriminator_optimizer if side is Side.DISCRIMINATOR else self.generator_optimizer
        )
        conditions = {size: output.conditions[size] for size in self.resolutions}
        view = StepView(side, judged, conditions, output.images)
        loss = sum(loss(view) for loss in self.losses.values() if side in loss.sides)
        self.generator.zero_grad()
        self.discriminator_optimizer.zero_grad()
        assert isinstance(loss, Tensor)
        loss.backward()
        optimizer.step()


def check_same(assembly: Assembly, plain: PlainStep, batch: Batch) -> None:
    """Refuse to compare two steps that do not draw the same picture from the same weights."""
    parts, random = assembly.parts, torch.Generator().manual_seed(1)
    drawn = assembly.turns.sample(batch.lengths, random)
    noise = assembly.noise.sample(parts.generator.noise_widths, batch.size, random)
    generators = (parts.generator, plain.generator)
    modes = [[(m, m.training) for m in generator.modules()] for generator in generators]
    with torch.no_grad():
        embedding = parts.embed(batch, drawn)[:, -1]
        pictures = [g.eval()(embedding, noise).images[max(plain.resolutions)] for g in generators]
    for module, training in (pair for of_one in modes for pair in of_one):
        module.training = training
    torch.testing.assert_close(*pictures, rtol=0, atol=1e-3)


def sampling(assembly: Assembly, plain: PlainStep, batch: Batch) -> dict[str, Work]:
    """Return what draws a batch: ours as `generate` does, and plainly."""
    parts, random = assembly.parts, torch.Generator().manual_seed(1)
    drawn = assembly.turns.sample(batch.lengths, random)
    noise = assembly.noise.sample(parts.generator.noise_widths, batch.size, random)

    def ours(_: int) -> None:
        modes = [(module, module.training) for module in parts.modules()]
        draw_batch(parts, batch, assembly.turns, assembly.noise, range(batch.size))
        for module, training in modes:
            module.training = training

    def plainly(_: int) -> None:
        modes = [(module, module.training) for module in plain.generator.modules()]
        with torch.inference_mode():
            plain.generator.eval()(parts.embed(batch, drawn)[:, -1], noise)
        for module, training in modes:
            module.training = training

    return {"sampling": ours, "plain sampling": plainly}


def seconds(work: Work, steps: int) -> float:
    work(0)
    start = time.perf_counter()
    for step in range(steps):
        work(step)
    return (time.perf_counter() - start) / steps


def measure_phase(
    assembly: Assembly, train: PreparedSplit, index: int, steps: int, rounds: int
) -> dict[str, float | str]:
    trainer = Trainer(
        assembly, train, [], lambda _: None, lambda _: None, lambda: False, torch.device("cpu")
    )
    trainer.position = Position(index, 0, 0)
    phase = ActivePhase(assembly, index, len(train.conversations))
    size, seed = phase.settings.batch, assembly.recipe.seed
    batches = train.with_vectors()

    def make_batch(step: int) -> Batch:
        epoch, rows = step_rows(seed, index, step, phase.count, size)
        return batches.batch(np.asarray(rows), phase.step.resolutions, epoch)

    plain = PlainStep(assembly, phase)
    check_same(assembly, plain, make_batch(0))
    sums = Sums()
    works: dict[str, Work] = {
        "painterkit": lambda _: trainer._step(phase, batches, sums),
        "plain": lambda step: plain(make_batch(step)),
        "batch": lambda step: make_batch(step) and None,
        **sampling(assembly, plain, make_batch(0)),
    }
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            best[name] = min(best[name], seconds(work, steps))
    return {
        "phase": phase.settings.name,
        "batch": size,
        "painterkit_images_per_second": round(size / best["painterkit"], 1),
        "plain_images_per_second": round(size / best["plain"], 1),
        "ratio": round(best["plain"] / best["painterkit"], 2),
        "sampling_ratio": round(best["plain sampling"] / best["sampling"], 2),
        "share_of_step_making_batches": round(best["batch"] / best["painterkit"], 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", default="chatpainter_rnn")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    plugins, cache = load_plugins(), cache_folder()
    recipe = load_recipe(arguments.recipe, plugins, arguments.set).recipe
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset)
    train = PreparedSplit(assembly, "train", torch.device("cpu"))
    assembly.parts.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    rows = [
        measure_phase(assembly, train, index, arguments.steps, arguments.rounds)
        for index, phase in enumerate(recipe.phases)
        if phase.step.name == "adversarial" and assembly.turns.first is None
    ]
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(
            f"{row['phase']}: {row['painterkit_images_per_second']} images/s against "
            f"{row['plain_images_per_second']} of the plain step: {row['ratio']}x; batches take "
            f"{row['share_of_step_making_batches']:.1%} of a step; sampling "
            f"{row['sampling_ratio']}x"
        )


if __name__ == "__main__":
    main()
