"""Load a recipe: read it and what it extends, apply --set, and check it against the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast

from attrs import frozen

from painterkit.errors import Problem, WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.hints import reworded
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.names import SUFFIX, find_recipe
from painterkit.recipe_file.overrides import apply_sets
from painterkit.recipe_file.paths import text_path
from painterkit.recipe_file.read import (
    RecipeText,
    display,
    parse_recipe_text,
    read_recipe_text,
)
from painterkit.recipe_file.schema import FORMAT, Recipe
from painterkit.recipe_file.without import WITHOUT, leave_out
from painterkit.registry import Registry
from painterkit.reporters import Reporters
from painterkit.setting_types import say_with_type
from painterkit.structure import PathProblem, WrongData, structure
from painterkit.user_paths import is_file

EXTENDS = "extends"

TABLE = "recipe"
"""What messages call a recipe that is given as a table, and so has no file."""


@frozen
class LoadedRecipe:
    """A recipe, the plain data that it was made of, and what messages call its file.

    `data` is what the files and --set say together; `recipe` has every default as well.
    """

    recipe: Recipe
    data: dict[str, Any]
    origin: str


def load_recipe(
    reference: str | Path | Mapping[str, Any], plugins: LoadedPlugins, sets: Sequence[str] = ()
) -> LoadedRecipe:
    """Load a recipe by name (`tiny`, `plugin:tiny`), by the path of a .toml file, or from a table.

    A table holds what a file would say, `extends` and `without` as well. `sets` are texts
    `path=value`. Raises WrongInput with every problem at once, each with its file and line.
    """
    if isinstance(reference, Mapping):
        layers = _layers(RecipeText(TABLE, None, _as_toml(reference)), None, plugins)
    else:
        if not isinstance(reference, str | Path):  # pyright: ignore[reportUnnecessaryIsInstance]
            what = f"expected a name, the path of a .toml file or a table, got {reference!r}"
            raise WrongInput(Problem("recipe", what))
        file = find_recipe(str(reference), plugins)
        layers = _layers(read_recipe_text(file), file, plugins)
    return _load(layers, plugins.registry, sets, plugins.reporters)


def load_recipe_text(text: str, plugins: LoadedPlugins, origin: str) -> LoadedRecipe:
    """Load a recipe from text, such as one kept in a weights file, that `origin` names.

    Who hears of its training is not looked up: the painter is the same without.
    """
    return _load([parse_recipe_text(text, origin)], plugins.registry, ())


def _load(
    layers: list[RecipeText],
    registry: Registry,
    sets: Sequence[str],
    reporters: Reporters | None = None,
) -> LoadedRecipe:
    main = layers[-1]
    merged = MergedRecipe(main)
    problems: list[Problem] = []
    try:
        for layer in layers:
            problems += leave_out(merged, layer, layer.data.pop(WITHOUT, None))
            merged.lay_over(layer.data, layer)
        if problems:
            raise WrongInput(problems)
        recipe = _checked(merged, layers, registry, sets, reporters)
    except RecursionError as error:
        raise WrongInput(Problem(main.origin, "is nested too deeply")) from error
    return LoadedRecipe(recipe, merged.data, main.origin)


def _checked(
    merged: MergedRecipe,
    layers: Sequence[RecipeText],
    registry: Registry,
    sets: Sequence[str],
    reporters: Reporters | None,
) -> Recipe:
    problems = apply_sets(merged, sets)
    _check_format(merged)
    if reporters is not None:
        problems += _wrong_reporters(merged, reporters)
    try:
        recipe = structure(merged.data, Recipe, registry)
    except WrongData as error:
        found = reworded(error.problems, merged, layers)
        problems += [_place(problem, merged) for problem in found]
        raise WrongInput(problems) from error
    if problems:
        raise WrongInput(problems)
    return recipe


def _as_toml(value: Any) -> Any:
    """Copy tables and arrays as TOML gives them: dicts with keys of text, and lists."""
    if isinstance(value, Mapping):
        table = cast("Mapping[Any, Any]", value)
        return {str(key): _as_toml(entry) for key, entry in table.items()}
    if isinstance(value, list | tuple):
        return [_as_toml(entry) for entry in cast("Sequence[Any]", value)]
    return value


def _layers(
    layer: RecipeText, file: Traversable | None, plugins: LoadedPlugins
) -> list[RecipeText]:
    """Return a recipe and those that it extends, without `extends`, the base first.

    `file` is where the recipe was read; None for one that has no file.
    """
    layers: list[RecipeText] = []
    seen = [] if file is None else [_identity(file)]
    while True:
        reference = layer.data.pop(EXTENDS, None)
        layers.insert(0, layer)
        if reference is None:
            return layers
        where = f"{layer.where((EXTENDS,))}   {EXTENDS}"
        if not isinstance(reference, str):
            what = f"expected the name or the path of a recipe, got {say_with_type(reference)}"
            raise WrongInput(Problem(where, what))
        file = _extended(reference, file, plugins, where)
        if _identity(file) in seen:
            names = [*(layer.origin for layer in reversed(layers)), display(file)]
            what = f"recipes extend each other in a circle: {' extends '.join(names)}"
            raise WrongInput(Problem(where, what))
        layer = read_recipe_text(file)
        seen.append(_identity(file))


def _extended(
    reference: str, file: Traversable | None, plugins: LoadedPlugins, where: str
) -> Traversable:
    """Return what a file extends: the file of that path or name beside it, or a named recipe.

    A table lies beside no file: its paths are relative to this folder.
    """
    name = reference.removesuffix(SUFFIX)
    if isinstance(file, Path):
        beside = file.parent / (name + SUFFIX)
        # A copy may bear its base's name and extend it: the copy itself is not meant then.
        if is_file(beside) and _identity(beside) != _identity(file):
            return beside
        if reference != name:
            return find_recipe(str(beside), plugins, where)
    return find_recipe(reference if file is None else name, plugins, where)


def _identity(file: Traversable) -> str:
    return str(file.resolve()) if isinstance(file, Path) else str(file)


def _check_format(merged: MergedRecipe) -> None:
    """Refuse a newer format alone: what else seems wrong may be right in it."""
    version = merged.data.get("painterkit")
    if type(version) is int and version > FORMAT:
        problem = PathProblem(
            ("painterkit",),
            f"the recipe is written in format {version}, this painterkit reads {FORMAT}",
            "install a newer painterkit",
        )
        raise WrongInput(_place(problem, merged))


def _wrong_reporters(merged: MergedRecipe, reporters: Reporters) -> Iterator[Problem]:
    """Find names of reporters that nobody offers; what is no array of texts is told elsewhere."""
    asked = merged.data.get("report")
    names = cast("list[object]", asked) if isinstance(asked, list) else []
    for problem in reporters.faults([name for name in names if isinstance(name, str)]):
        yield _place(PathProblem(("report",), problem.what, problem.hint), merged)


def _place(problem: PathProblem, merged: MergedRecipe) -> Problem:
    """Say where a problem is: the file and line, or the --set, that its key came from."""
    origin = merged.origin_of(problem.path)
    place = origin if isinstance(origin, str) else origin.where(problem.path)
    path = text_path(problem.path, merged.data)
    return Problem(f"{place}   {path}" if path else place, problem.what, problem.hint)
