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


def test_a_machine_that_does_not(
    run_apart: Run, plugin_folder: InstalledPlugins, tmp_path: Path
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libtorch is gone')")
    file = tmp_path / "file"
    file.write_text("")
    path = [str(tmp_path), str(plugin_folder.folder), os.environ.get("PYTHONPATH", "")]
    env = {"PYTHONPATH": os.pathsep.join(filter(None, path)), "PAINTERKIT_CACHE": f"{file}/cache"}
    done = run_apart("doctor", env=env)
    assert done.code == 1
    assert done.errors == ["error: failed: torch, plugin broken-one, cache"]
    rows = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert rows["torch"].endswith("  cannot be imported: ImportError: libtorch is gone")
    assert rows["plugin good-one"].split()[2:] == ["ok", "1", "components"]
    assert rows["cache"].endswith(
        f"  {file}/cache cannot be written (Not a directory); set PAINTERKIT_CACHE to a folder "
        "that can be written"
    )
