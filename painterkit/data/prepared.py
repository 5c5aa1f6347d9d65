"""The prepared cache: arrays that are made once and memory-mapped ever after."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painterkit.errors import Failure, Problem
from painterkit.user_paths import expanded

CACHE_VARIABLE = "PAINTERKIT_CACHE"
ABANDONED_AFTER_SECONDS = 24 * 3600
HEADER_BYTES = 128
"""What numpy puts before the numbers of an array whose shape is short to write."""

Fill = Callable[[npt.NDArray[Any]], None]


def cache_folder() -> Path:
    """Return the folder of prepared data: PAINTERKIT_CACHE, or painterkit in the user's cache.

    Raises WrongInput where that is named after a home folder which is not there.
    """
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return expanded(named, CACHE_VARIABLE)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return expanded(base, CACHE_VARIABLE) / "painterkit"


def prepared_bytes(dtype: npt.DTypeLike, shape: tuple[int, ...]) -> int:
    """Return how many bytes an array takes on disk."""
    count = 1
    for length in shape:
        count *= length
    return HEADER_BYTES + count * np.dtype(dtype).itemsize


def prepared_array(
    folder: Path, key: str, dtype: npt.DTypeLike, shape: tuple[int, ...], fill: Fill
) -> npt.NDArray[Any]:
    """Return the array `key` of the cache, memory-mapped and read-only; make it if need be.

    `key` is a readable prefix and a hex digest of everything that the contents depend on; it
    becomes the file's name. `fill` is given the empty array, [*shape], and writes all of it. The
    array gets its name when it is whole and on the disk, so a process killed in the middle
    leaves nothing that is taken for an array, and two processes that make the same one do each
    other no harm. Raises Failure if the folder cannot be written or has no room.
    """
    path = folder / f"{key}.npy"
    found = _open_whole(path, np.dtype(dtype), shape)
    if found is not None:
        return found
    _make(path, np.dtype(dtype), shape, fill)
    made = _open_whole(path, np.dtype(dtype), shape)
    if made is None:
        raise Failure(
            Problem(str(path), "was changed while it was being made", "run the command again")
        )
    return made


def _open_whole(
    path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> npt.NDArray[Any] | None:
    """Open the array read-only, or return None if it is absent, cut short or another array."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        return None
    except (ValueError, EOFError):
        # Not a whole .npy: a copy that was cut short, say. It is made again.
        return None
    except OSError as error:
        raise unwritable(path, error, prepared_bytes(dtype, shape)) from error
    return array if array.dtype == dtype and array.shape == shape else None


def _make(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...], fill: Fill) -> None:
    temporary = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    size = prepared_bytes(dtype, shape)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        _reserve(temporary, size)
        _write(temporary, dtype, shape, fill)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error, size) from error
    finally:
        temporary.unlink(missing_ok=True)


def _reserve(path: Path, size: int) -> None:
    """Take the room on the disk now: a full disk under a memory map kills the process."""
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            zeros = bytes(1 << 20)
            for start in range(0, size, len(zeros)):
                file.write(zeros[: size - start])


def _write(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...], fill: Fill) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": shape,
    }
    with path.open("r+b") as file:
        np.lib.format.write_array_header_1_0(file, header)
        offset = file.tell()
    array = np.memmap(path, dtype=dtype, mode="r+", offset=offset, shape=shape)
    fill(array)
    array.flush()
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _remove_abandoned(path: Path) -> None:
    """Delete what killed processes left behind while they made the same array."""
    for left in path.parent.glob(f".{path.stem}.*.tmp"):
        try:
            if time.time() - left.stat().st_mtime > ABANDONED_AFTER_SECONDS:
                left.unlink()
        except OSError:
            continue


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unwritable(path: Path, error: OSError, size: int) -> Failure:
    """Return the failure to write a file of the cache of `size` bytes."""
    reason = error.strerror or str(error)
    return Failure(
        Problem(
            str(path.parent),
            f"cannot hold {path.name}, {size / 1e6:,.1f} MB: {reason}",
            f"free some room, or name another folder in the environment variable {CACHE_VARIABLE}",
        )
    )
