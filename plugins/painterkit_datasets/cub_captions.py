"""The captions of CUB's pictures, which Reed et al. collected: a file of ten for each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from painterkit.errors import Failure, Problem
from painterkit_datasets.compact import kept
from painterkit_datasets.places import OutsideFolder, place_in
from painterkit_datasets.problems import first_problems

VERSION = 1
"""Counted up when the same files would become other captions."""

WHENCE = "the captions of CUB's pictures come from github.com/reedscot/cvpr2016"

BROKEN = "\ufffd"
"""What stands in some of the files, and in our reading, for a letter that was lost."""


def read_captions(cache: Path, folder: Path, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the captions of each picture by its name without a suffix, in its file's order.

    They are kept in the cache, so that nobody waits for thousands of files twice. Raises Failure
    naming every file that is missing or empty.
    """
    paths = [folder / f"{name}.txt" for name in names]
    missing = [Problem(str(path), "is missing", WHENCE) for path in paths if not path.is_file()]
    if missing:
        raise Failure(first_problems(missing))
    data = kept(cache, f"cub-captions-{VERSION}", paths, lambda: _read_all(folder, names))
    return {name: tuple(texts) for name, texts in zip(names, data, strict=True)}


def _read_all(folder: Path, names: Sequence[str]) -> list[list[str]]:
    real = Path(os.path.realpath(folder))
    captions: list[list[str]] = []
    problems: list[Problem] = []
    for name in names:
        path = folder / f"{name}.txt"
        try:
            captions.append(_read(place_in(real, f"{name}.txt")))
        except OutsideFolder as error:
            problems.append(Problem(str(path), str(error), f"put the captions into {folder}"))
            continue
        except OSError as error:
            problems.append(Problem(str(path), f"cannot be read: {error.strerror}"))
            continue
        if not captions[-1]:
            problems.append(Problem(str(path), "holds no caption", "write one a line"))
    if problems:
        raise Failure(first_problems(problems))
    return captions


def _read(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8-sig", errors="replace").replace(BROKEN, " ")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line]
