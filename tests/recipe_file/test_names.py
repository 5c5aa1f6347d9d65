"""Recipes by name."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import ZipFile

import pytest
from attrs import evolve

from painterkit.errors import WrongInput
from painterkit.plugins import LoadedPlugins, PluginStatus, RecipeFolder
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.names import find_recipe, own_recipes, shipped_recipes
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Registry


def folder_of(path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return path


def bringing(registry: Registry, **folders: Traversable) -> LoadedPlugins:
    found = tuple(RecipeFolder(plugin, folder) for plugin, folder in folders.items())
    return LoadedPlugins(registry, (), found)


@pytest.fixture
def two(tmp_path: Path, registry: Registry, recipe_text: str) -> LoadedPlugins:
    one = {"face_one.toml": "# One face.\n#\nx", "both_faces.toml": recipe_text, "no.txt": ""}
    other = {"both_faces.toml": "", "deep/face_two.toml": "a = 1\n  ##  Two. \n"}
    return bringing(
        registry,
        one=folder_of(tmp_path / "one", one),
        other=folder_of(tmp_path / "other", other),
    )


def test_every_recipe_is_listed_with_its_first_comment(two: LoadedPlugins) -> None:
    found = {
        one.qualified_name: one.description
        for one in shipped_recipes(two)
        if one.plugin != "painterkit"
    }
    assert found == {
        "one:both_faces": "The smallest recipe.",
        "one:face_one": "One face.",
        "other:both_faces": "",
        "other:deep/face_two": "Two.",
    }


def test_names_lead_to_files(two: LoadedPlugins, tmp_path: Path) -> None:
    assert find_recipe("face_one", two) == tmp_path / "one" / "face_one.toml"
    assert find_recipe("deep/face_two", two) == tmp_path / "other" / "deep" / "face_two.toml"
    assert find_recipe("other:both_faces", two) == tmp_path / "other" / "both_faces.toml"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("face_oen", "no recipe is named 'face_oen'; did you mean 'face_one'?"),
        (
            "both_faces",
            "the recipe 'both_faces' is offered by 2 plugins; "
            "write 'one:both_faces' or 'other:both_faces'",
        ),
        ("face_one.toml", "there is no file face_one.toml; the recipe that painterkit brings"),
        ("here", "no recipe is named 'here'; to use the file, write here.toml"),
    ],
)
def test_wrong_names(
    two: LoadedPlugins,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    problem: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.toml").touch()
    with pytest.raises(WrongInput) as caught:
        find_recipe(name, two)
    assert str(caught.value).startswith(problem)


def test_a_recipe_beside_the_file_is_extended_before_a_named_one(
    two: LoadedPlugins, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    base = 'extends = "one:both_faces"\nname = "beside"'
    folder_of(mine, {"face_one.toml": base, "my.toml": 'extends = "face_one"'})
    assert load_recipe(str(mine / "my.toml"), two).recipe.name == "beside"


def test_a_copy_may_extend_what_it_is_named_after(
    registry: Registry, tmp_path: Path, recipe_text: str
) -> None:
    plugins = bringing(registry, one=folder_of(tmp_path / "one", {"face.toml": recipe_text}))
    mine = folder_of(tmp_path / "mine", {"face.toml": 'extends = "face"\nseed = 3'})
    assert load_recipe(str(mine / "face.toml"), plugins).recipe.seed == 3


def test_recipes_in_a_zip_archive(registry: Registry, tmp_path: Path, recipe_text: str) -> None:
    with ZipFile(tmp_path / "plugin.zip", "w") as archive:
        archive.writestr("recipes/face.toml", recipe_text)
        archive.writestr("recipes/more/face.toml", 'extends = "face.toml"\nname = "more"\nsed = 1')
    plugins = bringing(registry, zipped=ZipPath(tmp_path / "plugin.zip", "recipes/"))
    recipe: Recipe = load_recipe("face", plugins).recipe
    assert recipe.name == "tiny"
    with pytest.raises(WrongInput, match=r"more/face.toml line 3   sed   unknown key; did you"):
        load_recipe("more/face", plugins)


def test_own_recipes_are_in_the_package_or_beside_it() -> None:
    assert own_recipes().name == "recipes"


def test_a_plugin_that_could_not_be_loaded_may_have_brought_it(two: LoadedPlugins) -> None:
    lost = PluginStatus("brush", "", "", "brush.plugin", "failed", "it fell")
    with pytest.raises(WrongInput) as caught:
        find_recipe("brush", evolve(two, statuses=(lost,)))
    assert str(caught.value).endswith("(not loaded: 'brush'; run 'painterkit plugins' to see why)")
