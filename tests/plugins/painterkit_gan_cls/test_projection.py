from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from painterkit.roles import Role
from painterkit.testing.inputs import normal

Build = Callable[..., Any]


def test_it_is_a_linear_layer_and_a_leaky_relu(build: Build) -> None:
    part = build(Role.CONDITIONER, "projection", {"width": 7})
    embedding = normal(4, 20)
    told = part(embedding, torch.empty(4, 0))
    layer = part.compress[0]
    expected = functional.leaky_relu(embedding @ layer.weight.T + layer.bias, 0.2)
    torch.testing.assert_close(told.code, expected)
    assert torch.equal(told.mu, told.code)
    assert torch.equal(told.embedding, embedding)
    assert bool((told.log_variance == 0).all())


def test_it_has_the_papers_width_and_samples_nothing(build: Build) -> None:
    part = build(Role.CONDITIONER, "projection", {})
    assert (part.width, part.noise_width) == (128, 0)
