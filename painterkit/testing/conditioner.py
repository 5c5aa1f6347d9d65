"""The checks of a conditioner."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from painterkit.interfaces.conditioner import Condition
from painterkit.testing.every_role import check_module, check_rows
from painterkit.testing.inputs import BATCH, normal, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import EFFECT, TOLERANCE, gap, require, require_shape

DRAWS = 4096
"""Samples that a distribution is measured on: the deviation of one is known to about 1 %."""


def check_conditioner(subject: Subject) -> None:
    """Check a conditioner; raises AssertionError with a sentence about the first fault."""
    check_shapes(subject)
    check_module(subject, lambda part: _run(part, subject))
    check_dependence(subject)
    check_distribution(subject)
    part = set_mode(subject.build(), training=False)
    embedding, noise = _inputs(part, subject)
    check_rows(
        subject.place,
        _tensors(part(embedding, noise)),
        lambda row: _tensors(part(embedding[row : row + 1], noise[row : row + 1])),
    )


def check_shapes(subject: Subject) -> None:
    """Check that code, mu and log_variance are [B, width], and the embedding is what was given."""
    part = subject.build()
    embedding, noise = _inputs(part, subject)
    condition = part(embedding, noise)
    for name in ("code", "mu", "log_variance"):
        value = getattr(condition, name)
        if value is not None:
            require_shape(subject.place, f"its {name}", value, (BATCH, part.width))
    require(
        gap(condition.embedding, embedding) == 0,
        f"{subject.place}: the embedding of its condition is not the one that it was given",
    )


def check_dependence(subject: Subject) -> None:
    """Check that the code follows the embedding and, where it declares one, the noise."""
    part = shaken(set_mode(subject.build(), training=False))
    embedding, noise = _inputs(part, subject)
    code = part(embedding, noise).code
    other = part(_inputs(part, subject, seed=1)[0], noise).code
    require(
        gap(code, other) > EFFECT, f"{subject.place}: its code does not depend on the embedding"
    )
    if part.noise_width:
        other = part(embedding, _inputs(part, subject, seed=1)[1]).code
        require(
            gap(code, other) > EFFECT,
            f"{subject.place}: its code does not depend on the noise, though it declares "
            f"noise_width = {part.noise_width}",
        )


def check_distribution(subject: Subject) -> None:
    """Check that the code is mu at zero noise, and has the variance that log_variance says."""
    part = set_mode(subject.build(), training=False)
    embedding, noise = _inputs(part, subject)
    calm = part(embedding, torch.zeros_like(noise))
    if calm.log_variance is None:
        return
    difference = gap(calm.code, calm.mu)
    require(
        difference <= TOLERANCE,
        f"{subject.place}: at zero noise its code is not mu: it differs by {difference:.2g}",
    )
    if not part.noise_width:
        return
    with torch.no_grad():
        many = part(embedding[:1].expand(DRAWS, -1), normal(DRAWS, part.noise_width))
    ratio = many.code.std(dim=0) / (0.5 * many.log_variance[0]).exp()
    worst = ratio[(ratio.log().abs()).argmax()].item()
    require(
        0.9 < worst < 1.1,
        f"{subject.place}: its code does not have the variance that log_variance says: the "
        f"deviation of {DRAWS} samples is {worst:.2g} times as large",
    )


def _inputs(part: Any, subject: Subject, seed: int = 0) -> tuple[Tensor, Tensor]:
    embedding = normal(BATCH, subject.context.embedding_width, seed=2 * seed)
    return embedding, normal(BATCH, part.noise_width, seed=2 * seed + 1)


def _run(part: Any, subject: Subject) -> dict[str, Tensor]:
    return _tensors(part(*_inputs(part, subject)))


def _tensors(condition: Condition) -> dict[str, Tensor]:
    fields = {name: getattr(condition, name) for name in ("code", "mu", "log_variance")}
    return {name: value for name, value in fields.items() if value is not None}
