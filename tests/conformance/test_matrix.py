"""Every base goes with every reader, conditioner and loss that it fits; the rest is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from painterkit.checkpoints.run_folder import create_run
from painterkit.generation.load_painter import load_painter
from painterkit.plugins import load_plugins
from painterkit.recipe_file.render import render_recipe
from painterkit.roles import Role
from painterkit.testing.matrix import (
    KIT,
    Choice,
    Combination,
    choices,
    combinations,
    recipe_of,
    refusals,
)
from painterkit.training.launch import Outcome, train

PLUGINS = load_plugins([KIT])
REGISTRY = PLUGINS.registry


def train_and_paint(combination: Combination, folder: Path) -> None:
    """Train two steps, save, load and paint."""
    recipe = recipe_of(combination, REGISTRY, folder)
    run = create_run(render_recipe(recipe), "matrix", folder / "run", {})
    assert train(recipe, PLUGINS, run, [], stopping=lambda: False) is Outcome.FINISHED
    painter = load_painter(run, PLUGINS)
    [picture] = painter.draw("a red square", ["Is it large? Yes."])
    assert picture.size == (painter.resolution, painter.resolution)
    # Drawn beside another one, a picture is the same.
    beside = painter.draw("a red square", ["Is it large? Yes."], count=2)[0]
    assert np.abs(np.int16(picture) - np.int16(beside)).max() <= 1


@pytest.mark.parametrize("loss", choices(Role.LOSS, REGISTRY), ids=str)
@pytest.mark.parametrize("generator", choices(Role.GENERATOR, REGISTRY), ids=str)
def test_what_fits_is_trained_and_what_does_not_is_refused(
    generator: Choice, loss: Choice, tmp_path: Path
) -> None:
    for number, judged in enumerate(combinations(generator, loss, REGISTRY)):
        for one in judged:
            sentences = refusals(one, PLUGINS, tmp_path)
            if not sentences:
                train_and_paint(one, tmp_path / str(number))
                break
            assert all("the loss" in sentence and "needs" in sentence for sentence in sentences)


def test_the_page_of_the_matrix_is_up_to_date() -> None:
    script = Path(__file__).parents[2] / "docs" / "generate_matrix.py"
    checked = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
