"""The four attributes of CUB, and which of the values that people gave a bird counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from painterkit.errors import Failure, Problem
from painterkit_datasets.compact import kept
from painterkit_datasets.cub_labels import read_class_labels, read_labels
from painterkit_datasets.cub_layout import AGAIN, CubFiles
from painterkit_datasets.cub_tables import read_table

VERSION = 1
"""Counted up when the same files would give a picture other values."""

GROUPS: Mapping[str, str] = {
    "primary colour": "has_primary_color",
    "shape": "has_shape",
    "size": "has_size",
    "bill colour": "has_bill_color",
}
"""The attributes of the Neural Painter, and what CUB calls them."""


@frozen
class Values:
    """The values that an attribute can take, as CUB writes them, and their numbers there."""

    names: tuple[str, ...]
    numbers: tuple[int, ...]


def read_attributes(path: Path) -> tuple[Mapping[str, Values], int]:
    """Read attributes.txt: the four attributes in a fixed order, and the greatest number in it.

    Raises Failure where one of the four is not there.
    """
    named = {number: row.text.partition("::") for number, row in read_table(path).items()}
    found = {
        name: [(value, number) for number, (one, _, value) in named.items() if one == group]
        for name, group in GROUPS.items()
    }
    missing = [GROUPS[name] for name, values in found.items() if not values]
    if missing:
        raise Failure([Problem(str(path), f"names no {one}::...", AGAIN) for one in missing])
    values = {
        name: Values(tuple(value for value, _ in pairs), tuple(number for _, number in pairs))
        for name, pairs in found.items()
    }
    return values, max(named)


def true_values(
    cache: Path, files: CubFiles, classes: Mapping[int, int], certainty: int
) -> Mapping[int, Mapping[str, str]]:
    """Return the value of those of the four attributes of each picture of which one counts.

    `classes` holds the class of each picture, a row of classes.txt from 0. The labels, 3.7
    million lines, are read once; what they say is kept in the cache. Raises Failure where a file
    is broken.
    """
    attributes, count = read_attributes(files.attributes)
    sources = [files.images, files.class_of_image, files.classes, files.attributes, files.labels]
    sources += [files.class_labels] if files.class_labels else []

    def choose_all() -> Any:
        numbers = [number for values in attributes.values() for number in values.numbers]
        believed = read_labels(files.labels, list(classes), numbers, certainty)
        often = _often_in_class(files, classes, numbers, count)
        columns: list[list[int]] = []
        first = 0
        for values in attributes.values():
            part = slice(first, first + len(values.numbers))
            columns.append(choose(believed[:, part], often[:, part]).tolist())
            first = part.stop
        return {"pictures": list(classes), "values": columns}

    data = kept(cache, f"cub-attributes-{VERSION}-{certainty}", sources, choose_all)
    found: dict[int, dict[str, str]] = {picture: {} for picture in data["pictures"]}
    for (name, values), column in zip(attributes.items(), data["values"], strict=True):
        for picture, one in zip(data["pictures"], column, strict=True):
            if one >= 0:
                found[picture][name] = values.names[one]
    return found


def choose(believed: npt.NDArray[np.int8], often: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the column of the value that counts in each row, -1 where none does, [N].

    `believed` [N, V] is the certainty of each value, 0 where it is not present or not believed;
    `often` [N, V] is how often it is said of the picture's class. The highest certainty counts, of
    equal ones what is said most often, and of equals the first.
    """
    best = believed.max(axis=1, keepdims=True)
    column = np.where(believed == best, often, -1.0).argmax(axis=1)
    return np.where(best[:, 0] > 0, column, -1)


def _often_in_class(
    files: CubFiles, classes: Mapping[int, int], numbers: Sequence[int], count: int
) -> npt.NDArray[np.float64]:
    """Return how often each value is said of each picture's class, 0 where that is not known."""
    if files.class_labels is None:
        return np.zeros((len(classes), len(numbers)))
    class_count = len(read_table(files.classes))
    table = read_class_labels(files.class_labels, class_count, count)
    return table[list(classes.values())][:, [number - 1 for number in numbers]]
