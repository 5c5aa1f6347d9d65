"""What every component of a role must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import get_annotations
from typing import Any, Protocol

from painterkit.interfaces.conditioner import Conditioner
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.dialogue_encoder import DialogueEncoder
from painterkit.interfaces.discriminator import Discriminator
from painterkit.interfaces.generator import Generator
from painterkit.interfaces.image_encoder import ImageEncoder
from painterkit.interfaces.loss import Loss
from painterkit.interfaces.metric import Metric
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler
from painterkit.interfaces.text_encoder import TextEncoder
from painterkit.interfaces.training_step import TrainingStep
from painterkit.roles import Role

INTERFACES: Mapping[Role, type] = {
    Role.TEXT_ENCODER: TextEncoder,
    Role.DIALOGUE_ENCODER: DialogueEncoder,
    Role.CONDITIONER: Conditioner,
    Role.GENERATOR: Generator,
    Role.DISCRIMINATOR: Discriminator,
    Role.LOSS: Loss,
    Role.TURN_SAMPLER: TurnSampler,
    Role.NOISE_SAMPLER: NoiseSampler,
    Role.TRAINING_STEP: TrainingStep,
    Role.IMAGE_ENCODER: ImageEncoder,
    Role.DATASET: Dataset,
    Role.METRIC: Metric,
}
"""The Protocol of each role."""


def lacking_members(role: Role, part: Any) -> list[str]:
    """Return the names of what a role's Protocol has and `part` has not, in its order.

    No value is looked at: a property may read large files.
    """
    here = set(dir(part))
    return [name for name in _members(INTERFACES[role]) if name not in here]


def _members(interface: type) -> Iterator[str]:
    for base in reversed(interface.__mro__):
        if base in (object, Protocol) or not getattr(base, "_is_protocol", False):
            continue
        given = {**get_annotations(base), **vars(base)}
        yield from (name for name in given if not name.startswith("_") or name == "__call__")
