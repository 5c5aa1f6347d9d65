"""The plugin keeps what painterkit promises of every part, and its own parts what they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from painterkit.plugins import load_plugins
from painterkit.roles import Role
from painterkit.testing import check_component

from painterkit_sketchy.generator import NUMBERS, draw, white
from painterkit_sketchy.smoothness import roughness

PLUGIN = "sketchy"


@pytest.mark.painterkit_plugin(PLUGIN)
def test_the_plugin_keeps_its_promises(plugin_check: Callable[[], None]) -> None:
    plugin_check()


def test_the_generator_with_a_memory_conforms() -> None:
    registry = load_plugins().registry
    offer = registry.find(Role.GENERATOR, PLUGIN)
    check_component(offer, registry, {"remembers": True})


def test_a_stroke_covers_what_it_lies_on() -> None:
    stroke = torch.zeros(1, 1, sum(NUMBERS))
    stroke[..., :4] = torch.tensor([0.0, -9.0, 0.0, 9.0])  # through the middle, from side to side
    stroke[..., 4:8] = -9.0  # thin and black
    stroke[..., 8] = 9.0  # strong
    picture = draw(stroke, white(1, 9, torch.device("cpu")))[0]
    assert picture[:, 4].max() < -0.9
    assert picture[:, :2].min() > 0.9
    assert picture[:, -2:].min() > 0.9


def test_an_even_picture_is_smooth() -> None:
    assert roughness(torch.full((2, 3, 8, 8), 0.5)) == 0
    assert roughness(torch.eye(8).expand(2, 3, 8, 8)) > 0
