"""The pictures that a JSON-lines file names: where they are, and which are held out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from attrs import frozen

from painterkit.errors import Problem
from painterkit.interfaces.dataset import Split
from painterkit_datasets.jsonl_file import LinesFile, place
from painterkit_datasets.jsonl_line import Line
from painterkit_datasets.places import OutsideFolder, place_in
from painterkit_datasets.prepare import ListedPicture
from painterkit_datasets.problems import MOST

MOST_NAMES = 2000
"""Of a larger folder not all names are compared with one that is missing."""


@frozen
class NamedPictures:
    """The pictures of a file by name, each once, and those that lie outside or are missing."""

    pictures: dict[str, ListedPicture]
    problems: tuple[tuple[int, Problem], ...]


def named_pictures(file: LinesFile) -> NamedPictures:
    """Find the pictures that the lines name, relative to the file's folder."""
    folder = Path(os.path.realpath(file.path.parent))
    pictures: dict[str, ListedPicture] = {}
    problems: list[tuple[int, Problem]] = []
    seen: set[str] = set()
    missing = 0
    for line in file.lines:
        if line.image in seen:
            continue
        seen.add(line.image)
        where = place(file.path, line.number)
        try:
            path = place_in(folder, line.image)
        except OutsideFolder as error:
            hint = f"put the picture into {file.path.parent}"
            problems.append((line.number, Problem(where, f"'{line.image}' {error}", hint)))
            continue
        if path.exists():
            pictures[line.image] = ListedPicture(line.image, str(path), where, line.number)
            continue
        missing += 1
        hint = _similar(folder, line.image) if missing <= MOST else ""
        problems.append((line.number, Problem(where, f"'{line.image}' is missing", hint)))
    return NamedPictures(pictures, tuple(problems))


def split_of_pictures(
    lines: Sequence[Line], share: float, seed: int
) -> dict[str, Split] | tuple[str, str]:
    """Return the split of each picture, or what keeps them from being split and what to do.

    Where the lines give none, those whose names have the smallest digests with the seed are held
    out: a picture that is added later moves few others.
    """
    given: dict[str, Split] = {
        line.image: "train" if line.split == "train" else "validation"
        for line in lines
        if line.split
    }
    if given:
        return given
    names = sorted({line.image for line in lines}, key=lambda name: _digest(name, seed))
    if len(names) < 2:
        return "names one picture alone, and one must be held out", "add pictures"
    count = min(max(1, round(share * len(names))), len(names) - 1)
    return {name: "validation" if n < count else "train" for n, name in enumerate(names)}


def _digest(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()


def _similar(folder: Path, name: str) -> str:
    """Return a hint for a name that is missing: one with another case or suffix, or like it."""
    path = folder / name
    try:
        there = sorted(os.listdir(path.parent))
    except OSError:
        if "\\" in name:
            return "write '/' between folders"
        return f"there is no folder {path.parent}"
    alike = [n for n in there if n.lower() == path.name.lower() or Path(n).stem == path.stem]
    alike = alike or get_close_matches(path.name, there[:MOST_NAMES], n=1)
    if not alike:
        return f"put it into {path.parent}"
    return f"did you mean '{Path(name).with_name(alike[0])}'?"
