"""A recipe that trains its text encoders first: each reads anew what the one before has learnt."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from painterkit.checkpoints.run_folder import create_run
from painterkit.generation.load_painter import load_painter
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.render import render_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.training.launch import Outcome, resume, train

from ..conftest import Workshop, differences, tensors_of

SMALL = {
    "data.train": "64",
    "data.validation": "8",
    "parts.caption_encoder.width": "8",
    "parts.caption_encoder.channels": "[8, 8, 8]",
    "parts.turn_encoder.width": "8",
    "parts.turn_encoder.word_width": "4",
    "parts.turn_encoder.vocabulary": "50",
    "parts.dialogue_encoder.hidden": "8",
    "parts.image_encoder.width": "4",
    "parts.generator.channels": "4",
    "parts.generator.fine_channels": "4",
    "parts.discriminators.32.channels": "4",
    "parts.discriminators.64.channels": "4",
    "checkpoints.keep": "100",
    **{
        f"phases.{name}.{key}": value
        for name in ("caption-encoder", "turn-encoder", "reader", "stage-1", "stage-2")
        for key, value in (("until.steps", "4"), ("batch", "8"))
    },
}
STEPS = 4


def never() -> bool:
    return False


@pytest.fixture
def recipe(in_workshop: Workshop) -> Recipe:
    sets = [f"{key}={value}" for key, value in SMALL.items()]
    return load_recipe("chatpainter_rnn_encoders", load_plugins(), sets).recipe


def after(steps: int) -> Callable[[], bool]:
    """Return a `stopping` that asks to stop from a step of this process on."""
    asked = count(1)
    return lambda: next(asked) >= steps


def new_run(recipe: Recipe, folder: Path) -> Path:
    return create_run(render_recipe(recipe), recipe.name, folder, {})


def end_of(run: Path) -> Path:
    return max((run / "checkpoints").glob("[0-9]*"))


def test_encoders_learn_in_their_own_phases_alone(recipe: Recipe, tmp_path: Path) -> None:
    run = new_run(recipe, tmp_path / "run")
    assert train(recipe, load_plugins(), run, [], never) is Outcome.FINISHED
    found = [tensors_of(path) for path in sorted((run / "checkpoints").glob("[0-9]*"))]
    after_caption, after_turn, *later = (
        {name: tensor for name, tensor in one.items() if name.startswith("model/")} for one in found
    )
    moved = differences(after_caption, after_turn)
    assert any(name.startswith("model/turn_encoder.") for name in moved)
    assert not any(name.startswith("model/caption_encoder.") for name in moved)
    for one in later:
        moved = differences(after_turn, one)
        assert not any("_encoder." in name and "dialogue" not in name for name in moved)
    # No picture is drawn before there is anything to read with.
    drawn = sorted(path.stem for path in (run / "samples").glob("*.png"))
    assert drawn[0] >= f"{3 * STEPS * 8:09d}"
    [picture] = load_painter(run).draw("a smiling woman", ["Any glasses? No."])
    assert picture.size == (64, 64)


def test_stopped_in_a_text_phase_it_goes_on_with_the_same_bits(
    recipe: Recipe, tmp_path: Path
) -> None:
    whole, stopped = (new_run(recipe, tmp_path / name) for name in ("whole", "stopped"))
    train(recipe, load_plugins(), whole, [], never)
    plugins = load_plugins()
    assert train(recipe, plugins, stopped, [], after(2)) is Outcome.STOPPED
    assert resume(stopped, plugins, [], after(STEPS)) is Outcome.STOPPED
    assert resume(stopped, load_plugins(), [], never) is Outcome.FINISHED
    assert differences(tensors_of(end_of(stopped)), tensors_of(end_of(whole))) == []
