"""Keep names of files, which others wrote, inside the folder they are meant for."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath


class OutsideFolder(ValueError):
    """A name that leads out of its folder; the text says how."""


def place_in(folder: Path, name: str) -> Path:
    """Return where a file of the name lies in a folder, whether it is there or not.

    `folder` is absolute, without symbolic links. Raises OutsideFolder for a name that is
    absolute, climbs with `..`, or goes through a symbolic link that leads outside.
    """
    if "\0" in name:
        raise OutsideFolder("holds a character that no file name has")
    windows = PureWindowsPath(name)
    if PurePosixPath(name).is_absolute() or windows.drive or windows.root:
        raise OutsideFolder("is an absolute path")
    if ".." in windows.parts:
        raise OutsideFolder("climbs out of its folder with '..'")
    place = folder / name
    real = os.path.realpath(place)
    if not leads_inside(folder, real):
        raise OutsideFolder(f"is a link that leads outside, to {real}")
    return place


def leads_inside(folder: Path, real: str) -> bool:
    """Tell whether a path without symbolic links lies in a folder."""
    return real.startswith(os.path.join(folder, ""))
