"""The recipes of AttnGAN and DF-GAN: what is swapped, the numbers of their code, and the fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.schema import Decay, Duration, Recipe
from painterkit.structure import unstructure
from painterkit.testing import SampleDataset
from painterkit.training.plan import check_assembly

BIRDS, COCO, DIALOGUE = "paper/attngan_cub", "paper/attngan_coco", "paper/attngan_dialogue_coco"
DFGAN, DFGAN_DIALOGUE = "paper/dfgan_cub", "paper/dfgan_dialogue_coco"
FALLING = Decay(factor=0.98, every=Duration(epochs=1), floor=0.1)


@pytest.fixture(scope="module")
def plugins() -> LoadedPlugins:
    return load_plugins()


def recipe_of(name: str, plugins: LoadedPlugins) -> Recipe:
    return load_recipe(name, plugins, []).recipe


def table(name: str, plugins: LoadedPlugins) -> dict[str, Any]:
    return unstructure(recipe_of(name, plugins))


def changed(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {key for key in one | other if one.get(key) != other.get(key)}


def readers_phase(recipe: dict[str, Any]) -> dict[str, Any]:
    """Return the reader's phase without its length, its head and the name of what sees pictures."""
    phase = next(each for each in recipe["phases"] if each["name"] == "reader")
    [optimizer] = phase["optimizers"].values()
    step = phase["step"]
    seen_by = step.pop("image_encoder", None) or recipe["parts"]["image_encoder"]
    step.pop("hidden", None)
    del phase["until"], optimizer["halve_every"]
    optimizer["train"] = [name.removesuffix(".head") for name in optimizer["train"]]
    return {**phase, "seen_by": seen_by}


def assembled(name: str, plugins: LoadedPlugins, cache: Path) -> Assembly:
    """Assemble a recipe on pictures of its height: its own data are not here."""
    recipe = recipe_of(name, plugins)
    return assemble(recipe, plugins.registry, cache, SampleDataset(256), device="meta")


def millions(part: Any) -> float:
    return sum(p.numel() for p in part.parameters()) / 1e6


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "attngan_dialogue",
            {"caption_encoder", "turn_encoder", "image_encoder", "generator", "discriminators"},
        ),
        ("dfgan_dialogue", {"generator", "discriminators"}),
    ],
)
def test_only_what_speaks_of_the_base_is_swapped(
    name: str, parts: set[str], plugins: LoadedPlugins
) -> None:
    ours, theirs = table(name, plugins), table("chatpainter_rnn", plugins)
    assert changed(ours, theirs) == {"name", "parts", "phases"}
    assert changed(ours["parts"], theirs["parts"]) <= parts
    assert readers_phase(ours) == readers_phase(theirs)


def test_attngan_without_the_dialogue_is_told_the_caption_alone(
    plugins: LoadedPlugins, tmp_path: Path
) -> None:
    recipe = recipe_of("attngan", plugins)
    dataset = build_dataset(recipe, plugins.registry, tmp_path)
    parts = assemble(recipe, plugins.registry, tmp_path, dataset, device="meta").parts
    assert parts.word_sources == ("caption",)
    assert parts.dialogue_encoder.width == 0
    assert [phase.name for phase in recipe.phases] == ["captions", "damsm", "coarse", "painter"]


@pytest.mark.parametrize(
    ("name", "generator", "judges"),
    [
        (BIRDS, 7.08, {64: 6.3, 128: 19.4, 256: 71.9}),
        (COCO, 13.81, {64: 13.3, 128: 42.8, 256: 160.8}),
    ],
)
def test_attngan_is_as_large_as_the_authors(
    name: str,
    generator: float,
    judges: dict[int, float],
    plugins: LoadedPlugins,
    tmp_path: Path,
) -> None:
    parts = assembled(name, plugins, tmp_path).parts
    assert millions(parts.generator) == pytest.approx(generator, abs=0.01)
    for resolution, published in judges.items():
        assert millions(parts.discriminator(resolution)) == pytest.approx(published, abs=0.06)


def test_dfgan_is_as_large_as_the_authors(plugins: LoadedPlugins, tmp_path: Path) -> None:
    parts = assembled(DFGAN, plugins, tmp_path).parts
    assert millions(parts.generator) == pytest.approx(9.74, abs=0.01)
    never_used = 3 * (256 * 256 + 256) / 1e6  # 1x1 convolutions where the width stays
    judge = 6.62 + 0.30 - never_used
    assert millions(parts.discriminator(256)) == pytest.approx(judge, abs=0.01)


