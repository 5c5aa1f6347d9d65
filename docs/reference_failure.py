"""A failure of the conformance kit, as it is: a plugin with a fault is checked."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from functools import cache
from pathlib import Path

PLUGIN = "hasty"
FOLDER = Path(__file__).parent / "examples" / "painterkit-hasty"
FAULT = FOLDER / "painterkit_hasty" / "conditioner.py"
"""The file that the fault is in."""


@cache
def failure() -> str:
    """Return what `painterkit check --plugin` says of the plugin.

    Raises RuntimeError where the command does not find the plugin's components wrong.
    """
    with tempfile.TemporaryDirectory() as installed:
        _write_metadata(Path(installed))
        path = os.pathsep.join([str(FOLDER), installed, *filter(None, sys.path)])
        done = subprocess.run(
            [sys.executable, "-m", "painterkit", "check", "--plugin", PLUGIN],
            env={
                **os.environ,
                "PYTHONPATH": path,
                "PYTHONDONTWRITEBYTECODE": "1",
                "PAINTERKIT_CACHE": installed,
            },
            cwd=installed,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 1:
        raise RuntimeError(f"checking {FOLDER} ended with {done.returncode}: {done.stderr}")
    return done.stderr


def _write_metadata(folder: Path) -> None:
    """Write to a folder what an editable install would add to the environment."""
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = folder / f"painterkit_{PLUGIN}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    [(group, entries)] = project["entry-points"].items()
    lines = [f"{name} = {module}" for name, module in entries.items()]
    (metadata / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]) + "\n")
