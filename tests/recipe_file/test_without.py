from __future__ import annotations

from pathlib import Path

import pytest

from painterkit.errors import WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.load import load_recipe

JUDGE = '[parts.discriminators]\n128 = { use = "fake:judge" }\n'


def problems_of(text: str, plugins: LoadedPlugins) -> list[str]:
    Path("mine.toml").write_text(text)
    with pytest.raises(WrongInput) as caught:
        load_recipe("mine.toml", plugins)
    return [str(problem) for problem in caught.value.problems]


def test_what_is_left_out_is_not_merged_with(tiny: Path, plugins: LoadedPlugins) -> None:
    left_out = '["parts.discriminators", "parts.generator.resolutions"]'
    Path("mine.toml").write_text(f'extends = "tiny"\nwithout = {left_out}\n{JUDGE}')
    recipe = load_recipe("mine.toml", plugins).recipe
    assert list(recipe.parts.discriminators) == [128]
    assert recipe.parts.generator.settings.resolutions == (64,), "not the default of the settings"


def test_a_base_may_leave_out_of_its_own_base(tiny: Path, plugins: LoadedPlugins) -> None:
    Path("base.toml").write_text(f'extends = "tiny"\nwithout = ["parts.discriminators"]\n{JUDGE}')
    Path("mine.toml").write_text('extends = "base"\nname = "mine"\n')
    recipe = load_recipe("mine.toml", plugins).recipe
    assert list(recipe.parts.discriminators) == [128]


def test_one_key_of_a_table_is_left_out(tiny: Path, plugins: LoadedPlugins) -> None:
    over = f'extends = "tiny"\nwithout = ["parts.discriminators.32"]\n{JUDGE}'
    Path("mine.toml").write_text(over)
    assert list(load_recipe("mine.toml", plugins).recipe.parts.discriminators) == [64, 128]


def test_a_key_of_a_phase_is_left_out_by_its_name(tiny: Path, plugins: LoadedPlugins) -> None:
    rate = "optimizers.generator.learning_rate"
    Path("mine.toml").write_text(f'extends = "tiny"\nwithout = ["phases.stage-2.{rate}"]\n')
    first, second = load_recipe("mine.toml", plugins).recipe.phases
    given = load_recipe("tiny.toml", plugins).recipe.phases[1].optimizers["generator"]
    assert second.optimizers["generator"].learning_rate != given.learning_rate
    assert second.optimizers["generator"].learning_rate == (
        first.optimizers["generator"].learning_rate
    ), "the default"
    [problem] = problems_of(f'extends = "tiny"\nwithout = ["phases.3.{rate}"]\n', plugins)
    assert f"the recipe that it extends has no 'phases.3.{rate}'" in problem


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('"parts"', "expected a list of keys, got 'parts' (text); as in without = ["),
        ("[1]", "expected a key such as 'parts.discriminators', got 1"),
        ('["a b"]', "expected a key such as 'parts.discriminators', got 'a b' (text)"),
        (
            '["parts.discriminator"]',
            "that it extends has no 'parts.discriminator'; did you mean 'discriminators'?",
        ),
        (
            '["samples.odd.key"]',
            "the recipe that it extends has no 'samples.odd.key'; leave it out",
        ),
    ],
)
def test_wrong_without(tiny: Path, plugins: LoadedPlugins, value: str, problem: str) -> None:
    [found] = problems_of(f'extends = "tiny"\nwithout = {value}\n', plugins)
    assert found.startswith("mine.toml line 2   without   ")
    assert problem in found


def test_without_a_base_there_is_nothing_to_leave_out(tiny: Path, plugins: LoadedPlugins) -> None:
    text = 'without = ["parts"]\n' + tiny.read_text()
    [found] = problems_of(text, plugins)
    assert "   without   the recipe that it extends has no 'parts'" in found
