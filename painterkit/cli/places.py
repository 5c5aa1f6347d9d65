"""Refuse a place to write to before the long work that would be written there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from painterkit.errors import Failure, Problem, WrongInput
from painterkit.reporting.legible import legible

INSTEAD = "give another --out"

SHOWN = 80
"""Characters of a path that cannot be one: it may be a whole sentence."""


def check_place(file: Path, suffixes: Sequence[str], instead: str = INSTEAD) -> None:
    """Raise WrongInput unless a file of one of the suffixes can be written at a path.

    The folder that it lies in may be missing, if the one around that is there. `instead` is what
    to do where it cannot be written.
    """
    try:
        file.exists()
    except OSError as error:
        what = f"cannot be a file ({error.strerror})"
        raise WrongInput(Problem(legible(str(file), SHOWN), what, instead)) from error
    if file.is_dir():
        example = file / f"face{suffixes[0]}"
        raise _refusal(file, "is a folder, not a file", f"give a file in it, such as {example}")
    if file.suffix.lower() not in suffixes:
        what = f"ends in '{file.suffix}'" if file.suffix else "has no suffix"
        raise _refusal(file, what, f"give a file that ends in {' or '.join(suffixes)}")
    folder = file.parent if file.parent.exists() else file.parent.parent
    if not folder.exists():
        hint = f"make the folder {folder} first, or {instead}"
        raise _refusal(file, f"cannot be written: there is no folder {folder}", hint)
    if not folder.is_dir():
        raise _refusal(file, f"cannot be written: {folder} is no folder", instead)
    target = file if file.exists() else folder
    if not os.access(target, os.W_OK):
        raise _refusal(file, f"cannot be written: {target} is read-only", instead)


def make_folder(file: Path, instead: str = INSTEAD) -> None:
    """Make the folder that a file is to lie in. Raises Failure where that cannot be."""
    try:
        file.parent.mkdir(exist_ok=True)
    except OSError as error:
        what = f"cannot be written: {file.parent} cannot be made ({error.strerror})"
        raise Failure(Problem(str(file), what, instead)) from error


def _refusal(file: Path, what: str, hint: str) -> WrongInput:
    return WrongInput(Problem(str(file), what, hint))
