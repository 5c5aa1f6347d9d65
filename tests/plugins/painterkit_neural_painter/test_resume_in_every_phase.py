"""The Neural Painter's chain of phases, stopped anywhere and resumed, ends in the same bits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from painterkit.checkpoints.run_folder import create_run
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.render import render_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.structure import structure
from painterkit.training.launch import Outcome, resume, train

from ...conftest import Workshop, differences, tensors_of

PHASES = ("image-encoder", "reader", "painter", "joint-coarse", "joint")
STEPS = 3
MIDDLE = 2
BATCH = 8

SMALL = [
    "data.train=64",
    "data.validation=1",
    "parts.dialogue_encoder.embedding=8",
    "parts.dialogue_encoder.layer=8",
    "parts.dialogue_encoder.hidden=8",
    "parts.dialogue_encoder.width=8",
    "parts.image_encoder.width=8",
    "parts.image_encoder.channels=4",
    "parts.generator.channels=8",
    "parts.generator.conditioner.width=8",
    "parts.discriminators.32.channels=4",
    "parts.discriminators.64.channels=4",
    f"checkpoints.every.images={BATCH}",
    "checkpoints.keep=100",
    "samples.count=1",
    *(f"phases.{name}.until.steps={STEPS}" for name in PHASES),
    *(f"phases.{name}.batch={BATCH}" for name in PHASES),
]
"""What makes `neural_painter` small: a checkpoint after every step, all of them kept."""

UNCUT = {"truncation": None, "supervision": "matching"}
"""The gradient through all turns, and pictures that fit what was said: both not the recipe's."""


def small(**joint: Any) -> Recipe:
    """Return the small recipe, with keys of the step of both joint phases changed or dropped."""
    plugins = load_plugins()
    table = load_recipe("neural_painter", plugins, SMALL).data
    for phase in table["phases"]:
        if phase["name"].startswith("joint"):
            step = {**phase["step"], **joint}
            phase["step"] = {key: value for key, value in step.items() if value is not None}
    return structure(table, Recipe, plugins.registry)


def new_run(recipe: Recipe, folder: Path) -> Path:
    return create_run(render_recipe(recipe), recipe.name, folder, {})


def never() -> bool:
    return False


def after(steps: int) -> Callable[[], bool]:
    """Return a `stopping` that asks to stop from the given step of this sitting on."""
    asked = count(1)
    return lambda: next(asked) >= steps


def checkpoints_of(run: Path) -> list[Path]:
    return sorted((run / "checkpoints").glob("[0-9]*"))


def place_of(checkpoint: Path) -> tuple[str, int]:
    """Return the phase that a checkpoint is of and the step that comes next, 0 at its end."""
    state = json.loads((checkpoint / "state.json").read_text())
    return state["phase_name"], state["step"]


def saved_without_a_break(recipe: Recipe, folder: Path) -> list[Path]:
    """Train without a break; return the checkpoints of every step of every phase."""
    run = new_run(recipe, folder)
    assert train(recipe, load_plugins(), run, [], never) is Outcome.FINISHED
    saved = checkpoints_of(run)
    assert [place_of(one) for one in saved] == [
        (phase, step % STEPS) for phase in PHASES for step in range(1, STEPS + 1)
    ]
    return saved


def test_resumed_in_the_middle_of_any_phase_the_chain_ends_in_the_same_bits(
    in_workshop: Workshop, tmp_path: Path
) -> None:
    """Each run goes through all phases that follow in one sitting."""
    recipe, plugins = small(), load_plugins()
    saved = saved_without_a_break(recipe, tmp_path / "whole")
    expected = tensors_of(saved[-1])
    different: dict[str, list[str]] = {}
    for phase in PHASES:
        [middle] = [one for one in saved if place_of(one) == (phase, MIDDLE)]
        run = new_run(recipe, tmp_path / phase)
        shutil.copytree(middle, run / "checkpoints" / middle.name)
        assert resume(run, plugins, [], never) is Outcome.FINISHED
        different[phase] = differences(tensors_of(checkpoints_of(run)[-1]), expected)
    assert different == {phase: [] for phase in PHASES}


@pytest.mark.parametrize("joint", [{}, UNCUT], ids=["as it is", "uncut and matching"])
def test_stopped_in_the_middle_and_at_the_end_of_every_phase_it_has_the_same_bits(
    joint: dict[str, Any], in_workshop: Workshop, tmp_path: Path
) -> None:
    recipe, plugins = small(**joint), load_plugins()
    whole = {one.name: tensors_of(one) for one in saved_without_a_break(recipe, tmp_path / "whole")}
    run = new_run(recipe, tmp_path / "stopped")
    outcomes = [train(recipe, plugins, run, [], after(MIDDLE))]
    while outcomes[-1] is Outcome.STOPPED:
        to_the_end = place_of(checkpoints_of(run)[-1])[1] == MIDDLE
        steps = STEPS - MIDDLE if to_the_end else MIDDLE
        outcomes.append(resume(run, plugins, [], after(steps)))
    assert len(outcomes) == 2 * len(PHASES)
    stopped = {one.name: tensors_of(one) for one in checkpoints_of(run)}
    assert stopped.keys() == whole.keys()
    different = {name: differences(stopped[name], whole[name]) for name in whole}
    assert different == {name: [] for name in whole}
