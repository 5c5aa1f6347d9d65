"""CUB's two large tables of numbers: what people said of each picture and of each class."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painterkit.errors import Failure, Problem
from painterkit_datasets.cub_layout import AGAIN
from painterkit_datasets.cub_tables import leaves_out, place, shown
from painterkit_datasets.problems import first_problems

FORM = "<picture> <attribute> <0 or 1> <certainty, 1 to 4> <seconds>"
RIGHT = re.compile(rb"\s*(?:0*[0-9]{1,9}\s+0*[0-9]{1,9}\s+0*[01]\s+0*[1-4](?:\s.*)?)?", re.DOTALL)
"""A line that is right, or empty. What comes after the certainty is not read."""


def read_labels(
    path: Path, pictures: Sequence[int], numbers: Sequence[int], certainty: int
) -> npt.NDArray[np.int8]:
    """Return the certainty with which each picture has each attribute, [N, A].

    0 where the attribute is not present, or present with less than `certainty`. `numbers` are
    those of the attributes; lines about others are passed over. Some lines of the real file have
    a sixth field, a 0 before the seconds: of every line the first four fields are read. Raises
    Failure for a line that is not so, and for pictures of which something is not said.
    """
    lines = _four_columns(path)
    picture, attribute, present, certain = lines.T
    if ((present | 1) != 1).any() or (certain < 1).any() or (certain > 4).any():
        raise Failure(_wrong_lines(path))
    unknown = np.setdiff1d(picture, pictures)
    if len(unknown):
        more = f" and {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        what = f"is about picture {unknown[0]}{more}, which images.txt does not list"
        raise Failure(Problem(str(path), what, AGAIN))
    asked = np.isin(attribute, numbers)
    rows = _places(pictures, picture[asked])
    columns = _places(numbers, attribute[asked])
    said = np.full((len(pictures), len(numbers)), -1, np.int8)
    said[rows, columns] = np.where(present[asked] == 1, certain[asked], 0)
    silent = (said < 0).any(axis=1)
    if silent.any():
        raise Failure(leaves_out(path, np.asarray(pictures)[silent].tolist()))
    said[said < certainty] = 0
    return said


def read_class_labels(path: Path, classes: int, attributes: int) -> npt.NDArray[np.float64]:
    """Return how often, in percent, each attribute is said of each class, [C, A].

    Raises Failure where the table is not of that size.
    """
    try:
        table = np.loadtxt(path, np.float64, comments=None, ndmin=2, encoding="utf-8")
    except OSError as error:
        raise Failure(Problem(str(path), f"cannot be read: {error.strerror}")) from error
    except ValueError as error:
        what = f"is no table of numbers ({_sentence(error)})"
        raise Failure(Problem(str(path), what, AGAIN)) from error
    if table.shape != (classes, attributes):
        what = (
            f"has {table.shape[0]:,} lines of {table.shape[1]:,} numbers; there are {classes:,} "
            f"classes and {attributes:,} attributes"
        )
        raise Failure(Problem(str(path), what, AGAIN))
    if not ((table >= 0) & (table <= 100)).all():
        raise Failure(Problem(str(path), "holds a number that is not between 0 and 100", AGAIN))
    return table


def _four_columns(path: Path) -> npt.NDArray[np.int32]:
    """Read the first four fields of every line, [L, 4]; numpy is a hundred times Python's speed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a file without lines, told later
            return np.loadtxt(
                path, np.int32, comments=None, usecols=range(4), ndmin=2, encoding="latin-1"
            )
    except OSError as error:
        raise Failure(Problem(str(path), f"cannot be read: {error.strerror}")) from error
    except ValueError as error:
        raise Failure(_wrong_lines(path, _sentence(error))) from error


def _wrong_lines(path: Path, reason: str = "") -> Sequence[Problem]:
    """Look for the lines that keep the file from being read; slow, and only then."""
    problems: list[Problem] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not RIGHT.fullmatch(line):
                text = shown(line.decode(errors="replace").strip())
                problems.append(Problem(place(path, number), f"must be {FORM}: '{text}'", AGAIN))
    return first_problems(problems) or (Problem(str(path), f"is broken ({reason})", AGAIN),)


def _places(known: Collection[int], values: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return the place of each value in `known`, which holds all of them."""
    numbers = np.asarray(known)
    order = np.argsort(numbers)
    return order[np.searchsorted(numbers, values, sorter=order)]


def _sentence(error: Exception) -> str:
    return str(error).partition(";")[0].rstrip(".")
