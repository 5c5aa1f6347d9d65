"""Two steps of the recipe, made small, change everything that they train; then it can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from painterkit import load_painter
from painterkit.checkpoints.run_folder import create_run
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.render import render_recipe
from painterkit.training.launch import Outcome, train

from ...conftest import Workshop, differences, tensors_of

SMALL = [
    "data.train=32",
    "data.validation=2",
    "parts.caption_encoder={ use = 'hashed-words', width = 8 }",
    "parts.dialogue_encoder.hidden=8",
    "parts.image_encoder.width=4",
    "parts.generator.channels=4",
    "parts.generator.noise=5",
    "parts.generator.conditioner={ use = 'projection', width = 6 }",
    "parts.discriminators.64.channels=4",
    "parts.discriminators.64.condition=6",
    "phases.reader.batch=8",
    "phases.reader.until.steps=2",
    "phases.painter.batch=8",
    "phases.painter.until.steps=2",
    "checkpoints.every.images=8",
    "checkpoints.keep=100",
    "samples.count=1",
]


@pytest.mark.parametrize("name", ["gan_cls", "gan_int_cls"])
def test_two_steps_train_the_painter_and_leave_the_reader(
    name: str, in_workshop: Workshop, tmp_path: Path
) -> None:
    for module in ("python_avatars", "resvg_py"):
        pytest.importorskip(module)
    plugins = load_plugins()
    recipe = load_recipe(name, plugins, SMALL).recipe
    run = create_run(render_recipe(recipe), recipe.name, tmp_path / "run", {})
    assert train(recipe, plugins, run, [], lambda: False) is Outcome.FINISHED

    saved = [tensors_of(one) for one in sorted((run / "checkpoints").glob("[0-9]*"))]
    reader, _, last = saved[-3:]
    model = {name for name in last if name.startswith("model/")}
    trained = {n for n in model if n.startswith(("model/generator.", "model/discriminators."))}
    assert trained < model
    assert {n for n in differences(reader, last) if n in model} == trained

    painter = load_painter(run)
    [picture] = painter.draw("a woman with red hair", turns=["Does she wear glasses? Yes."])
    assert picture.size == (64, 64)
