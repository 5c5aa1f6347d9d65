"""Read a JSON file of COCO's captions."""

from __future__ import annotations

from pathlib import Path

from painterkit.errors import Failure, Problem
from painterkit_datasets.visdial_file import AGAIN, clean, read_json


def read_captions(path: Path) -> dict[int, list[str]]:
    """Return the captions of every picture by its image id, in the order of the file.

    A caption that is empty is left out. Raises Failure where the file is not as it should be.
    """
    data = read_json(path)
    found: dict[int, list[str]] = {}
    try:
        for entry in data["annotations"]:
            caption = clean(entry["caption"])
            if caption:
                found.setdefault(entry["image_id"], []).append(caption)
    except (KeyError, TypeError, AttributeError) as error:
        what = "is no file of COCO's captions: 'annotations' must list 'image_id' and 'caption'"
        raise Failure(Problem(str(path), what, AGAIN)) from error
    return found
