"""Every check of a registered component, by its role."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from painterkit.interfaces.dataset import Dataset
from painterkit.registry import Offer, Registry
from painterkit.roles import Role
from painterkit.testing.conditioner import check_conditioner
from painterkit.testing.dataset import check_dataset
from painterkit.testing.dialogue_encoder import check_dialogue_encoder
from painterkit.testing.discriminator import check_discriminator
from painterkit.testing.generator import check_generator
from painterkit.testing.image_encoder import check_image_encoder
from painterkit.testing.loss import check_loss
from painterkit.testing.metric import check_metric
from painterkit.testing.sample_parts import sample_parts
from painterkit.testing.samplers import check_noise_sampler, check_turn_sampler
from painterkit.testing.step_run import MakeParts
from painterkit.testing.subject import (
    Subject,
    check_settings,
    sample_context,
    sample_settings,
    subject_of,
)
from painterkit.testing.text_encoder import check_text_encoder
from painterkit.testing.training_step import check_training_step

CHECKS: Mapping[Role, Callable[[Subject], None]] = {
    Role.TEXT_ENCODER: check_text_encoder,
    Role.DIALOGUE_ENCODER: check_dialogue_encoder,
    Role.CONDITIONER: check_conditioner,
    Role.GENERATOR: check_generator,
    Role.DISCRIMINATOR: check_discriminator,
    Role.LOSS: check_loss,
    Role.TURN_SAMPLER: check_turn_sampler,
    Role.NOISE_SAMPLER: check_noise_sampler,
    Role.TRAINING_STEP: check_training_step,
    Role.IMAGE_ENCODER: check_image_encoder,
    Role.DATASET: check_dataset,
    Role.METRIC: check_metric,
}


def check_component(
    offer: Offer,
    registry: Registry,
    settings: Mapping[str, Any] | None = None,
    *,
    resolution: int = 16,
    dataset: Dataset | None = None,
    make_parts: MakeParts = sample_parts,
) -> None:
    """Check a registered component against everything that its role promises.

    It is checked with each of its samples, or its defaults if it has none. `settings`, a table as
    a recipe would write it, is put over the first sample, which is then checked alone:
    `{"memory": "gru"}`. `resolution` is the height in pixels of what a discriminator judges.
    `dataset` is for a component that cannot do with the kit's own `SampleDataset`, such as a metric
    of one data set; `make_parts` for a training-step that trains parts of one kind alone. What is
    built keeps its prepared data in a folder that is removed at the end.

    Raises AssertionError with a sentence about the first thing that is broken: Unchecked where a
    setting or data are missing.
    """
    samples = list(offer.component.samples) or [{}]
    tables = samples if settings is None else [{**samples[0], **settings}]
    for table in tables:
        check_settings(offer, registry, sample_settings(offer, registry, table))
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache:
            context = sample_context(registry, Path(cache), resolution, dataset)
            subject = subject_of(offer, registry, context, table)
            with _lacks_told(subject, offer.component.role):
                if offer.component.role is Role.TRAINING_STEP:
                    check_training_step(subject, make_parts)
                else:
                    CHECKS[offer.component.role](subject)


@contextmanager
def _lacks_told(subject: Subject, role: Role) -> Generator[None]:
    """Make a sentence of an attribute that a component lacks, or of parameters that are others."""
    try:
        yield
    except (AttributeError, TypeError) as error:
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        check = next((name for name in reversed(names) if name.startswith("check_")), "the kit")
        protocols = "samplers" if "sampler" in role else role.replace("-", "_")
        raise AssertionError(
            f"{subject.place}: {check} came upon {type(error).__name__}: {error}; what it must "
            f"have and be called with is in painterkit.interfaces.{protocols}"
        ) from error
