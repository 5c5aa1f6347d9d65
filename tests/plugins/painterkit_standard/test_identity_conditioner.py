from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from painterkit.interfaces.loss import Side, StepView
from painterkit.roles import Role
from painterkit.testing.inputs import normal

Build = Callable[..., Any]


def told(build: Build) -> Any:
    part = build(Role.CONDITIONER, "identity", {}, embedding_width=7)
    return part(normal(4, 7), normal(4, part.noise_width))


def test_the_condition_is_the_embedding_and_asks_for_no_noise(build: Build) -> None:
    part = build(Role.CONDITIONER, "identity", {}, embedding_width=7)
    assert (part.width, part.noise_width) == (7, 0)
    assert not list(part.state_dict())
    condition = told(build)
    for field in (condition.embedding, condition.code, condition.mu):
        assert torch.equal(field, normal(4, 7))
    assert not condition.log_variance.any()


def test_a_kl_term_on_it_is_half_the_embeddings_square(build: Build) -> None:
    """The variance that it tells is 1, so that the term stays finite."""
    kl = build(Role.LOSS, "kl", {"weight": 1.0})
    term = kl(StepView(Side.GENERATOR, {}, {16: told(build)}))
    torch.testing.assert_close(term, normal(4, 7).square().mean() / 2)