@pytest.mark.parametrize("name", [BIRDS, COCO, DIALOGUE])
def test_attngans_numbers_are_the_authors(name: str, plugins: LoadedPlugins) -> None:
    damsm, painter = recipe_of(name, plugins).phases
    birds = name == BIRDS
    encoder = damsm.optimizers["encoder"]
    assert (damsm.batch, encoder.learning_rate, encoder.clip) == (48, 2e-3, 0.25)
    assert encoder.decay == FALLING
    assert (painter.batch, painter.until.epochs) == ((20, 600) if birds else (14, 120))
    for optimizer in painter.optimizers.values():
        assert (optimizer.learning_rate, optimizer.betas) == (2e-4, (0.5, 0.999))
        assert (optimizer.halve_every, optimizer.decay) == (None, None)
    losses = painter.step.settings.losses
    assert losses["kl"].settings.weight == 1.0
    for settings in (damsm.step.settings, losses["damsm"].settings):
        assert (settings.gamma1, settings.gamma2, settings.gamma3) == (4.0, 5.0, 10.0)
        assert settings.same == ("class" if birds else "picture")
        assert not settings.root
    assert losses["damsm"].settings.weight == (5.0 if birds else 50.0)


@pytest.mark.parametrize("name", [DFGAN, DFGAN_DIALOGUE])
def test_dfgans_numbers_are_the_authors(name: str, plugins: LoadedPlugins) -> None:
    painter = recipe_of(name, plugins).phases[-1]
    rates = {key: one.learning_rate for key, one in painter.optimizers.items()}
    assert rates == {"generator": 1e-4, "discriminator": 4e-4}
    assert {one.betas for one in painter.optimizers.values()} == {(0.0, 0.9)}
    losses = painter.step.settings.losses
    assert losses["matching"].settings.kind == "hinge"
    assert (losses["penalty"].settings.weight, losses["penalty"].settings.power) == (2.0, 6.0)
    assert painter.batch == 32


@pytest.mark.parametrize(("ours", "theirs"), [(DFGAN, BIRDS), (DFGAN_DIALOGUE, DIALOGUE)])
def test_dfgans_encoders_are_trained_as_attngans(
    ours: str, theirs: str, plugins: LoadedPlugins
) -> None:
    assert recipe_of(ours, plugins).phases[0] == recipe_of(theirs, plugins).phases[0]


@pytest.mark.parametrize(
    ("ours", "theirs", "parts"),
    [
        (DIALOGUE, COCO, {"dialogue_encoder", "generator"}),
        (DFGAN, BIRDS, {"generator", "discriminators"}),
        (DFGAN_DIALOGUE, DIALOGUE, {"generator", "discriminators"}),
    ],
)
def test_a_twin_differs_in_what_it_is_for(
    ours: str, theirs: str, parts: set[str], plugins: LoadedPlugins
) -> None:
    assert changed(table(ours, plugins)["parts"], table(theirs, plugins)["parts"]) == parts
    assert table(ours, plugins)["data"] == table(theirs, plugins)["data"]


def test_the_dialogue_is_read_as_in_chatpainters_twin(plugins: LoadedPlugins) -> None:
    ours, theirs = table(DIALOGUE, plugins), table("paper/chatpainter_rnn_coco", plugins)
    assert ours["parts"]["dialogue_encoder"] == theirs["parts"]["dialogue_encoder"]
    assert ours["data"] == theirs["data"]


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        (BIRDS, "CUB_200_2011"),
        (COCO, "captions_train2014.json"),
        (DIALOGUE, "visdial_0.9_train.json"),
        (DFGAN, "CUB_200_2011"),
        (DFGAN_DIALOGUE, "visdial_0.9_train.json"),
    ],
)
def test_what_is_missing_is_a_warning(
    name: str,
    lacking: str,
    plugins: LoadedPlugins,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    warnings = check_assembly(recipe_of(name, plugins), plugins, tmp_path).lacks
    places = " ".join(problem.where for problem in warnings)
    assert lacking in places
    assert "inception_v3.pth" in places
