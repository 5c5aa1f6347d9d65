"""A component made ready for the checks of its role."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomli_w
from attrs import evolve, field, frozen

from painterkit.assembly import root_context
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset
from painterkit.nn.seeding import seeded
from painterkit.registry import Offer, Registry
from painterkit.roles import Role
from painterkit.setting_types import SettingField, setting_fields
from painterkit.strict_converter import NOT_GIVEN
from painterkit.structure import WrongData, structure, unstructure
from painterkit.testing.sample_data import SampleDataset
from painterkit.testing.verdict import Unchecked, require

CAPTION_WIDTH = 12
TURN_WIDTH = 10
WORD_WIDTH = 7
DIALOGUE_WIDTH = 8
EMBEDDING_WIDTH = CAPTION_WIDTH + DIALOGUE_WIDTH
CONDITION_WIDTH = 6
IMAGE_WIDTH = 14
"""All different, so that a component that takes one for another is found out."""

Make = Callable[[BuildContext], Any]
"""What builds a component from what it is told."""


@frozen
class Subject:
    """A component under test.

    `place` names it in sentences: `generator 'stackgan'`. `make` builds it, with weights from
    torch's random state; `context` is what it is told. `variants` build it with one setting
    changed, by a word for the change such as `width = 129`.
    """

    place: str
    make: Make = field(repr=False)
    context: BuildContext = field(repr=False)
    variants: Mapping[str, Make] = field(factory=dict, repr=False)

    def build(self, seed: int = 0, context: BuildContext | None = None) -> Any:
        """Build the component with seeded weights, and leave torch's random state as it was."""
        return _seeded(self.make, context or self.context, seed)

    def build_variant(self, change: str) -> Any:
        """Build the variant of a change, from the random numbers that `build` has."""
        return _seeded(self.variants[change], self.context, seed=0)


def _seeded(make: Make, context: BuildContext, seed: int) -> Any:
    with seeded(seed):
        return make(context)


def sample_context(
    registry: Registry, cache: Path, resolution: int = 16, dataset: Dataset | None = None
) -> BuildContext:
    """Return the context that components are checked in: small widths, slots from a registry.

    What is prepared is kept in the folder `cache`. `resolution` is the height in pixels of what a
    discriminator is given; without `dataset`, components are told of a `SampleDataset`.
    """
    return evolve(
        root_context(registry, cache),
        dataset=dataset or SampleDataset(),
        caption_width=CAPTION_WIDTH,
        turn_width=TURN_WIDTH,
        word_widths={"caption": WORD_WIDTH, "dialogue": WORD_WIDTH, "turns": TURN_WIDTH},
        embedding_width=EMBEDDING_WIDTH,
        condition_widths={
            "mu": CONDITION_WIDTH,
            "code": CONDITION_WIDTH,
            "embedding": EMBEDDING_WIDTH,
        },
        image_width=IMAGE_WIDTH,
        resolution=resolution,
    )


def sample_settings(
    offer: Offer, registry: Registry, table: Mapping[str, Any] | None = None
) -> Any:
    """Return the settings that a component is checked with: its defaults, and those of `table`.

    `table` is written as a recipe would write it: `{"resolutions": [8, 16], "channels": 8}`.
    Raises AssertionError naming every setting that is wrong or that has no default: Unchecked
    where nothing is wrong but that a setting is missing.
    """
    try:
        return structure(dict(table or {}), offer.component.settings, registry)
    except WrongData as error:
        problems = "; ".join(str(problem) for problem in error.problems)
        missing = all(problem.what == NOT_GIVEN for problem in error.problems)
        kind = Unchecked if missing else AssertionError
        raise kind(
            f"{place_of(offer)}: cannot be checked with these settings: {problems}; "
            "give the kit a table of settings that a recipe could hold"
        ) from error


def subject_of(
    offer: Offer,
    registry: Registry,
    context: BuildContext,
    table: Mapping[str, Any] | None = None,
) -> Subject:
    """Make a registered component ready for the checks of its role.

    `context` is what it is told, and `table` its settings, as `sample_settings` takes them. Raises
    AssertionError naming every setting that is wrong or that has no default.
    """
    settings = sample_settings(offer, registry, table)
    build = registry.build_function(offer.component)

    def maker(chosen: Any) -> Make:
        return lambda told: build(chosen, told)

    variants = {
        word: maker(changed) for word, changed in _variants(settings, offer, registry).items()
    }
    return Subject(place_of(offer), maker(settings), context, variants)


def place_of(offer: Offer) -> str:
    """Return how sentences name a component."""
    return f"{offer.component.role} '{offer.component.name}'"


def check_settings(offer: Offer, registry: Registry, settings: Any) -> None:
    """Check that settings written to a TOML file and read back are the same settings.

    Raises AssertionError naming the first that is not.
    """
    place, settings_class = place_of(offer), offer.component.settings
    text = tomli_w.dumps(unstructure(settings))
    try:
        read = structure(tomllib.loads(text), settings_class, registry)
    except WrongData as error:
        raise AssertionError(
            f"{place}: its settings, written to TOML, cannot be read again: {error}"
        ) from error
    for one in setting_fields(settings_class):
        before, after = getattr(settings, one.name), getattr(read, one.name)
        require(
            before == after,
            f"{place}: the setting '{one.name}' does not survive a TOML file: "
            f"{before!r} comes back as {after!r}",
        )


def _variants(settings: Any, offer: Offer, registry: Registry) -> dict[str, Any]:
    """Return settings with one plain number, switch or choice changed, where that is allowed."""
    if offer.component.role is not Role.TEXT_ENCODER:
        return {}
    found: dict[str, Any] = {}
    for one in setting_fields(offer.component.settings):
        other = _another(one, getattr(settings, one.name))
        if other is None:
            continue
        table = {**unstructure(settings), one.name: other}
        try:
            found[f"{one.name} = {other}"] = structure(table, offer.component.settings, registry)
        except WrongData:
            continue
    return found


def _another(one: SettingField, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value / 2
    return next((choice for choice in one.info.choices if choice != value), None)
