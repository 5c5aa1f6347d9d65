"""doctor: what it finds on this machine, and when it fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .conftest import InstalledPlugins, Run


def findings(text: str) -> dict[str, tuple[str, str]]:
    return {one["name"]: (one["state"], one["found"]) for one in json.loads(text)}


def test_a_machine_that_works(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAINTERKIT_CACHE", str(tmp_path / "cache"))
    done = run("doctor", "--json")
    assert (done.code, done.stderr) == (0, "")
    found = findings(done.stdout)
    assert {"python", "painterkit", "torch", "gpu", "bf16", "cpu", "disk here"} <= set(found)
    assert found["plugin standard"][0] == "ok"
    assert found["extra avatars"][0] in ("ok", "warning")
    assert found["cache"] == ("ok", f"{tmp_path / 'cache'}, 0 B in 0 files")
    # Looking leaves nothing behind.
    assert list(tmp_path.iterdir()) == []


def test_a_broken_plugin_and_a_cache_that_is_a_file(
    run: Run, installed: InstalledPlugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("PAINTERKIT_CACHE", str(file / "cache"))
    done = run("doctor")
    assert done.code == 1
    assert done.errors == ["error: failed: plugin broken-one, cache"]
    [row] = [line for line in done.stdout.splitlines() if line.startswith("cache  ")]
    assert row.endswith(
        f"{file / 'cache'} cannot be written (Not a directory); set PAINTERKIT_CACHE to a folder "
        "that can be written"
    )


def test_a_torch_that_cannot_be_imported(run_apart: Run, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libtorch is gone')")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    done = run_apart("doctor", "--json", env={"PYTHONPATH": path})
    assert done.code == 1
    assert findings(done.stdout)["torch"] == (
        "failed",
        "cannot be imported: ImportError: libtorch is gone",
    )
