"""The checks of a discriminator."""

from __future__ import annotations

from typing import Any

import torch
from attrs import evolve
from torch import Tensor

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.discriminator import Logits, TellsLabels
from painterkit.testing.every_role import check_module, check_rows
from painterkit.testing.inputs import BATCH, condition, pictures, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import (
    EFFECT,
    TOLERANCE,
    gap,
    require,
    require_same,
    require_shape,
)

LABELS = "labels"


def check_discriminator(subject: Subject) -> None:
    """Check a discriminator; raises AssertionError with a sentence about the first fault."""
    check_logits(subject)
    check_module(subject, lambda part: _judge(part, _pictures(subject), _told(subject)))
    check_dependence(subject)
    check_features_once(subject)
    check_image_gradient(subject)
    part = set_mode(subject.build(), training=False)
    image, told = _pictures(subject), _told(subject)
    check_rows(
        subject.place,
        _judge(part, image, told),
        lambda row: _judge(part, image[row : row + 1], told.rows(torch.tensor([row]))),
    )


def check_logits(subject: Subject) -> None:
    """Check that logits are finite float32 [B], under bfloat16 autocast too; labels [B, L]."""
    for low in (False, True):
        part = subject.build()
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=low):
            features = part.features(_pictures(subject))
            logits = part.logits(features, _told(subject))
        place = f"{subject.place} under bfloat16 autocast" if low else subject.place
        require(
            features.shape[0] == BATCH,
            f"{place}: features has {features.shape[0]} rows for {BATCH} pictures",
        )
        counts = part.label_counts if isinstance(part, TellsLabels) else ()
        require(
            (logits.labels is not None) == bool(counts),
            f"{place}: it has logits of labels if and only if it has label_counts",
        )
        for name, value in _named(logits).items():
            shape = (BATCH, sum(counts)) if name == LABELS else (BATCH,)
            require_shape(place, f"its {name} logit", value, shape)
            require(
                value.dtype == torch.float32,
                f"{place}: its {name} logit is {value.dtype}; losses need torch.float32",
            )


def check_dependence(subject: Subject) -> None:
    """Check that logits follow the picture, and the conditional one the condition that it reads."""
    part = shaken(set_mode(subject.build(), training=False))
    image, told, other = _pictures(subject), _told(subject), _told(subject, seed=1)
    usual = _judge(part, image, told)
    for name, logit in _judge(part, _pictures(subject, seed=1), told).items():
        require(
            gap(usual[name], logit) > EFFECT,
            f"{subject.place}: its {name} logit does not depend on the picture",
        )
    changed = _judge(part, image, other)
    require(
        gap(usual["conditional"], changed["conditional"]) > EFFECT,
        f"{subject.place}: its conditional logit does not depend on the condition",
    )
    for name in usual.keys() - {"conditional"}:
        require(
            gap(usual[name], changed[name]) <= TOLERANCE,
            f"{subject.place}: its {name} logit depends on the condition",
        )
    reads = getattr(part, "reads", None)
    if isinstance(reads, str) and hasattr(told, reads):
        same = evolve(other, **{reads: getattr(told, reads)})
        require_same(
            usual,
            _judge(part, image, same),
            f"{subject.place}: it says that it reads '{reads}', but reads something else too",
            TOLERANCE,
        )


def check_features_once(subject: Subject) -> None:
    """Check that one look at a picture serves several conditions."""
    part = set_mode(subject.build(), training=False)
    image, first, second = _pictures(subject), _told(subject), _told(subject, seed=1)
    with torch.no_grad():
        features = part.features(image)
        together = {
            f"{name}, condition {place}": logit
            for place, told in enumerate((first, second))
            for name, logit in _named(part.logits(features, told)).items()
        }
        apart = {
            f"{name}, condition {place}": logit
            for place, told in enumerate((first, second))
            for name, logit in _judge(part, image, told).items()
        }
    require_same(
        together,
        apart,
        f"{subject.place}: judged twice from the same features, a picture fares otherwise than "
        "from features of its own: logits() changes them, or features() keeps something",
        TOLERANCE,
    )


def check_image_gradient(subject: Subject) -> None:
    """Check that a generator can learn from it: every logit sends a gradient to the picture."""
    part = shaken(subject.build())
    image = _pictures(subject).requires_grad_()
    for name, logit in _judge(part, image, _told(subject)).items():
        gradient = None
        if logit.requires_grad:
            (gradient,) = torch.autograd.grad(
                logit.sum(), [image], allow_unused=True, retain_graph=True
            )
        require(
            gradient is not None and bool(gradient.abs().sum() > 0),
            f"{subject.place}: its {name} logit sends no gradient to the picture",
        )


def _judge(part: Any, image: Tensor, told: Condition) -> dict[str, Tensor]:
    return _named(part.logits(part.features(image), told))


def _named(logits: Logits) -> dict[str, Tensor]:
    named = {
        "conditional": logits.conditional,
        "unconditional": logits.unconditional,
        LABELS: logits.labels,
    }
    return {name: value for name, value in named.items() if value is not None}


def _pictures(subject: Subject, seed: int = 0) -> Tensor:
    return pictures(BATCH, subject.context.resolution, seed)


def _told(subject: Subject, seed: int = 0) -> Condition:
    widths = subject.context.condition_widths
    return condition(BATCH, seed, widths["code"], widths["embedding"])
