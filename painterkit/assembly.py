# pyright: standard
"""Recipe and registry to parts: everything that does not fit is found before any training."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from attrs import evolve, frozen
from torch import nn

from painterkit.errors import Problem, WrongInput, nearest
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler
from painterkit.interfaces.training_step import TrainingStep
from painterkit.recipe_file.schema import Phase, Recipe
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.settings import Use


@frozen
class Assembly:
    """The built parts of a recipe, and what trains and feeds them.

    `steps` holds one training-step for each phase of the recipe.
    """

    recipe: Recipe
    registry: Registry
    dataset: Dataset
    parts: Parts
    turns: TurnSampler
    noise: NoiseSampler
    steps: Sequence[TrainingStep]
    context: BuildContext


def root_context(registry: Registry, cache: Path) -> BuildContext:
    """Return the context that everything else is built from."""

    def build_slot(role: Role, use: Use, context: BuildContext) -> Any:
        component = registry.find(role, use.name).component
        return registry.build_function(component)(use.settings, context)

    return BuildContext(build_slot=build_slot, cache=cache)


def build_dataset(recipe: Recipe, registry: Registry, cache: Path) -> Dataset:
    """Build the data set of a recipe alone."""
    return root_context(registry, cache).build(Role.DATASET, recipe.data)


def assemble(
    recipe: Recipe,
    registry: Registry,
    cache: Path,
    dataset: Dataset,
    device: torch.device | str = "cpu",
) -> Assembly:
    """Build the parts of a recipe with seeded weights, and check that they fit each other.

    On the device "meta" nothing is allocated: sizes and counts can be read, nothing can run.
    Raises WrongInput with every misfit that was found.
    """
    context = evolve(root_context(registry, cache), dataset=dataset)
    with _seeded(recipe.seed), torch.device(device):
        parts, context = _build_parts(recipe, context)
        steps = _build_each(
            {f"phases.{p.name}.step": (Role.TRAINING_STEP, p.step, context) for p in recipe.phases}
        )
    assembly = Assembly(
        recipe=recipe,
        registry=registry,
        dataset=dataset,
        parts=parts,
        turns=context.build(Role.TURN_SAMPLER, recipe.samplers.turns),
        noise=context.build(Role.NOISE_SAMPLER, recipe.samplers.noise),
        steps=list(steps.values()),
        context=context,
    )
    problems = list(misfits(assembly))
    if problems:
        raise WrongInput(problems)
    return assembly


def _build_parts(recipe: Recipe, context: BuildContext) -> tuple[Parts, BuildContext]:
    """Build the parts in the order in which their sizes are agreed."""
    named = recipe.parts
    texts = {"parts.caption_encoder": (Role.TEXT_ENCODER, named.caption_encoder, context)}
    if not isinstance(named.turn_encoder, str):
        texts["parts.turn_encoder"] = (Role.TEXT_ENCODER, named.turn_encoder, context)
    built = list(_build_each(texts).values())
    caption_encoder, turn_encoder = built[0], built[-1]
    context = evolve(context, caption_width=caption_encoder.width, turn_width=turn_encoder.width)
    dialogue_encoder = _build(
        "parts.dialogue_encoder", Role.DIALOGUE_ENCODER, named.dialogue_encoder, context
    )
    context = evolve(context, embedding_width=caption_encoder.width + dialogue_encoder.width)
    generator = _build("parts.generator", Role.GENERATOR, named.generator, context)
    discriminators = _build_each(
        {
            f"parts.discriminators.{resolution}": (
                Role.DISCRIMINATOR,
                use,
                _told_at(resolution, generator, context),
            )
            for resolution, use in named.discriminators.items()
        }
    )
    judges = dict(zip(named.discriminators, discriminators.values(), strict=True))
    image_encoder = None
    if named.image_encoder is not None:
        image_encoder = _build(
            "parts.image_encoder", Role.IMAGE_ENCODER, named.image_encoder, context
        )
        context = evolve(
            context, image_width=image_encoder.width, resolution=image_encoder.resolution
        )
    parts = Parts(caption_encoder, turn_encoder, dialogue_encoder, generator, judges, image_encoder)
    return parts, context


def _told_at(resolution: int, generator: Any, context: BuildContext) -> BuildContext:
    """Return what a discriminator is told of the pictures and conditions that it judges."""
    if resolution not in generator.resolutions:
        raise WrongInput(
            Problem(
                f"parts.discriminators.{resolution}",
                f"the generator draws no picture of {resolution} px",
                f"it draws {', '.join(map(str, generator.resolutions))}",
            )
        )
    width = generator.condition_widths[resolution]
    widths = {"mu": width, "code": width, "embedding": context.embedding_width}
    return evolve(context, resolution=resolution, condition_widths=widths)


def _build(where: str, role: Role, use: Use, context: BuildContext) -> Any:
    """Build one component; what is wrong with it is told with its place in the recipe."""
    try:
        return context.build_slot(role, use, context)
    except WrongInput as error:
        raise WrongInput(
            evolve(
                problem,
                where=where
                if where in problem.where or not problem.where
                else f"{where} ({problem.where})",
            )
            for problem in error.problems
        ) from error


def _build_each(wanted: Mapping[str, tuple[Role, Use, BuildContext]]) -> dict[str, Any]:
    """Build components that do not wait for each other, and tell what is wrong with all."""
    built: dict[str, Any] = {}
    problems: list[Problem] = []
    for where, (role, use, context) in wanted.items():
        try:
            built[where] = _build(where, role, use, context)
        except WrongInput as error:
            problems += error.problems
    if problems:
        raise WrongInput(problems)
    return built


def misfits(assembly: Assembly) -> Iterator[Problem]:
    """Find what does not fit: sizes, phases, optimizers and the names that they train."""
    full = assembly.dataset.resolution
    for resolution in assembly.parts.generator.resolutions:
        if full % resolution:
            yield Problem(
                "data.resolution",
                f"pictures of {full} px cannot be reduced to the generator's {resolution} px",
                f"give {max(assembly.parts.generator.resolutions)}",
            )
    for number, phase in enumerate(assembly.recipe.phases):
        yield from _phase_misfits(assembly, phase, assembly.steps[number])


def _phase_misfits(assembly: Assembly, phase: Phase, step: TrainingStep) -> Iterator[Problem]:
    where = f"phases.{phase.name}"
    for sentence in step.misfits(assembly.parts):
        yield Problem(f"{where}.step", sentence)
    for resolution in step.resolutions:
        if assembly.dataset.resolution % resolution:
            yield Problem(
                f"{where}.step", f"the data have no pictures that reduce to {resolution} px"
            )
    wanted, given = set(step.optimizers), set(phase.optimizers)
    for name in sorted(wanted - given):
        yield Problem(
            f"{where}.optimizers", f"the step asks for an optimizer '{name}'", nearest(name, given)
        )
    for name in sorted(given - wanted):
        yield Problem(
            f"{where}.optimizers.{name}", "the step never asks for it", nearest(name, wanted)
        )
    names = trainable_names(assembly.parts, step)
    claimed: dict[str, str] = {}
    for name, optimizer in phase.optimizers.items():
        for prefix in optimizer.train:
            matched = [one for one in names if under(one, prefix)]
            if not matched:
                yield Problem(
                    f"{where}.optimizers.{name}.train",
                    f"no parameter is named '{prefix}' or stands under it",
                    nearest(prefix, prefixes(names)),
                )
            twice = next((claimed[one] for one in matched if one in claimed), None)
            if twice is not None:
                yield Problem(
                    f"{where}.optimizers.{name}.train",
                    f"'{prefix}' is trained by the optimizer '{twice}' already",
                )
            claimed |= dict.fromkeys(matched, name)


def modules_of_phase(parts: Parts, step: TrainingStep) -> Mapping[str, nn.Module]:
    """Return what a phase can train: the parts by their names, and the step's own as `step`."""
    modules = dict(parts.named_children())
    if isinstance(step, nn.Module):
        modules["step"] = step
    return modules


def trainable_names(parts: Parts, step: TrainingStep) -> list[str]:
    """Return the names of every parameter that a phase could train."""
    return [
        f"{part}.{name}"
        for part, module in modules_of_phase(parts, step).items()
        for name, _ in module.named_parameters()
    ]


def under(name: str, prefix: str) -> bool:
    """Tell whether a parameter or module is `prefix` or stands under it.

    >>> under("generator.stage10.up", "generator.stage1")
    False
    """
    return name == prefix or name.startswith(prefix + ".")


def prefixes(names: Sequence[str]) -> list[str]:
    """Return every prefix that names something, for hints."""
    found: set[str] = set()
    for name in names:
        words = name.split(".")
        found.update(".".join(words[:depth]) for depth in range(1, min(len(words), 3)))
    return sorted(found)


@contextmanager
def _seeded(seed: int) -> Generator[None]:
    """Make initial weights a function of the recipe's seed, and leave torch's state as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
