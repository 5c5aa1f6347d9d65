# pyright: standard
"""Recipe and registry to parts: everything that does not fit is found before any training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from attrs import evolve, frozen

from painterkit.data.prepared import cache_folder
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.members import lacking_members
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler, drawing_most
from painterkit.interfaces.text_encoder import GivesWords, NeedsFiles, TextEncoder
from painterkit.interfaces.training_step import SamplesTurns, TrainingStep, own_modules
from painterkit.misfits import misfits
from painterkit.nn.seeding import seeded
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Offer, Registry, article
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

    @property
    def read_at(self) -> TurnSampler:
        """The sampler of every moment that is read, by a step with a sampler of its own too."""
        own = [step.turns for step in self.steps if isinstance(step, SamplesTurns)]
        return drawing_most([self.turns, *(one for one in own if one is not None)])


def root_context(registry: Registry, cache: Path) -> BuildContext:
    """Return the context that everything else is built from."""

    def build_slot(role: Role, use: Use, context: BuildContext) -> Any:
        offer = registry.find(role, use.name)
        part = registry.build_function(offer.component)(use.settings, context)
        lacking = lacking_members(role, part)
        if lacking:
            raise Failure(_no_such_part(offer, part, lacking))
        return part

    return BuildContext(build_slot=build_slot, cache=cache)


def _no_such_part(offer: Offer, part: Any, lacking: Sequence[str]) -> Problem:
    """Say that what a plugin built is not what its role promises."""
    role, function = offer.component.role, offer.component.build
    names = " and ".join(f"'{name}'" for name in lacking)
    what = f"{function} returned nothing, and no {role}"
    if part is not None:
        built = type(part).__name__
        what = f"{function} returned {built}, which lacks {names} of {article(role)} {role}"
    hint = f"this is a fault of the plugin; 'painterkit check --plugin {offer.plugin}' tells more"
    return Problem(f"component '{offer.component.name}' of plugin '{offer.plugin}'", what, hint)


def build_dataset(recipe: Recipe, registry: Registry, cache: Path) -> Dataset:
    """Build the data set of a recipe alone."""
    return root_context(registry, cache).build(Role.DATASET, recipe.data)


def assemble(
    recipe: Recipe,
    registry: Registry,
    cache: Path | None = None,
    dataset: Dataset | None = None,
    device: torch.device | str = "cpu",
    restoring: bool = False,
) -> Assembly:
    """Build the parts of a recipe with seeded weights, and check that they fit each other.

    Without `cache`, prepared data lie where PAINTERKIT_CACHE says; without `dataset`, the recipe's
    own is built. On the device "meta" nothing is allocated: sizes and counts can be read, nothing
    can run. `restoring` tells that the weights come from a checkpoint next.
    Raises WrongInput with every misfit that was found.
    """
    cache = cache or cache_folder()
    if dataset is None:
        dataset = build_dataset(recipe, registry, cache)
    context = evolve(root_context(registry, cache), dataset=dataset, restoring=restoring)
    with seeded(recipe.seed, device), torch.device(device):
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
    problems = list(misfits(recipe, dataset, parts, assembly.steps))
    if problems:
        raise WrongInput(problems)
    return assembly


def lacking_files(parts: Parts, steps: Sequence[TrainingStep] = ()) -> list[Problem]:
    """Return what encoders need on the disk and do not find, those of steps too, each once."""
    of_parts = (parts.caption_encoder, parts.turn_encoder, parts.image_encoder)
    encoders = {id(one): one for one in (*of_parts, *own_modules(steps))}
    return [
        problem
        for encoder in encoders.values()
        if isinstance(encoder, NeedsFiles)
        for problem in encoder.lacks()
    ]


def _build_parts(recipe: Recipe, context: BuildContext) -> tuple[Parts, BuildContext]:
    """Build the parts in the order in which their sizes are agreed."""
    named = recipe.parts
    texts = {"parts.caption_encoder": (Role.TEXT_ENCODER, named.caption_encoder, context)}
    if not isinstance(named.turn_encoder, str):
        texts["parts.turn_encoder"] = (Role.TEXT_ENCODER, named.turn_encoder, context)
    built = list(_build_each(texts).values())
    caption_encoder, turn_encoder = built[0], built[-1]
    context = evolve(
        context,
        caption_width=caption_encoder.width,
        turn_width=turn_encoder.width,
        turn_encoder=turn_encoder,
    )
    dialogue_encoder = _build(
        "parts.dialogue_encoder", Role.DIALOGUE_ENCODER, named.dialogue_encoder, context
    )
    told = caption_encoder.width if named.caption_told else 0
    context = evolve(
        context,
        embedding_width=told + dialogue_encoder.width,
        word_widths=_word_widths(caption_encoder, turn_encoder, dialogue_encoder),
    )
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
    image_encoder: Any = None
    if named.image_encoder is not None:
        image_encoder = _build(
            "parts.image_encoder", Role.IMAGE_ENCODER, named.image_encoder, context
        )
        context = evolve(
            context, image_width=image_encoder.width, resolution=image_encoder.resolution
        )
    parts = Parts(
        caption_encoder,
        turn_encoder,
        dialogue_encoder,
        generator,
        judges,
        image_encoder,
        named.caption_told,
    )
    return parts, context


def _word_widths(
    caption_encoder: TextEncoder, turn_encoder: TextEncoder, dialogue_encoder: Any
) -> dict[str, int]:
    """Return the width of the words of each source that there are."""
    found: dict[str, int] = {}
    if caption_encoder.width and isinstance(caption_encoder, GivesWords):
        found["caption"] = caption_encoder.word_width
    if not dialogue_encoder.width:
        return found
    if isinstance(turn_encoder, GivesWords):
        found["dialogue"] = turn_encoder.word_width
    return {**found, "turns": turn_encoder.width}


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
