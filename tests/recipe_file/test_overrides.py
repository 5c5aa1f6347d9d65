"""--set path=value."""

from __future__ import annotations

from pathlib import Path

import pytest

from painterkit.errors import WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.overrides import read_value
from painterkit.recipe_file.schema import Duration, Recipe

pytestmark = pytest.mark.usefixtures("tiny")


def with_sets(plugins: LoadedPlugins, *sets: str) -> Recipe:
    return load_recipe("tiny.toml", plugins, sets).recipe


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("2e-4", 2e-4),
        ("true", True),
        ("[1, 2]", [1, 2]),
        ("{ use = 'kl' }", {"use": "kl"}),
        ("word", "word"),
        ("'quoted'", "quoted"),
        ("a b", "a b"),
        ("", ""),
        ("1\nother = 2", "1\nother = 2"),
        ("[1,", "[1,"),
    ],
)
def test_values_are_toml_or_else_text(text: str, value: object) -> None:
    assert read_value(text) == value


def test_sets_reach_every_place(plugins: LoadedPlugins) -> None:
    recipe = with_sets(
        plugins,
        "name=mine",
        "seed=7",
        "parts.generator.base_channels=8",
        "parts.discriminators.32.width=3",
        "parts.image_encoder=pair",
        "checkpoints.keep=5",
        "phases.stage-2.ema.decay=0.9",
        "phases.0.batch=4",
        'phases."stage-1".optimizers.generator.train.0=generator',
        "phases.stage-1.optimizers.reader.train=['dialogue_encoder']",
    )
    assert (recipe.name, recipe.seed, recipe.checkpoints.keep) == ("mine", 7, 5)
    assert recipe.parts.generator.settings.base_channels == 8
    assert recipe.parts.discriminators[32].settings.width == 3
    assert recipe.parts.image_encoder is not None
    assert recipe.phases[1].ema is not None
    assert recipe.phases[1].ema.decay == 0.9
    assert recipe.phases[0].batch == 4
    assert recipe.phases[0].optimizers["generator"].train == ("generator",)
    assert recipe.phases[0].optimizers["reader"].train == ("dialogue_encoder",)


def test_a_text_that_begins_with_an_equals_sign_is_quoted(plugins: LoadedPlugins) -> None:
    with pytest.raises(WrongInput, match=r"must be letters, digits.*got '=x'"):
        with_sets(plugins, "name='=x'")


def test_the_last_set_wins(plugins: LoadedPlugins) -> None:
    assert with_sets(plugins, "seed=1", "seed=2").seed == 2


def test_weights_are_named_one_by_one_or_in_a_table(plugins: LoadedPlugins) -> None:
    recipe = with_sets(
        plugins,
        "weights.image_encoder=runs/reader-0001",
        'weights."generator.stage1"=runs/a#generator.stage2',
        'weights={ "discriminators.32" = "runs/a", "generator.stage1" = "runs/b" }',
        "weights.dialogue_encoder=~/a run/painter.safetensors",
    )
    assert recipe.weights == {
        "image_encoder": "runs/reader-0001",
        "generator.stage1": "runs/b",
        "discriminators.32": "runs/a",
        "dialogue_encoder": "~/a run/painter.safetensors",
    }
    recipe = with_sets(plugins, 'weights."generator.stage1"=runs/a#generator.stage2')
    assert recipe.weights == {"generator.stage1": "runs/a#generator.stage2"}


def test_a_unit_of_a_duration_replaces_the_other(plugins: LoadedPlugins) -> None:
    recipe = with_sets(plugins, "phases.stage-2.until.epochs=1", "phases.0.until={steps=3}")
    assert recipe.phases[1].until == Duration(epochs=1)
    assert recipe.phases[0].until == Duration(steps=3)


def test_another_component_drops_the_settings(plugins: LoadedPlugins) -> None:
    recipe = with_sets(plugins, "parts.dialogue_encoder=fake:bilstm")
    assert recipe.parts.dialogue_encoder.settings.width == 128
    recipe = with_sets(plugins, "parts.dialogue_encoder=bilstm")
    assert recipe.parts.dialogue_encoder.settings.width == 16


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("seed", "--set #2   expected path=value, got 'seed'; write --set parts.generator.chan"),
        ("=3", "--set #2   expected path=value, got '=3'"),
        ("a..b=3", "--set #2   expected path=value, got 'a..b=3'"),
        ("a\nb=3", "--set #2   expected path=value"),
        ("seed==3", "--set #2   seed   has a '=' too many; write --set seed=3"),
        ("seed = = 3", "--set #2   seed   has a '=' too many; write --set seed=3"),
        ("sed=3", "--set #2   sed   unknown key; did you mean 'seed'?"),
        ("seed=x", "--set #2   seed   expected a whole number, got 'x' (text)"),
        ("seed.deep=3", "--set #2   seed   expected a whole number, got a table"),
        ("parts.generatr.width=3", "--set #2   parts.generatr   unknown key; did you mean 'gener"),
        (
            "phases.stag-1.batch=3",
            "--set #2   phases.stag-1.batch   phases has no entry 'stag-1'; did you mean 'stage-1'",
        ),
        ("phases.2.batch=3", "--set #2   phases.2.batch   phases has no entry '2'"),
        ("phases.0=3", "--set #2   phases.0   expected a table, got 3"),
        (
            "parts.generator.resolutions.5=3",
            "parts.generator.resolutions has no entry '5'; it has 2, counted from 0",
        ),
        ("parts.generator.resolutions.0.x=3", "--set #2   parts.generator.resolutions.0   expec"),
        ("phases.stage-1.until.epochs=0", "--set #2   phases.stage-1.until.epochs   must be at"),
        (
            "phases.stage-1.until={epochs=1, steps=2}",
            "--set #2   phases.stage-1.until   give exactly one of epochs, images, steps",
        ),
        (
            "phases.stage-1.optimizers.generatr.learning_rate=1e-3",
            "--set #2   phases.stage-1.optimizers.generatr   is not there to change; did you mean "
            "'generator'?",
        ),
        (
            "phases.stage-1.optimizers.generator.train=[]",
            "--set #2   phases.stage-1.optimizers.generator.train   must not be empty",
        ),
        (
            "phases.stage-1.optimizers.reader.learning_rate=1e-3",
            "--set #2   phases.stage-1.optimizers.reader.train   missing; it has no default",
        ),
        ("parts.generator.use=stak", "--set #2   parts.generator.use   no generator is named"),
        ("weights=runs/a", "--set #2   weights   expected a table, got 'runs/a' (text)"),
        (
            "weights.discriminators.32=runs/a",
            "--set #2   weights.discriminators   is a table: a name with dots needs quotes; "
            'write weights."discriminators.32"',
        ),
        ("samplers.noise.scale=2", "--set #2   samplers.noise   needs 'use', the name of a noise"),
    ],
)
def test_wrong_sets(plugins: LoadedPlugins, text: str, problem: str) -> None:
    with pytest.raises(WrongInput) as caught:
        with_sets(plugins, "seed=1", text)
    assert problem in str(caught.value)
    assert len(caught.value.problems) == 1


def test_wrong_sets_and_a_wrong_file_come_together(plugins: LoadedPlugins) -> None:
    file = Path("tiny.toml")
    file.write_text(file.read_text().replace("batch", "bach", 1))
    with pytest.raises(WrongInput) as caught:
        with_sets(plugins, "phases.x.batch=3")
    assert len(caught.value.problems) == 3  # the set, the unknown key, the missing key
