"""What `doctor` examines, one finding after the other."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from stat import S_ISREG

from attrs import frozen

from painterkit.cli.extras import extras
from painterkit.cli.output import size_words
from painterkit.errors import WrongInput
from painterkit.plugins import PluginStatus
from painterkit.versions import installed_version

OLDEST_PYTHON = (3, 11)
PROBE_SECONDS = 120
LITTLE_DISK = 2e9
"""Bytes; checkpoints of the larger recipes and their caches take more."""


class State(StrEnum):
    """What a finding means: only `failed` keeps painterkit from working."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@frozen
class Finding:
    """One thing that was examined."""

    name: str
    state: State
    found: str


def examine(plugins: Iterable[PluginStatus]) -> list[Finding]:
    """Examine the machine and the installation; torch is asked in a process of its own."""
    return [
        _python(),
        _painterkit(),
        *_torch(),
        _processors(),
        *map(_plugin, plugins),
        *_extras(),
        _cache(),
        *_disks(),
    ]


def _python() -> Finding:
    version = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return Finding("python", State.FAILED, f"{version}; {oldest} or newer is needed")
    return Finding("python", State.OK, version)


def _painterkit() -> Finding:
    version = installed_version("painterkit")
    if version is None:
        found = "not installed, so its plugins are not found; in a checkout, run: pip install -e ."
        return Finding("painterkit", State.FAILED, found)
    return Finding("painterkit", State.OK, version)


def _torch() -> Iterator[Finding]:
    command = [sys.executable, "-m", "painterkit.cli.torch_probe"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        yield Finding("torch", State.FAILED, f"cannot be asked: {error}")
        return
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        yield Finding("torch", State.FAILED, f"cannot be imported: {lines[-1]}")
        return
    facts = json.loads(done.stdout.strip().splitlines()[-1])
    yield Finding("torch", State.OK, f"{facts['torch']}, CPU threads: {facts['threads']}")
    gpus = facts["gpus"]
    gpu = f"{', '.join(gpus)} (CUDA {facts['cuda']})" if gpus else "none; training runs on the CPU"
    yield Finding("gpu", State.OK, gpu)
    bf16 = "yes; precision auto trains in it" if facts["bf16"] else "no; precision auto means fp32"
    yield Finding("bf16", State.OK, bf16)


def _processors() -> Finding:
    count = os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else count
    found = f"{allowed} cores" if allowed == count else f"{allowed} of {count} cores"
    return Finding("cpu", State.OK, found)


def _plugin(status: PluginStatus) -> Finding:
    states = {"ok": State.OK, "blocked": State.WARNING, "failed": State.FAILED}
    found = status.reason or f"{len(status.components)} components"
    state = State.WARNING if status.warnings else states[status.state]
    return Finding(f"plugin {status.name}", state, "; ".join((found, *status.warnings)))


def _extras() -> Iterator[Finding]:
    for extra in extras():
        if extra.missing:
            missing = ", ".join(extra.missing)
            found = f"lacks {missing}; run: pip install 'painterkit[{extra.name}]'"
            yield Finding(f"extra {extra.name}", State.WARNING, found)
        else:
            yield Finding(f"extra {extra.name}", State.OK, "installed")


def _cache() -> Finding:
    from painterkit.data.prepared import CACHE_VARIABLE, cache_folder

    try:
        folder = cache_folder()
    except WrongInput as error:
        return Finding("cache", State.FAILED, str(error))
    fault = _write_fault(_nearest_folder(folder))
    if fault:
        hint = f"set {CACHE_VARIABLE} to a folder that can be written"
        return Finding("cache", State.FAILED, f"{folder} cannot be written ({fault}); {hint}")
    sizes = list(_file_sizes(folder))
    return Finding("cache", State.OK, f"{folder}, {size_words(sum(sizes))} in {len(sizes)} files")


def _file_sizes(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except OSError:
            continue  # another process has just removed or renamed it
        if S_ISREG(status.st_mode):
            yield status.st_size


def _disks() -> Iterator[Finding]:
    from painterkit.data.prepared import cache_folder

    folders = {"disk here": Path.cwd()}
    with suppress(WrongInput):  # it is told of the cache
        folders = {"cache disk": cache_folder(), **folders}
    for name, folder in folders.items():
        free = shutil.disk_usage(_nearest_folder(folder)).free
        state = State.WARNING if free < LITTLE_DISK else State.OK
        yield Finding(name, state, f"{size_words(free)} free")


def _nearest_folder(path: Path) -> Path:
    """Return the folder itself, or the innermost one above it that is there."""
    return next((one for one in (path, *path.absolute().parents) if one.exists()), Path("/"))


def _write_fault(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"painterkit")
    except OSError as error:
        return error.strerror or str(error)
    return None
