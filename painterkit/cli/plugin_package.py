"""Write the package of a new plugin from the files in `plugin_template`.

They are texts of `string.Template`. In their paths `package` and `recipe` stand for the names of
the plugin's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from painterkit.cli.plugin_names import PluginNames
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.hookspecs import INTERFACE
from painterkit.user_paths import is_file, is_folder

FOLDER = "plugin_template"
SUFFIX = ".template"


def require_empty(folder: Path) -> None:
    """Raise WrongInput unless a package can be written to a folder: a new one, or an empty one."""
    instead = "give another --out"
    if is_file(folder):
        raise WrongInput(Problem(str(folder), "is a file, not a folder", instead))
    if is_folder(folder) and any(folder.iterdir()):
        raise WrongInput(Problem(str(folder), "is not empty", instead))
    if not is_folder(folder.absolute().parent):
        hint = f"make it first, or {instead}"
        raise WrongInput(Problem(str(folder), f"there is no folder {folder.parent}", hint))


def write_package(names: PluginNames, folder: Path) -> list[Path]:
    """Write the package of a new plugin to a folder, and return its files.

    Raises Failure where that cannot be.
    """
    words = {
        "distribution": names.distribution,
        "package": names.package,
        "name": names.plugin,
        "recipe": names.recipe,
        "interface": str(INTERFACE),
    }
    paths = {"package": names.package, "recipe.toml": f"{names.recipe}.toml"}
    written: list[Path] = []
    for place, template in _templates(files("painterkit.cli") / FOLDER):
        path = folder.joinpath(*(paths.get(step, step) for step in place))
        text = Template(template.read_text(encoding="utf-8")).substitute(words)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Failure(Problem(str(path), f"cannot be written ({error.strerror})")) from error
        written.append(path)
    return sorted(written)


def _templates(folder: Traversable) -> Iterator[tuple[tuple[str, ...], Traversable]]:
    """Yield every template with the steps of its path, without the suffix."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from (((entry.name, *place), file) for place, file in _templates(entry))
        elif entry.name.endswith(SUFFIX):
            yield (entry.name.removesuffix(SUFFIX),), entry
