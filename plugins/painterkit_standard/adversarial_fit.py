"""What hinders an adversarial step: parts, losses and data that do not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from painterkit.errors import Problem
from painterkit.interfaces.dataset import Dataset, has_classes
from painterkit.interfaces.loss import (
    AsksOfDiscriminators,
    AsksOfParts,
    BoundsCritic,
    Loss,
    Side,
    UnboundedCritic,
)
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import Extra
from painterkit.nn.spectral import is_spectral
from painterkit_standard.labelled import Labelled
from painterkit_standard.mismatch import has_attributes
from painterkit_standard.training_settings import AdversarialSettings


def step_misfits(
    settings: AdversarialSettings, losses: Mapping[str, Loss], parts: Parts
) -> list[str]:
    """Say in sentences what the parts lack for a step with these losses."""
    return [
        *_sides(losses),
        *_judges(settings, parts),
        *_asked(settings, losses, parts),
        *_bounded(losses, _judging(settings, parts)),
        *_told(settings.told, parts),
        *_seen(settings, losses, parts),
        *_interpolated(settings, parts),
    ]


def data_problems(
    settings: AdversarialSettings, losses: Mapping[str, Loss], dataset: Dataset | None
) -> Iterator[Problem]:
    """Find what the settings ask of the data that these do not have."""
    if settings.mismatch == "other-class" and not has_classes(dataset):
        yield Problem(
            "adversarial.mismatch",
            "the conversations of this data set have no classes to tell apart",
            "'other-image' mismatches with any other picture",
        )
    if has_attributes(dataset):
        return
    what = "this data set does not know what its pictures show: it has no attributes"
    for key, needs in (
        ("supervision", settings.supervision == "matching"),
        ("mismatch", settings.mismatch == "contradicting"),
    ):
        if needs:
            yield Problem(f"adversarial.{key}", what, "'own' and 'other-image' need none")


def extras_of(settings: AdversarialSettings, losses: Mapping[str, Loss]) -> tuple[Extra, ...]:
    """Return what the step needs in a batch besides pictures and words."""
    if settings.supervision == "matching":
        return ("facts", "matching")
    read = any("facts" in loss.reads for loss in losses.values())
    return ("facts",) if read or settings.mismatch == "contradicting" else ()


def _sides(losses: Mapping[str, Loss]) -> Iterator[str]:
    for side in Side:
        if not any(side in loss.sides for loss in losses.values()):
            yield f"no loss belongs to the {side}'s update; name one in step.losses"


def _judges(settings: AdversarialSettings, parts: Parts) -> Iterator[str]:
    for resolution in settings.resolutions:
        if resolution not in parts.generator.resolutions:
            drawn = ", ".join(map(str, parts.generator.resolutions))
            yield f"the generator draws no picture of {resolution} px; it draws {drawn}"
        elif str(resolution) not in parts.discriminators:
            yield (
                f"nobody judges pictures of {resolution} px; name a discriminator in "
                f"parts.discriminators.{resolution}"
            )


def _asked(
    settings: AdversarialSettings, losses: Mapping[str, Loss], parts: Parts
) -> Iterator[str]:
    """Say what each loss asks of the discriminators that judge here, and of the parts."""
    judges = _judging(settings, parts)
    for name, loss in losses.items():
        if isinstance(loss, AsksOfDiscriminators):
            yield from (f"the loss '{name}' {sentence}" for sentence in loss.misfits(judges))
        if isinstance(loss, AsksOfParts):
            yield from (f"the loss '{name}' {sentence}" for sentence in loss.parts_misfits(parts))


def _judging(settings: AdversarialSettings, parts: Parts) -> dict[int, Any]:
    """Return the discriminators that judge here, by resolution."""
    return {
        resolution: parts.discriminator(resolution)
        for resolution in settings.resolutions
        if str(resolution) in parts.discriminators
    }


def _bounded(losses: Mapping[str, Loss], judges: Mapping[int, Any]) -> Iterator[str]:
    """Say which discriminators have no bound where a loss needs one and none gives it."""
    if any(isinstance(loss, BoundsCritic) and loss.gives_bound for loss in losses.values()):
        return
    for name, loss in losses.items():
        if not (isinstance(loss, UnboundedCritic) and loss.needs_bound):
            continue
        for resolution, judge in judges.items():
            lack = _lacking_bound(judge.inner if isinstance(judge, Labelled) else judge)
            if lack:
                yield (
                    f"the loss '{name}' needs discriminators whose slope is bounded, or it falls "
                    f"without end, and that of {resolution} px {lack}add the loss 'wgan-gp', 'r1' "
                    "or 'matching-aware-gradient-penalty' with a weight above 0"
                )


def _lacking_bound(judge: nn.Module) -> str:
    """Say what spectral normalisation leaves free in a discriminator, nothing if it has it all."""
    free = free_weights(judge)
    if free and any(is_spectral(module) for module in judge.modules()):
        return f"leaves '{free[0]}' free; "
    return "has no bound; give it norm = 'spectral', or " if free else ""


def free_weights(judge: nn.Module) -> list[str]:
    """Return the names of the weights of layers that spectral normalisation does not bound."""
    return [
        name
        for name, weight in judge.named_parameters()
        if weight.dim() > 1 and not is_spectral(judge.get_submodule(name.rpartition(".")[0]))
    ]


def _told(told: str, parts: Parts) -> Iterator[str]:
    """Say what lacks where the painter is told something in place of what was read."""
    if told == "reader":
        return
    if told == "image" and parts.image_encoder is None:
        yield (
            "the painter is to be told what is seen in the pictures, and nothing sees them; name "
            "an image encoder in parts.image_encoder"
        )
        return
    seer = parts.image_encoder if told == "image" else parts.caption_encoder
    width = parts.dialogue_encoder.width
    width += parts.caption_encoder.width if parts.caption_told else 0
    if seer is not None and seer.width != width:
        yield (
            f"the painter is to be told the {told}'s vector of {seer.width} numbers in place of "
            f"what was read, which has {width}; give both one width"
        )


def _seen(settings: AdversarialSettings, losses: Mapping[str, Loss], parts: Parts) -> Iterator[str]:
    """Say what lacks where a loss reads what the image encoder sees in drawn pictures."""
    names = [name for name, loss in losses.items() if "seen" in loss.reads]
    if not names:
        return
    if parts.image_encoder is None:
        yield (
            f"the loss '{names[0]}' reads what is seen in drawn pictures, and nothing sees them; "
            "name an image encoder in parts.image_encoder"
        )
    elif parts.image_encoder.resolution not in settings.resolutions:
        yield (
            f"the loss '{names[0]}' reads what is seen in drawn pictures, and the image encoder "
            f"sees those of {parts.image_encoder.resolution} px, which are not drawn here"
        )


def _interpolated(settings: AdversarialSettings, parts: Parts) -> Iterator[str]:
    if not settings.interpolated:
        return
    if parts.word_sources:
        yield (
            "pictures between two conversations are drawn from no words, and this generator looks "
            "at words; leave interpolated out"
        )
    if settings.memory and parts.generator.begin(1, torch.device("meta")) is not None:
        yield (
            "pictures between two conversations are drawn alone, and this generator remembers the "
            "turns before; give memory = false, or leave interpolated out"
        )
