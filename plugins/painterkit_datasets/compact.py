"""Keep what was read from large JSON files in a small file of the cache."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from painterkit.data.prepared import unwritable


def kept(cache: Path, name: str, sources: Sequence[Path], make: Callable[[], Any]) -> Any:
    """Return plain data that `make` makes of source files, kept in the cache once it was made.

    The name and the sources' names, sizes and times of change tell whether it is still right.
    Raises Failure where the cache cannot be written.
    """
    path = cache / f"{name}-{_digest(sources)}.json"
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        pass  # not there yet, or half of it, such as a bad copy leaves
    data = make()
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    _write(path, text.encode())
    return data


def _digest(sources: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        status = source.stat()
        digest.update(f"{source}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:20]


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise unwritable(path, error, len(data)) from error
