"""Whatever the user writes, what comes back is a recipe or a WrongInput."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from painterkit.errors import WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.load import load_recipe, load_recipe_text
from painterkit.recipe_file.render import render_recipe

STEPS = st.sampled_from(
    [
        "phases",
        "stage-1",
        "0",
        "1",
        "9",
        "until",
        "epochs",
        "optimizers",
        "generator",
        "train",
        "parts",
        "use",
        "resolutions",
        "name",
        "samplers",
        "noise",
        "extends",
        "seed",
    ]
)
PATHS = st.lists(STEPS | st.text(max_size=3), max_size=5).map(".".join)
VALUES = st.sampled_from(["1", "0.5", "true", "{}", "[]", "{ epochs = 1 }", "stack", "[[1]]"])
SETS = st.builds("{}={}".format, PATHS, VALUES | st.text(max_size=5)) | st.text(max_size=8)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, recipe_text: str) -> Path:
    path = tmp_path_factory.mktemp("any") / "tiny.toml"
    path.write_text(recipe_text)
    return path


@hypothesis_settings(deadline=None, max_examples=100)
@given(sets=st.lists(SETS, max_size=3))
def test_any_sets(file: Path, plugins: LoadedPlugins, sets: list[str]) -> None:
    recipe = None
    with suppress(WrongInput):
        recipe = load_recipe(str(file), plugins, sets).recipe
    if recipe:
        assert load_recipe_text(render_recipe(recipe), plugins, "again").recipe == recipe


@hypothesis_settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_any_damage(plugins: LoadedPlugins, recipe_text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(recipe_text)))
    end = data.draw(st.integers(start, min(start + 20, len(recipe_text))))
    damaged = recipe_text[:start] + data.draw(st.text(max_size=5)) + recipe_text[end:]
    recipe = None
    with suppress(WrongInput):
        recipe = load_recipe_text(damaged, plugins, "damaged").recipe
    if recipe:
        assert load_recipe_text(render_recipe(recipe), plugins, "again").recipe == recipe


@hypothesis_settings(deadline=None, max_examples=50)
@given(reference=st.text(max_size=20) | st.text(max_size=20).map("{}.toml".format))
def test_any_reference(plugins: LoadedPlugins, reference: str) -> None:
    with pytest.raises(WrongInput):
        load_recipe("no-such-folder/" + reference, plugins)
