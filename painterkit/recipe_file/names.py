"""Find recipes by name: painterkit's own and those that plugins bring.

A recipe's name is its file's path in the recipe folder without `.toml`: `tiny`, `paper/tiny`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from attrs import frozen

from painterkit.errors import Problem, WrongInput, nearest
from painterkit.offered_names import not_loaded
from painterkit.plugins import LoadedPlugins, RecipeFolder
from painterkit.recipe_file.read import display
from painterkit.user_paths import is_file, is_folder

SUFFIX = ".toml"
OWN = "painterkit"


@frozen
class ShippedRecipe:
    """A recipe that can be named. `plugin` is `painterkit` for those of painterkit itself."""

    name: str
    plugin: str
    file: Traversable

    @property
    def path(self) -> str:
        """Where the file is, as messages show it."""
        return display(self.file)

    @property
    def qualified_name(self) -> str:
        """The name that no other plugin can take: `plugin:name`."""
        return f"{self.plugin}:{self.name}"

    @property
    def description(self) -> str:
        """The first comment line of the file, without its `#`."""
        try:
            text = self.file.read_bytes().decode("utf-8-sig", errors="replace")
        except OSError:
            return ""
        lines = (line.strip() for line in text.split("\n"))
        return next((line.lstrip("# ") for line in lines if line.startswith("#")), "")


def own_recipes() -> Path:
    """Return the folder of painterkit's own recipes: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "recipes"
    return packaged if packaged.is_dir() else package.parent / "recipes"


def shipped_recipes(plugins: LoadedPlugins) -> tuple[ShippedRecipe, ...]:
    """Return every recipe that can be named, painterkit's own first."""
    folders = (RecipeFolder(OWN, own_recipes()), *plugins.recipe_folders)
    return tuple(
        ShippedRecipe(name, folder.plugin, file)
        for folder in folders
        for name, file in sorted(_recipes_in(folder.folder, ""), key=lambda found: found[0])
    )


def _recipes_in(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _recipes_in(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            yield prefix + entry.name.removesuffix(SUFFIX), entry


def find_recipe(reference: str, plugins: LoadedPlugins, where: str = "") -> Traversable:
    """Return the file that a name or the path of a .toml file means.

    Painterkit's own recipe wins a name; a plugin's is then `plugin:name`. Raises WrongInput,
    with `where` as its place, naming the nearest.
    """
    if reference.endswith(SUFFIX):
        return _file(Path(reference), plugins, where)
    recipes = shipped_recipes(plugins)
    found = [one for one in recipes if reference in (one.name, one.qualified_name)]
    own = [one for one in found if one.plugin == OWN]
    if len(found) == 1 or own:
        return (own or found)[0].file
    if found:
        names = " or ".join(f"'{one.qualified_name}'" for one in found)
        what = f"the recipe '{reference}' is offered by {len(found)} plugins"
        raise WrongInput(Problem(where, what, f"write {names}"))
    if is_folder(Path(reference)):
        raise WrongInput(Problem(where, f"{display(Path(reference))} is a folder, not a recipe"))
    if is_file(Path(reference + SUFFIX)):
        hint = f"to use the file, write {reference + SUFFIX}"
    else:
        hint = nearest(reference, [one.name for one in recipes]) + not_loaded(plugins.unloaded)
    raise WrongInput(Problem(where, f"no recipe is named '{reference}'", hint))


def _file(path: Path, plugins: LoadedPlugins, where: str) -> Path:
    if is_file(path):
        return path
    if is_folder(path):
        raise WrongInput(Problem(where, f"{display(path)} is a folder, not a recipe"))
    names = [one.name for one in shipped_recipes(plugins)]
    named = path.with_suffix("").as_posix()
    if named in names:
        hint = f"the recipe that painterkit brings is named without .toml: {named}"
    elif is_folder(path.parent):
        there, folder = [file.name for file in path.parent.glob("*" + SUFFIX)], display(path.parent)
        hint = f"{nearest(path.name, there)} (in {folder})"
        if not there:
            hint = f"there is no .toml file in {folder}; 'painterkit recipes' lists what has a name"
    else:
        hint = f"there is no folder {path.parent} either"
    raise WrongInput(Problem(where, f"there is no file {display(path)}", hint))
