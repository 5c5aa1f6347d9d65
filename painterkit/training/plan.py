"""What a training would do, found without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen
from torch import nn

from painterkit.assembly import Assembly, assemble, build_dataset, lacking_files
from painterkit.data.texts import TextCache
from painterkit.data.told import caption_lists, distinct, turn_lists
from painterkit.errors import PainterkitError, Problem, WrongInput
from painterkit.generation.text_tables import text_caches
from painterkit.generation.truncation import truncated_texts
from painterkit.interfaces.dataset import SPLITS, Dataset, Split
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.schema import Recipe
from painterkit.trainable import modules_of_phase, trainable_names, under
from painterkit.training.schedule import steps_of, too_large_batches
from painterkit.training.taken import find_sources
from painterkit.untrained import forgotten_pieces, untrained, untrained_encoders


@frozen
class PlannedPart:
    """A part by its name in the recipe, and how many parameters it has."""

    name: str
    component: str
    parameters: int


@frozen
class PlannedPhase:
    """A phase: how long it is, what it trains, and how many parameters that is of all.

    `steps` and `images` are None where they are told in epochs of data that are not there.
    """

    name: str
    step: str
    steps: int | None
    images: int | None
    batch: int
    trained: int
    frozen: int
    prefixes: Sequence[str]


@frozen
class PlannedData:
    """The data set, and how many conversations it has: None where the data are not there."""

    component: str
    train: int | None
    validation: int | None
    resolution: int


@frozen
class PlannedWeights:
    """Weights that the training starts with: what takes them, from where, by which name there."""

    name: str
    source: str
    there: str


@frozen
class PlannedCache:
    """Something that is prepared once: its size in bytes, and whether it is there already.

    `ready` is None for the vectors of an encoder with weights: not known before it has them.
    """

    what: str
    bytes: int
    ready: bool | None


@frozen
class Plan:
    """A whole training, planned."""

    recipe: str
    data: PlannedData
    parts: Sequence[PlannedPart]
    weights: Sequence[PlannedWeights]
    phases: Sequence[PlannedPhase]
    cache: Sequence[PlannedCache]
    warnings: Sequence[Problem]


@frozen
class Warnings:
    """What a training of a recipe that fits `lacks`, and is refused for, or is only told of."""

    lacks: Sequence[Problem]
    told: Sequence[Problem]


def check_assembly(recipe: Recipe, plugins: LoadedPlugins, cache: Path) -> Warnings:
    """Assemble a recipe without allocating anything, and return what a training would lack.

    Raises WrongInput with everything that does not fit.
    """
    assembly = _assembled(recipe, plugins, cache)
    parts = assembly.parts
    lacks = [
        *assembly.dataset.lacks(),
        *lacking_files(parts, assembly.steps),
        *find_sources(recipe, parts)[1],
        *untrained_encoders(recipe, parts, assembly.steps),
        *plugins.reporters.lacking(recipe.report),
    ]
    return Warnings(lacks, list(forgotten_pieces(recipe, parts)))


def plan(recipe: Recipe, plugins: LoadedPlugins, cache: Path) -> Plan:
    """Plan a training: parts and their sizes, weights, phases, data, and what is prepared on disk.

    Raises WrongInput with everything that does not fit.
    """
    assembly = _assembled(recipe, plugins, cache)
    dataset = assembly.dataset
    counts: dict[Split, int | None] = {s: known_size(dataset, s) for s in SPLITS}
    there: list[Split] = [split for split, count in counts.items() if count is not None]
    conversations = [c for split in there for c in dataset.conversations(split)]
    captions = caption_lists(conversations)
    turns = turn_lists(conversations, assembly.parts.dialogue_encoder.reads, assembly.read_at)
    lacking = lacking_files(assembly.parts, assembly.steps)
    sources, unfit = find_sources(recipe, assembly.parts)
    return Plan(
        recipe=recipe.name,
        data=PlannedData(
            recipe.data.name, counts["train"], counts["validation"], dataset.resolution
        ),
        parts=_parts(assembly),
        weights=[PlannedWeights(one.key, one.saved.origin, one.name) for one in sources],
        phases=[_phase(assembly, index, counts["train"]) for index in range(len(recipe.phases))],
        cache=[*_pictures(dataset), *_vectors(assembly, distinct(captions), distinct(turns))]
        if len(there) == len(SPLITS) and not lacking
        else [],
        warnings=[
            *dataset.lacks(),
            *(lacking or truncated_texts(assembly.parts, captions, turns)),
            *unfit,
            *untrained(recipe, assembly.parts, assembly.steps),
            *plugins.reporters.lacking(recipe.report),
        ],
    )


def _assembled(recipe: Recipe, plugins: LoadedPlugins, cache: Path) -> Assembly:
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset, device="meta")
    count = known_size(dataset, "train")
    problems = [] if count is None else too_large_batches(recipe, count)
    if problems:
        raise WrongInput(problems)
    return assembly


def known_size(dataset: Dataset, split: Split) -> int | None:
    """Return how many conversations a split has, or None where the files that tell are missing."""
    try:
        return dataset.size(split)
    except PainterkitError:
        if not dataset.lacks():
            raise
        return None


def _parts(assembly: Assembly) -> list[PlannedPart]:
    named, parts = assembly.recipe.parts, assembly.parts
    uses = {
        "caption_encoder": named.caption_encoder,
        "turn_encoder": named.turn_encoder,
        "dialogue_encoder": named.dialogue_encoder,
        "generator": named.generator,
        **{f"discriminators.{size}": use for size, use in named.discriminators.items()},
        "image_encoder": named.image_encoder,
    }
    planned: list[PlannedPart] = []
    for name, use in uses.items():
        if use is None:
            continue
        first, _, size = name.partition(".")
        part = parts.discriminator(int(size)) if size else getattr(parts, first)
        component = use if isinstance(use, str) else use.name
        planned.append(PlannedPart(name, component, _parameters(part)))
    return planned


def _phase(assembly: Assembly, index: int, count: int | None) -> PlannedPhase:
    settings, step = assembly.recipe.phases[index], assembly.steps[index]
    prefixes = [p for optimizer in settings.optimizers.values() for p in optimizer.train]
    trained = {
        name
        for name in trainable_names(assembly.parts, step)
        if any(under(name, prefix) for prefix in prefixes)
    }
    sizes = {
        name: parameter.numel()
        for part, module in modules_of_phase(assembly.parts, step).items()
        for name, parameter in module.named_parameters(part)
    }
    unknown = count is None and settings.until.epochs is not None
    steps = None if unknown else steps_of(settings.until, count or 0, settings.batch)
    trained_size = sum(sizes[name] for name in trained)
    return PlannedPhase(
        name=settings.name,
        step=settings.step.name,
        steps=steps,
        images=None if steps is None else steps * settings.batch,
        batch=settings.batch,
        trained=trained_size,
        frozen=sum(sizes.values()) - trained_size,
        prefixes=prefixes,
    )


def _pictures(dataset: Dataset) -> list[PlannedCache]:
    if dataset.lacks():
        return []
    return [
        PlannedCache(f"{split} pictures", dataset.prepared_bytes(split), dataset.is_prepared(split))
        for split in SPLITS
    ]


def _vectors(
    assembly: Assembly, captions: Sequence[str], turns: Sequence[str]
) -> list[PlannedCache]:
    caption_cache, turn_cache = text_caches(assembly.parts, assembly.context.cache)
    return [
        PlannedCache(what, cache.bytes_of(texts), _is_ready(cache, texts))
        for what, cache, texts in (
            ("caption vectors", caption_cache, captions),
            ("turn vectors", turn_cache, turns),
        )
        if cache is not None
    ]


def _is_ready(cache: TextCache, texts: Sequence[str]) -> bool | None:
    return None if isinstance(cache.encoder, nn.Module) else not cache.missing(texts)


def _parameters(part: object) -> int:
    return sum(p.numel() for p in part.parameters()) if isinstance(part, nn.Module) else 0
