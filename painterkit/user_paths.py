"""Paths as a person writes them: they may be anything, a sentence too; imports no torch."""

from __future__ import annotations

from pathlib import Path

from painterkit.errors import Problem, WrongInput


def expanded(path: str | Path, where: str) -> Path:
    """Return a path with `~` or `~name` replaced by the home folder that it means.

    Raises WrongInput, with `where` as its place, where there is no such home folder.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        what = f"there is no home folder for '{Path(path).parts[0]}'"
        raise WrongInput(Problem(where, what, "write the whole path")) from error


def is_there(path: Path) -> bool:
    """Tell whether anything is there and can be seen."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, a folder that may not be entered
        return False


def is_file(path: Path) -> bool:
    """Tell whether a file is there and can be seen."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there and can be seen."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
