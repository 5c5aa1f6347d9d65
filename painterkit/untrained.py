# pyright: standard
"""What works with random weights although it should not: warnings, for a person may mean it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from painterkit.errors import Problem
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import StartsUntrained
from painterkit.interfaces.training_step import AsksImageEncoder, TrainingStep
from painterkit.recipe_file.schema import Recipe
from painterkit.trainable import trains, under


def untrained(recipe: Recipe, parts: Parts, steps: Sequence[TrainingStep]) -> list[Problem]:
    """Return warnings: what keeps random weights although a step or the painter works with it."""
    return [*untrained_encoders(recipe, parts, steps), *forgotten_pieces(recipe, parts)]


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


def untrained_encoders(
    recipe: Recipe, parts: Parts, steps: Sequence[TrainingStep]
) -> list[Problem]:
    """Return a warning for each encoder with random weights that no phase trains, or too late."""
    encoders: dict[str, Any] = {"caption_encoder": parts.caption_encoder}
    if parts.turn_encoder is not parts.caption_encoder and parts.dialogue_encoder.width > 0:
        encoders["turn_encoder"] = parts.turn_encoder
    encoders["image_encoder"] = parts.image_encoder
    random = [
        name
        for name, encoder in encoders.items()
        if isinstance(encoder, StartsUntrained)
        and encoder.is_untrained
        and not any(under(key, name) for key in recipe.weights)
    ]
    never = [name for name in random if not any(trains(phase, name) for phase in recipe.phases)]
    found = [
        Problem(
            f"parts.{name}",
            "starts with random weights, and no phase trains it",
            "name a file of weights, a phase that trains it before the painter, or in [weights] a "
            "run that has trained it",
        )
        for name in never
    ]
    if "image_encoder" in random and "image_encoder" not in never:
        found += _asked_too_early(recipe, steps)
    return found


def _asked_too_early(recipe: Recipe, steps: Sequence[TrainingStep]) -> Iterator[Problem]:
    """Yield a warning where an image encoder is asked what it sees before a phase trains it."""
    for phase, step in zip(recipe.phases, steps, strict=True):
        if isinstance(step, AsksImageEncoder) and step.asks_image_encoder:
            yield Problem(
                f"phases.{phase.name}.step",
                f"'{phase.step.name}' asks what parts.image_encoder sees, which has random weights "
                "still: no phase before trains it",
                "put the phase that trains it before this one",
            )
            return
        if trains(phase, "image_encoder"):
            return
