"""What goes together: every combination of the registered bases, readers, conditioners and losses.

    plugins = load_plugins([KIT])
    registry = plugins.registry
    generators, losses = (choices(role, registry) for role in (Role.GENERATOR, Role.LOSS))
    for judged in combinations(generators[0], losses[0], registry):
        print(judged[0], refusals(recipe_of(judged[0], registry, cache), plugins, cache))

Each component stands in the matrix with the samples that it is offered with. What the matrix is
not about, such as the text encoder, is a small part of the kit's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from attrs import frozen
from torch import nn

from painterkit.assembly import assemble, build_dataset
from painterkit.errors import WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Offer, Registry
from painterkit.roles import Role
from painterkit.setting_types import setting_fields, slot_role
from painterkit.structure import structure
from painterkit.testing.subject import sample_context, sample_settings

Table = dict[str, Any]

KIT = ("kit", "painterkit.testing.sample_plugin")
"""What `load_plugins` is given besides: the parts that the matrix is not about."""

ADVERSARIAL = "matching-aware"
"""The loss beside which every other stands, as none of them tells real from drawn by itself."""

BATCH = 4


@frozen
class Choice:
    """A component with one of its samples."""

    offer: Offer
    sample: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The component's name."""
        return self.offer.component.name

    @property
    def table(self) -> Table:
        """What a recipe writes in its slot."""
        return {"use": self.offer.qualified_name, **self.sample}

    @property
    def first(self) -> Mapping[str, Any]:
        """The first of the component's samples."""
        return (self.offer.component.samples or [{}])[0]

    def __str__(self) -> str:
        """Return its name, and in what it differs from the first of its samples."""
        settings = [
            f"{key} = {value!r}"
            for key, value in self.sample.items()
            if self.first.get(key) != value
        ]
        return ", ".join([self.name, *settings])


def choices(role: Role, registry: Registry) -> list[Choice]:
    """Return every choice for a role."""
    return [
        Choice(offer, sample)
        for offer in registry.offers(role)
        for sample in offer.component.samples or [{}]
    ]


@frozen
class Combination:
    """A base under a dialogue encoder, a conditioner and a loss, judged by a discriminator.

    `conditioner` is None for a generator that has no slot for one.
    """

    generator: Choice
    dialogue_encoder: Choice
    conditioner: Choice | None
    loss: Choice
    discriminator: Choice

    def __str__(self) -> str:
        """Return the names of its parts."""
        parts = (self.generator, self.dialogue_encoder, self.conditioner, self.loss)
        return " + ".join(str(part) for part in parts if part is not None)


def combinations(
    generator: Choice, loss: Choice, registry: Registry
) -> Iterator[tuple[Combination, ...]]:
    """Yield what a base and a loss are combined with, once with each discriminator."""
    readers, judges = (
        choices(Role.DIALOGUE_ENCODER, registry),
        choices(Role.DISCRIMINATOR, registry),
    )
    for reader, conditioner in product(readers, _conditioners(generator, registry)):
        yield tuple(Combination(generator, reader, conditioner, loss, judge) for judge in judges)


def tried(generator: Choice, loss: Choice, registry: Registry) -> list[tuple[Combination, ...]]:
    """Return those of the combinations of a base and a loss that are worth a training.

    These are all for the first sample of a base under the adversarial loss, whatever its kind. For
    a further sample, and under another loss, each dialogue encoder and each conditioner is there,
    from one such pair to the next beside others: over the whole matrix any three of a base, a
    dialogue encoder, a conditioner and a loss are trained together.
    """
    found = list(combinations(generator, loss, registry))
    if generator.sample == generator.first and loss.name == ADVERSARIAL:
        return found
    readers, conditioners = (
        choices(Role.DIALOGUE_ENCODER, registry),
        _conditioners(generator, registry),
    )
    bases, losses = choices(Role.GENERATOR, registry), choices(Role.LOSS, registry)
    places = product(range(len(readers)), range(len(conditioners)))
    turn = bases.index(generator) + losses.index(loss)
    round_length = min(len(readers), len(conditioners))
    return [
        judged
        for judged, (reader, conditioner) in zip(found, places, strict=True)
        if (reader + conditioner + turn) % round_length == 0
    ]


def recipe_of(combination: Combination, registry: Registry, cache: Path) -> Recipe:
    """Return a tiny recipe of a combination: two steps on the kit's own data."""
    generator = combination.generator.table
    if combination.conditioner is not None:
        slot = conditioner_slot(combination.generator.offer)
        generator |= {str(slot): combination.conditioner.table}
    heights = _built(combination.generator, registry, cache).resolutions
    reader = _built(combination.dialogue_encoder, registry, cache)
    learns = isinstance(reader, nn.Module) and any(True for _ in reader.parameters())
    losses = {ADVERSARIAL: ADVERSARIAL, combination.loss.name: combination.loss.table}
    table: Table = {
        "painterkit": 1,
        "name": "matrix",
        "samples": {"count": 1},
        "data": {"use": "kit:sample", "resolution": max(heights)},
        "parts": {
            "caption_encoder": "kit:sample",
            "dialogue_encoder": combination.dialogue_encoder.table,
            "generator": generator,
            "discriminators": {str(height): combination.discriminator.table for height in heights},
            "image_encoder": {"use": "kit:sample", "resolution": max(heights)},
        },
        "phases": [
            {
                "name": "all",
                "until": {"steps": 2},
                "batch": BATCH,
                "optimizers": {
                    "generator": {"train": ["generator", *["dialogue_encoder"] * learns]},
                    "discriminator": {"train": ["discriminators"]},
                },
                "step": {"use": "adversarial", "resolutions": list(heights), "losses": losses},
            }
        ],
    }
    return structure(table, Recipe, registry)


def refusals(recipe: Recipe, plugins: LoadedPlugins, cache: Path) -> Sequence[str]:
    """Return the sentences with which a combination's recipe is refused; nothing if it fits.

    The parts are built in earnest: as small as they are, that is the quickest.
    """
    dataset = build_dataset(recipe, plugins.registry, cache)
    try:
        assemble(recipe, plugins.registry, cache, dataset)
    except WrongInput as error:
        return [str(problem) for problem in error.problems]
    return []


def conditioner_slot(generator: Offer) -> str | None:
    """Return the setting that holds a generator's conditioner, None if there is none."""
    return next(
        (
            one.name
            for one in setting_fields(generator.component.settings)
            if slot_role(one.type) is Role.CONDITIONER
        ),
        None,
    )


def _built(choice: Choice, registry: Registry, cache: Path) -> Any:
    """Return a component as the kit builds it, to be asked for its sizes."""
    settings = sample_settings(choice.offer, registry, choice.sample)
    build = registry.build_function(choice.offer.component)
    return build(settings, sample_context(registry, cache))


def _conditioners(generator: Choice, registry: Registry) -> Sequence[Choice | None]:
    if conditioner_slot(generator.offer) is None:
        return [None]
    return choices(Role.CONDITIONER, registry)
