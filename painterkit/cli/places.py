"""Refuse a place to write to before the long work that would be written there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from painterkit.errors import Problem, WrongInput


def check_place(file: Path, suffixes: Sequence[str]) -> None:
    """Raise WrongInput unless a file of one of the suffixes can be written at a path.

    The folder that it lies in is made if it alone is missing; no more folders than that.
    """
    known = " or ".join(suffixes)
    if not suffixes or file.suffix.lower() not in suffixes:
        what = f"ends in '{file.suffix}'" if file.suffix else "has no suffix"
        raise _refusal(file, f"{what}, which is no kind of file that is written", f"use {known}")
    if file.is_dir():
        raise _refusal(file, "is a folder", f"name a file in it, such as {file / 'face'}{known}")
    folder = file.parent
    if not folder.exists():
        _make(folder, file)
    if not folder.is_dir():
        raise _refusal(file, f"cannot be written: {folder} is no folder", "give another --out")
    target = file if file.exists() else folder
    if not os.access(target, os.W_OK):
        raise _refusal(file, f"cannot be written: {target} is read-only", "give another --out")


def _make(folder: Path, file: Path) -> None:
    if not folder.parent.is_dir():
        hint = f"make the folder {folder.parent} first, or give another --out"
        raise _refusal(file, f"cannot be written: there is no folder {folder.parent}", hint)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        what = f"cannot be written: {folder} cannot be made ({error.strerror})"
        raise _refusal(file, what, "give another --out") from error


def _refusal(file: Path, what: str, hint: str) -> WrongInput:
    return WrongInput(Problem(str(file), what, hint))
