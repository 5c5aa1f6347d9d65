"""The pictures of CUB: their names, classes and boxes, and which of them are held out."""

from __future__ import annotations

import hashlib
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

from painterkit.errors import Failure, Problem
from painterkit.interfaces.dataset import SPLITS, Split
from painterkit_datasets.cub_layout import AGAIN, CubFiles
from painterkit_datasets.cub_tables import NUMBER, Row, place, read_column, read_table
from painterkit_datasets.pictures import Around
from painterkit_datasets.places import OutsideFolder, place_in
from painterkit_datasets.prepare import ListedPicture
from painterkit_datasets.problems import first_problems
from painterkit_datasets.settings import CubSettings

HALF = 0.75
"""Half the side of the square around a box, as a share of the box's longer side: StackGAN's."""


@frozen
class Bird:
    """A line of images.txt: a picture, its class (a row of classes.txt, from 0) and its split.

    `file` lies in images/; `name` is the file without its suffix.
    """

    number: int
    line: int
    file: str
    name: str
    class_id: int
    split: Split
    around: Around | None


def read_birds(files: CubFiles, settings: CubSettings) -> tuple[Bird, ...]:
    """Read the lists. Raises Failure where a line is wrong, or nothing would be held out."""
    rows = read_table(files.images)
    names = _names(files.images, rows)
    rank = {number: row for row, number in enumerate(read_table(files.classes))}
    form = f"that of a class, 1 to {len(rank)}"
    class_ids = read_column(
        files.class_of_image,
        names,
        lambda text: rank.get(int(text)) if NUMBER.fullmatch(text) else None,
        form,
    )
    around = {}
    if files.boxes is not None:
        around = read_column(files.boxes, names, _around, "a box: left, top, width and height")
    splits = _splits(files, names, class_ids, settings)
    return tuple(
        Bird(n, row.line, row.text, names[n], class_ids[n], splits[n], around.get(n))
        for n, row in rows.items()
    )


def stratified(
    class_ids: Mapping[int, int], names: Mapping[int, str], share: float, seed: int
) -> Mapping[int, Split]:
    """Return the split of each picture, with a share of every class held out.

    At least one of a class is held out and one is not, where it has two. Those whose names have
    the smallest digests with the seed are held out: a picture that is added later moves few others.
    """
    order = sorted(class_ids, key=lambda number: _digest(names[number], seed))
    sizes = Counter(class_ids.values())
    left = {one: min(max(1, round(share * size)), size - 1) for one, size in sizes.items()}
    splits: dict[int, Split] = {}
    for number in order:
        held_out = left[class_ids[number]] > 0
        left[class_ids[number]] -= held_out
        splits[number] = "validation" if held_out else "train"
    return splits


def _splits(
    files: CubFiles, names: Mapping[int, str], class_ids: Mapping[int, int], settings: CubSettings
) -> Mapping[int, Split]:
    splits: Mapping[int, Split]
    if files.published is None:
        splits = stratified(class_ids, names, settings.validation, settings.seed)
        hint = "a class needs two pictures for one of them to be held out"
    else:
        known: Mapping[str, Split] = {"1": "train", "0": "validation"}
        splits = read_column(files.published, names, known.get, "1 for training or 0 for test")
        hint = 'hold out a share of every class: data.split = "stratified"'
    if len(set(splits.values())) < len(SPLITS):
        what = "leaves nothing to train on, or nothing to hold out"
        raise Failure(Problem(str(files.published or files.images), what, hint))
    return splits


def find_pictures(
    files: CubFiles, birds: Sequence[Bird]
) -> tuple[Mapping[int, ListedPicture], tuple[Problem, ...]]:
    """Look for the pictures, by number; return the others as problems."""
    folder = Path(os.path.realpath(files.pictures))
    found: dict[int, ListedPicture] = {}
    problems: list[Problem] = []
    for bird in birds:
        where, name = place(files.images, bird.line), f"images/{bird.file}"
        try:
            path = place_in(folder, bird.file)
        except OutsideFolder as error:
            hint = f"put the picture into {files.pictures}"
            problems.append(Problem(where, f"'{name}' {error}", hint))
            continue
        if path.exists():
            found[bird.number] = ListedPicture(name, str(path), where, bird.line, bird.around)
        else:
            problems.append(Problem(where, f"'{name}' is missing", AGAIN))
    return found, tuple(problems)


def _names(path: Path, rows: Mapping[int, Row]) -> Mapping[int, str]:
    """Return the names of the pictures without their suffix. Raises Failure for a name twice."""
    names: dict[int, str] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for number, row in rows.items():
        names[number] = name = os.path.splitext(row.text)[0]
        line = lines.setdefault(name, row.line)
        if line != row.line:
            what = f"names '{row.text}', as line {line} does"
            problems.append(Problem(place(path, row.line), what, AGAIN))
    if problems:
        raise Failure(first_problems(problems))
    return names


def _around(text: str) -> Around | None:
    """Return the square around a box of left, top, width and height in pixels."""
    try:
        left, top, width, height = (float(field) for field in text.split())
    except ValueError:
        return None
    if not all(map(math.isfinite, (left, top, width, height))) or min(width, height) <= 0:
        return None
    return Around(left + width / 2, top + height / 2, HALF * max(width, height))


def _digest(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()
