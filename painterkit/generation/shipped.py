"""Find what a painter is named by: a run, a file, or the name of one that ships, such as `demo`."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve

from painterkit.checkpoints.run_folder import RECIPE, open_run
from painterkit.errors import Problem, WrongInput
from painterkit.recipe_file.read import display
from painterkit.user_paths import is_file

SUFFIX = ".safetensors"
DEMO = "demo"
"""The painter that every wheel has; a checkout may lack its file."""


def own_painters() -> Path:
    """Return the folder of the painters that ship: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "painters"
    return packaged if packaged.is_dir() else package.parent / "painters"


def shipped_painters() -> dict[str, Path]:
    """Return the file of every painter that ships, by its name."""
    return {file.stem: file for file in sorted(own_painters().glob(f"*{SUFFIX}"))}


def find_painter(reference: str | Path) -> Path:
    """Return the run folder, or the file, that a reference means.

    A run folder or a file of that path goes before a painter that ships under that name: a run
    `demo` in the working directory hides the painter `demo`. Raises WrongInput, naming those that
    ship, where the reference is nothing. Imports no torch.
    """
    path = Path(reference)
    if is_file(path) or is_file(path / RECIPE):
        return path
    shipped = shipped_painters()
    if str(reference) in shipped:
        return shipped[str(reference)]
    try:
        return open_run(path).path
    except WrongInput as error:
        raise WrongInput(_told(problem, shipped) for problem in error.problems) from error


def _told(problem: Problem, shipped: dict[str, Path]) -> Problem:
    """Add the painters that ship to what is said of a reference that is nothing."""
    if problem.where == DEMO:
        file = display(own_painters() / f"{DEMO}{SUFFIX}")
        return evolve(problem, what=f"the painter that ships is missing: there is no file {file}")
    if not shipped:
        return problem
    return evolve(problem, hint=f"{problem.hint}; painters that ship: {', '.join(shipped)}")
