# pyright: standard
"""What does not fit between built parts, the data and the phases of a recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from painterkit.errors import Problem, nearest
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import NeedsBatch, TrainingStep
from painterkit.recipe_file.paths import text_path
from painterkit.recipe_file.schema import Phase, Recipe, weights_source
from painterkit.trainable import (
    named_tensors,
    nearest_module,
    trainable_names,
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
