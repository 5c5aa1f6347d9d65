"""Pictures as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from painterkit.cli.places import INSTEAD
from painterkit.errors import Failure, Problem

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def save_picture(picture: Image, file: Path, instead: str = INSTEAD) -> None:
    """Write a picture to a file; `instead` is what to do where it cannot be written.

    Raises Failure then.
    """
    try:
        picture.save(file)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        raise Failure(Problem(str(file), what, f"make room or {instead}")) from error
