"""Which data set a folder or a file is for, and its settings; imports no torch.

The settings of a data set that reads people's own files have a field `folder`, and `marks`: names
of files, with wildcards, by which such a folder is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from painterkit.errors import Problem, WrongInput, nearest
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.overrides import apply_sets
from painterkit.recipe_file.paths import text_path
from painterkit.registry import Offer, Registry
from painterkit.roles import Role
from painterkit.settings import Use, has_setting
from painterkit.structure import WrongData, structure
from painterkit.user_paths import is_there

FOLDER = "folder"
EXAMPLE = "resolution=128"


def dataset_of(path: Path, registry: Registry) -> Offer:
    """Return the data set whose marks a path has. Raises WrongInput unless it is one alone."""
    _require_path(path)
    offers = [offer for offer in registry.offers(Role.DATASET) if marks(offer)]
    found = [offer for offer in offers if _has_mark(path, marks(offer))]
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(offer.component.name for offer in found)
        hint = f"say which is meant: --as {found[0].component.name}"
        raise WrongInput(Problem(str(path), f"holds files of {names}", hint))
    known = "; ".join(f"{offer.component.name}: {' '.join(marks(offer))}" for offer in offers)
    what = "holds no file by which a data set is known"
    raise WrongInput(Problem(str(path), what, f"known are {known}" if known else ""))


def dataset_named(name: str, registry: Registry) -> Offer:
    """Return a data set by its name. Raises WrongInput for one that reads no folder."""
    offer = registry.find(Role.DATASET, name)
    if not has_setting(offer.component.settings, FOLDER):
        names = [one.component.name for one in registry.offers(Role.DATASET) if marks(one)]
        what = f"the data set '{name}' reads no folder"
        raise WrongInput(Problem("--as", what, nearest("", names)))
    return offer


def data_settings(offer: Offer, registry: Registry, path: Path, sets: Sequence[str]) -> Use:
    """Return the data set with its settings: the path as its folder, and what --set changes.

    Raises WrongInput with all that is wrong.
    """
    merged = MergedRecipe("")
    merged.lay_over({FOLDER: str(path)}, "")
    problems = apply_sets(merged, sets, EXAMPLE)
    name = offer.qualified_name
    try:
        use = Use(name, structure(merged.data, offer.component.settings, registry))
    except WrongData as error:
        for one in error.problems:
            where = f"{merged.origin_of(one.path)}   {text_path(one.path)}".strip()
            problems.append(Problem(where, one.what, one.hint))
        raise WrongInput(problems) from error
    if problems:
        raise WrongInput(problems)
    return use


def marks(offer: Offer) -> tuple[str, ...]:
    """Return the names of files by which a data set knows a folder; none if it reads no folder."""
    return tuple(getattr(offer.component.settings, "marks", ()))


def _has_mark(path: Path, patterns: Sequence[str]) -> bool:
    if path.is_file():
        return any(fnmatchcase(path.name, pattern) for pattern in patterns)
    return any(next(path.glob(pattern), None) for pattern in patterns)


def _require_path(path: Path) -> None:
    if is_there(path):
        return
    try:
        there = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        there = []
    close = nearest(path.name, there)
    raise WrongInput(Problem(str(path), "is not there", close if close.startswith("did") else ""))
