# pyright: standard
"""What does not fit between built parts, the data and the phases of a recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from painterkit.errors import Problem, nearest
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import StartsUntrained
from painterkit.interfaces.training_step import NeedsBatch, TrainingStep
from painterkit.recipe_file.paths import text_path
from painterkit.recipe_file.schema import Phase, Recipe, weights_source
from painterkit.trainable import (
    named_tensors,
    nearest_module,
    trainable_names,
    trains,
    under,
)


def misfits(
    recipe: Recipe, dataset: Dataset, parts: Parts, steps: Sequence[TrainingStep]
) -> Iterator[Problem]:
    """Find what does not fit: sizes, phases, optimizers and the names that they train."""
    full = dataset.resolution
    for resolution in parts.generator.resolutions:
        if full % resolution:
            yield Problem(
                "data.resolution",
                f"pictures of {full} px cannot be reduced to the generator's {resolution} px",
                f"give {max(parts.generator.resolutions)}",
            )
    if parts.turn_encoder.width == 0 < parts.dialogue_encoder.width:
        yield Problem(
            "parts.turn_encoder",
            "reads nothing, so there is nothing for the dialogue encoder to read",
            "name a text encoder that reads turns",
        )
    for phase, step in zip(recipe.phases, steps, strict=True):
        yield from _step_misfits(dataset, parts, phase, step)
        yield from _optimizer_misfits(parts, phase, step)
        yield from _text_encoder_misfits(parts, phase, step)
    yield from _weights_misfits(recipe.weights, parts)


def _step_misfits(
    dataset: Dataset, parts: Parts, phase: Phase, step: TrainingStep
) -> Iterator[Problem]:
    where = f"phases.{phase.name}"
    for sentence in step.misfits(parts):
        yield Problem(f"{where}.step", sentence)
    if isinstance(step, NeedsBatch) and phase.batch < step.least_batch:
        what = f"its step needs batches of at least {step.least_batch}, got {phase.batch}"
        yield Problem(f"{where}.batch", what)
    for resolution in step.resolutions:
        if dataset.resolution % resolution:
            yield Problem(
                f"{where}.step", f"the data have no pictures that reduce to {resolution} px"
            )


def _optimizer_misfits(parts: Parts, phase: Phase, step: TrainingStep) -> Iterator[Problem]:
    where = f"phases.{phase.name}"
    wanted, given = set(step.optimizers), set(phase.optimizers)
    for name in sorted(wanted - given):
        yield Problem(
            f"{where}.optimizers", f"the step asks for an optimizer '{name}'", nearest(name, given)
        )
    for name in sorted(given - wanted):
        yield Problem(
            f"{where}.optimizers.{name}", "the step never asks for it", nearest(name, wanted)
        )
    names = trainable_names(parts, step)
    claimed: dict[str, str] = {}
    for name, optimizer in phase.optimizers.items():
        for prefix in optimizer.train:
            matched = [one for one in names if under(one, prefix)]
            if not matched:
                yield Problem(
                    f"{where}.optimizers.{name}.train",
                    f"no parameter is named '{prefix}' or stands under it",
                    nearest_module(prefix, names),
                )
            twice = next((claimed[one] for one in matched if one in claimed), None)
            if twice is not None:
                yield Problem(
                    f"{where}.optimizers.{name}.train",
                    f"'{prefix}' is trained by the optimizer '{twice}' already",
                )
            claimed |= dict.fromkeys(matched, name)
        trained = [one for one in names if claimed.get(one) == name]
        for prefix in optimizer.rate_factors:
            if not any(under(one, prefix) for one in trained):
                yield Problem(
                    f"{where}.optimizers.{name}.rate_factors",
                    f"it trains no parameter that is named '{prefix}' or stands under it",
                    nearest_module(prefix, trained),
                )


def _weights_misfits(weights: Mapping[str, str], parts: Parts) -> Iterator[Problem]:
    """Find names that are to take weights and have none, take them twice, or from nowhere."""
    names = list(named_tensors(parts))
    for key, source in weights.items():
        where = text_path(("weights", key))
        if not all(weights_source(key, source)):
            yield Problem(where, f"expected 'RUN' or 'RUN#NAME', got {source!r}")
        if not any(under(name, key) for name in names):
            yield Problem(
                where,
                f"no parameter or buffer is named '{key}' or stands under it",
                nearest_module(key, names),
            )
        above = next((other for other in weights if other != key and under(key, other)), None)
        if above is not None:
            yield Problem(
                where,
                f"stands under '{above}', which takes weights for all of it",
                f"leave one of the two out, or name the modules of '{above}' one by one",
            )


def untrained(recipe: Recipe, parts: Parts) -> list[Problem]:
    """Return warnings: what keeps random weights although the painter reads or draws with it."""
    return [*untrained_encoders(recipe, parts), *forgotten_pieces(recipe, parts)]


def forgotten_pieces(recipe: Recipe, parts: Parts) -> Iterator[Problem]:
    """Yield a warning for each trained part of which no phase trains a piece."""
    trained = [p for phase in recipe.phases for o in phase.optimizers.values() for p in o.train]
    for part in ("dialogue_encoder", "generator"):
        if not any(trains(phase, part) for phase in recipe.phases):
            continue
        named = parts.get_submodule(part).named_parameters(prefix=part)
        names = [name for name, parameter in named if parameter.requires_grad]
        given = [*trained, *recipe.weights]
        left = [name for name in names if not any(under(name, prefix) for prefix in given)]
        if left:
            yield Problem(
                f"parts.{part}",
                f"no phase trains {len(left)} of its {len(names)} parameters, such as '{left[0]}': "
                "they stay as random as they start",
                f"to train all of it, name '{part}' in 'train' of an optimizer",
            )


def untrained_encoders(recipe: Recipe, parts: Parts) -> list[Problem]:
    """Return a warning for each encoder with random weights that no phase trains."""
    encoders: dict[str, Any] = {"caption_encoder": parts.caption_encoder}
    if parts.turn_encoder is not parts.caption_encoder and parts.dialogue_encoder.width > 0:
        encoders["turn_encoder"] = parts.turn_encoder
    encoders["image_encoder"] = parts.image_encoder
    return [
        Problem(
            f"parts.{name}",
            "starts with random weights, and no phase trains it",
            "name a file of weights, a phase that trains it before the painter, or in [weights] a "
            "run that has trained it",
        )
        for name, encoder in encoders.items()
        if isinstance(encoder, StartsUntrained)
        and encoder.is_untrained
        and not any(trains(phase, name) for phase in recipe.phases)
        and not any(under(key, name) for key in recipe.weights)
    ]


def _text_encoder_misfits(parts: Parts, phase: Phase, step: TrainingStep) -> Iterator[Problem]:
    """Find text encoders that a phase is to train although its step reads their vectors."""
    shared = parts.turn_encoder is parts.caption_encoder
    names = trainable_names(parts, step)
    for name, optimizer in phase.optimizers.items():
        for prefix in optimizer.train:
            kind = {"caption_encoder": "captions", "turn_encoder": "turns"}.get(
                prefix.partition(".")[0]
            )
            reads_tokens = kind in step.tokens or (shared and bool(step.tokens))
            if kind is None or reads_tokens or not any(under(one, prefix) for one in names):
                continue
            yield Problem(
                f"phases.{phase.name}.optimizers.{name}.train",
                f"the step '{phase.step.name}' reads vectors that '{prefix}' gave before the "
                "phase, so it cannot train it",
                "train it in a phase of its own, before this one",
            )
