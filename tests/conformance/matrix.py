"""The matrix, dealt out to as many modules, so that processes can share it.

Each base with each loss is a test, and stands in one of `tests/conformance/test_matrix_1.py` and
the modules after it.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from painterkit.checkpoints.run_folder import create_run
from painterkit.generation.load_painter import load_painter
from painterkit.plugins import load_plugins
from painterkit.recipe_file.render import render_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.roles import Role
from painterkit.testing.matrix import KIT, Choice, choices, recipe_of, refusals, tried
from painterkit.training.launch import Outcome, train

PLUGINS = load_plugins([KIT])
REGISTRY = PLUGINS.registry

PAIRS = list(product(choices(Role.GENERATOR, REGISTRY), choices(Role.LOSS, REGISTRY)))
"""Each base with each loss."""

REASON = re.compile(r"the loss '.+' needs |there are no words of '.+': no turns are read")
"""What a refusal may say; anything else is a fault."""

SHARES = 4
"""Modules that the pairs are dealt out to."""


def share(number: int) -> pytest.MarkDecorator:
    """Return what gives a test the pairs of a module, 1 to SHARES."""
    dealt = PAIRS[number - 1 :: SHARES]
    names = [f"{generator}-{loss}" for generator, loss in dealt]
    return pytest.mark.parametrize(("generator", "loss"), dealt, ids=names)


def train_or_be_refused(generator: Choice, loss: Choice, folder: Path) -> None:
    """Check a base and a loss under dialogue encoders and conditioners.

    The first discriminator that will do judges.
    """
    for number, judged in enumerate(tried(generator, loss, REGISTRY)):
        for one in judged:
            recipe = recipe_of(one, REGISTRY, folder)
            sentences = refusals(recipe, PLUGINS, folder)
            if not sentences:
                train_and_paint(recipe, folder / str(number))
                break
            assert [sentence for sentence in sentences if not REASON.search(sentence)] == []


def train_and_paint(recipe: Recipe, folder: Path) -> None:
    """Train two steps, save, load and paint."""
    run = create_run(render_recipe(recipe), "matrix", folder / "run", {})
    assert train(recipe, PLUGINS, run, [], stopping=lambda: False) is Outcome.FINISHED
    painter = load_painter(run, PLUGINS)
    [picture] = painter.draw("a red square", ["Is it large? Yes."])
    assert picture.size == (painter.resolution, painter.resolution)
    # Drawn beside another one, a picture is the same.
    beside = painter.draw("a red square", ["Is it large? Yes."], count=2)[0]
    assert np.abs(np.int16(picture) - np.int16(beside)).max() <= 1
