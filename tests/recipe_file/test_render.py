"""A recipe written out with every default."""

from __future__ import annotations

import tomllib
from pathlib import Path

from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.load import load_recipe, load_recipe_text
from painterkit.recipe_file.render import render_recipe


def test_a_rendered_recipe_loads_to_the_same(tiny: Path, plugins: LoadedPlugins) -> None:
    sets = (
        "parts.turn_encoder=hashed-words",
        "parts.generator.losses={a = {use = 'kl', weight = 1}, b = 'hinge'}",
        "parts.generator.window.width=3",
        'weights={ "generator.stage1" = "runs/a#generator.stage2", image_encoder = "runs/b" }',
        "phases.stage-1.optimizers.generator.clip=1",
        "phases.stage-1.optimizers.generator.halve_every.epochs=5",
        "phases.stage-2.optimizers.generator.decay={factor = 0.98, every = {epochs = 1}}",
    )
    recipe = load_recipe(str(tiny), plugins, sets).recipe
    text = render_recipe(recipe)
    again = load_recipe_text(text, plugins, "rendered")
    assert again.recipe == recipe
    assert again.origin == "rendered"
    assert render_recipe(again.recipe) == text


def test_every_default_is_written(tiny: Path, plugins: LoadedPlugins) -> None:
    data = tomllib.loads(render_recipe(load_recipe(str(tiny), plugins).recipe))
    assert data["seed"] == 0
    assert data["samplers"] == {"turns": {"use": "last-turn"}, "noise": {"use": "gaussian"}}
    assert data["parts"]["turn_encoder"] == "caption_encoder"
    assert data["parts"]["discriminators"]["32"] == {"use": "judge", "width": 128}
    assert data["parts"]["generator"]["conditioner"] == {"use": "augment", "width": 128}
    assert data["phases"][0]["optimizers"]["generator"] == {
        "use": "adam",
        "learning_rate": 2e-4,
        "betas": [0.5, 0.999],
        "train": ["generator.stage1"],
        "rate_factors": {},
    }
    assert data["weights"] == {}
    assert data["checkpoints"] == {"every": {"images": 20_000}, "keep": 2}
