"""Decode many pictures, once, into the prepared cache."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from painterkit.data.prepared import prepared_array
from painterkit.errors import Failure, Problem
from painterkit.interfaces.dataset import Progress
from painterkit_datasets.pictures import (
    Around,
    Fit,
    UnusablePicture,
    check_whole,
    decode,
    pillow_told,
)
from painterkit_datasets.problems import first_problems

VERSION = 1
"""Counted up when the same file would become other pixels."""

CHUNK = 32
"""Pictures that a thread takes at once: what Ctrl-C waits for, and a report of progress."""


@frozen
class ListedPicture:
    """A picture file, its name in the list that names it, and where in the list that is.

    `number` is its place there, such as the number of a line. `around` is the square that it is
    cut to; None where all pictures are cut alike.
    """

    name: str
    path: str
    where: str
    number: int
    around: Around | None = None


def prepared_shape(count: int, fit: Fit) -> tuple[int, int, int, int]:
    """Return the shape of the prepared array of `count` pictures, [N, R, R, 3]."""
    return count, fit.resolution, fit.resolution, 3


def prepared_pictures(
    cache: Path,
    prefix: str,
    pictures: Sequence[ListedPicture],
    fit: Fit,
    progress: Progress | None = None,
) -> npt.NDArray[np.uint8]:
    """Return the pictures [N, R, R, 3] RGB, memory-mapped; decode them if need be.

    `prefix` begins the name of the array in the cache. Raises Failure naming every picture that
    cannot be used.
    """

    def fill(out: npt.NDArray[Any]) -> None:
        def decode_one(picture: ListedPicture, row: int) -> None:
            out[row] = decode(picture.path, fit, picture.around)

        _raise(_each(decode_one, pictures, progress))

    key = _key(prefix, pictures, fit)
    if key is None:
        _raise(broken_pictures(cache, prefix, pictures, fit))
        raise Failure(Problem(str(cache), "a picture was changed meanwhile", "try again"))
    return prepared_array(cache, key, np.uint8, prepared_shape(len(pictures), fit), fill)


def are_prepared(cache: Path, prefix: str, pictures: Sequence[ListedPicture], fit: Fit) -> bool:
    """Tell whether the pictures, as they are now, are in the cache."""
    key = _key(prefix, pictures, fit)
    return key is not None and (cache / f"{key}.npy").is_file()


def broken_pictures(
    cache: Path, prefix: str, pictures: Sequence[ListedPicture], fit: Fit
) -> list[tuple[int, Problem]]:
    """Return what is wrong with picture files, most of them not decoded for it.

    A problem stands beside the number of its picture. That nothing was wrong is remembered in the
    cache for as long as no file changes.
    """

    def check_one(picture: ListedPicture, row: int) -> None:
        check_whole(picture.path, fit.pixel_limit, picture.around)

    key = _key(prefix, pictures, fit)
    checked = cache / f"{key}-{fit.pixel_limit}.checked"
    if key is not None and checked.is_file():
        return []
    problems = _each(check_one, pictures, None)
    if key is not None and not problems:
        with suppress(OSError):  # a cache that cannot be written is told when it is needed
            cache.mkdir(parents=True, exist_ok=True)
            checked.touch()
    return problems


def _key(prefix: str, pictures: Sequence[ListedPicture], fit: Fit) -> str | None:
    """Return the name of the prepared array, which tells of every file's name, size and time.

    It tells of the square that a picture is cut to as well. None where a file cannot be asked.
    """
    digest = hashlib.sha256(repr((VERSION, fit.resolution, fit.crop)).encode())
    try:
        for picture in pictures:
            status = os.stat(picture.path)
            digest.update(f"{picture.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
            if picture.around is not None:
                digest.update(f"{picture.around}\n".encode())
    except OSError:
        return None
    return f"{prefix}-{len(pictures)}x{fit.resolution}-{digest.hexdigest()[:20]}"


def _raise(problems: Sequence[tuple[int, Problem]]) -> None:
    if problems:
        raise Failure(first_problems([problem for _, problem in problems]))


def _each(
    work: Callable[[ListedPicture, int], None],
    pictures: Sequence[ListedPicture],
    progress: Progress | None,
) -> list[tuple[int, Problem]]:
    """Do something with every picture, in threads: Pillow decodes without Python's lock.

    Return what was wrong with any, in the order of the list.
    """
    total, done = len(pictures), 0
    wrong: dict[int, Problem] = {}

    def work_on(rows: range) -> int:
        for row in rows:
            try:
                work(pictures[row], row)
            except UnusablePicture as error:
                what = f"'{pictures[row].name}' {error.what}"
                wrong[row] = Problem(pictures[row].where, what, error.hint)
        return len(rows)

    with pillow_told():
        executor = ThreadPoolExecutor(core_count())
        try:
            futures = [
                executor.submit(work_on, range(start, min(start + CHUNK, total)))
                for start in range(0, total, CHUNK)
            ]
            for future in as_completed(futures):
                done += future.result()
                if progress is not None:
                    progress(done, total)
        finally:
            # Ctrl-C waits for what is being decoded, and for nothing that has not begun.
            executor.shutdown(cancel_futures=True)
    return [(pictures[row].number, wrong[row]) for row in sorted(wrong)]


def core_count() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
