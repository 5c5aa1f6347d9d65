"""The speed of a training step against a plain one, as a ratio in one run.

    python -m benchmarks.training_step [--recipe chatpainter_rnn] [--set key=value ...]
        [--steps 12] [--rounds 3] [--json]

For a recipe whose generator has no memory: each conversation is drawn once. StackGAN++ at 256 px,
three stages, batch 4, is `--recipe benchmarks/stackgan_pp_256.toml`.

The plain step has the same parts and batches and computes as the peers do: float32 and contiguous
tensors, nearest upsampling before the convolution, the discriminator's trunk run once a condition,
its weights' gradients computed in the generator's update too, and an Adam that is not fused. A
vector that is joined to a map is repeated over it, a gated linear unit is torch's own, and DF-GAN's
blocks double first. Both run in turn, round by round, and the best round of each counts. Sampling
is compared likewise. A phase with gradient penalties, which differentiate twice, is measured with
each of them alone and without any.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from benchmarks.plain.step import PlainStep
from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.data import Batch
from painterkit.data.order import step_rows
from painterkit.data.prepared import cache_folder
from painterkit.generation.draw import draw_batch
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.loss import Loss
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.training.finite import Sums
from painterkit.training.phase import ActivePhase
from painterkit.training.trainer import Position, Trainer

Work = Callable[[int], None]


def check_same(assembly: Assembly, plain: PlainStep, batch: Batch) -> None:
    """Refuse to compare two steps that do not draw the same picture from the same weights."""
    parts, random = assembly.parts, torch.Generator().manual_seed(1)
    told, noise = plain.told(batch, random)
    generators = (parts.generator, plain.generator)
    modes = [[(m, m.training) for m in generator.modules()] for generator in generators]
    for generator in generators:
        generator.eval()
    with torch.no_grad():
        finest = max(plain.resolutions)
        pictures = [draw(told, noise).images[finest] for draw in (parts.draw, plain.draw)]
    for module, training in (pair for of_one in modes for pair in of_one):
        module.training = training
    torch.testing.assert_close(*pictures, rtol=0, atol=1e-3)


def sampling(assembly: Assembly, plain: PlainStep, batch: Batch) -> dict[str, Work]:
    """Return what draws a batch: ours as `generate` does, and plainly."""
    parts, random = assembly.parts, torch.Generator().manual_seed(1)
    _, noise = plain.told(batch, random)

    def ours(_: int) -> None:
        modes = [(module, module.training) for module in parts.modules()]
        draw_batch(parts, batch, assembly.turns, assembly.noise, range(batch.size))
        for module, training in modes:
            module.training = training

    def plainly(_: int) -> None:
        modes = [(module, module.training) for module in plain.generator.modules()]
        with torch.inference_mode():
            plain.generator.eval()
            plain.draw(plain.told(batch, random)[0], noise)
        for module, training in modes:
            module.training = training

    return {"sampling": ours, "plain sampling": plainly}


def seconds(work: Work, steps: int) -> float:
    work(0)
    start = time.perf_counter()
    for step in range(steps):
        work(step)
    return (time.perf_counter() - start) / steps


def started(assembly: Assembly, train: PreparedSplit, index: int) -> tuple[Trainer, ActivePhase]:
    """Return a trainer at the first step of a phase, and the phase."""
    trainer = Trainer(
        assembly, train, [], lambda _: None, lambda _: None, lambda: False, torch.device("cpu")
    )
    trainer.position = Position(index, 0, 0)
    return trainer, ActivePhase(assembly, index, len(train.conversations))


def measure_phase(
    assembly: Assembly, train: PreparedSplit, index: int, steps: int, rounds: int
) -> dict[str, float | str]:
    trainer, phase = started(assembly, train, index)
    size, seed = phase.settings.batch, assembly.recipe.seed
    batches = train.with_vectors()

    def make_batch(step: int) -> Batch:
        epoch, rows = step_rows(seed, index, step, phase.count, size)
        return batches.batch(np.asarray(rows), phase.step.resolutions, epoch, phase.step.extras)

    plain = PlainStep(assembly, phase, losses_of(assembly, index))
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


def assembled(recipe: Recipe, plugins: LoadedPlugins) -> tuple[Assembly, PreparedSplit]:
    """Assemble a recipe as a training does."""
    cache = cache_folder()
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset)
    train = PreparedSplit(assembly, "train", torch.device("cpu"))
    assembly.parts.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    return assembly, train


def losses_of(assembly: Assembly, index: int) -> dict[str, Loss]:
    """Return the losses of an adversarial phase."""
    return assembly.steps[index].losses  # pyright: ignore[reportAttributeAccessIssue]


def penalties_of(assembly: Assembly, index: int) -> dict[str, str]:
    """Return the losses that differentiate twice, by the names that the recipe gives them."""
    named = assembly.recipe.phases[index].step.settings.losses
    twice = [name for name, loss in losses_of(assembly, index).items() if "shown" in loss.reads]
    return {name: named[name].name for name in twice}


def measured(
    recipe: Recipe, plugins: LoadedPlugins, index: int, steps: int, rounds: int
) -> Iterator[dict[str, float | str]]:
    """Measure a phase: as it is, or with each of its penalties alone and then without any."""
    assembly, train = assembled(recipe, plugins)
    if assembly.turns.first is not None:
        return
    penalties = penalties_of(assembly, index)
    if not penalties:
        yield measure_phase(assembly, train, index, steps, rounds)
        return
    for kept, words in [*penalties.items(), (None, "no penalty")]:
        assembly, train = assembled(recipe, plugins)
        for name in penalties.keys() - {kept}:
            del losses_of(assembly, index)[name]
        row = measure_phase(assembly, train, index, steps, rounds)
        yield {**row, "phase": f"{row['phase']} with {words}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", default="chatpainter_rnn")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    plugins = load_plugins()
    recipe = load_recipe(arguments.recipe, plugins, arguments.set).recipe
    rows: list[dict[str, float | str]] = []
    for index, phase in enumerate(recipe.phases):
        if phase.step.name == "adversarial":
            rows += measured(recipe, plugins, index, arguments.steps, arguments.rounds)
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
