"""A run is opened where the plugin that it was made with is no longer what it was."""

from __future__ import annotations

import json
import shutil
import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.plugins import BLOCK_VARIABLE

from .conftest import Run, Trained

PLUGIN = """
from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit_chatpainter.settings import BiLSTMSettings

@hookimpl
def painterkit_components():
    build = "painterkit_chatpainter.bilstm:build"
    return [Component(Role.DIALOGUE_ENCODER, "own-reader", BiLSTMSettings, build)]
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a plugin installed that offers a dialogue encoder, in a folder that can be removed."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "reader_plugin.py").write_text(PLUGIN)
    metadata = site / "reader_kit-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: reader-kit\nVersion: 1.2\n")
    (metadata / "entry_points.txt").write_text("[painterkit.plugins]\nreader = reader_plugin\n")
    monkeypatch.syspath_prepend(str(site))
    invalidate_caches()
    return site


def refused(run: Run, *arguments: str) -> str:
    done = run(*arguments)
    assert (done.code, done.stdout) == (2, "")
    [sentence] = done.errors
    return sentence


@pytest.mark.usefixtures("at_work")
def test_the_plugin_is_named(
    trained: Trained, site: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "run")
    sets = ("--set=parts.dialogue_encoder=own-reader", "--set=phases.only.until.steps=1")
    assert run("train", "small.toml", "--out", path, *sets).code == 0
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    [reader] = [one for one in facts["plugins"] if one["name"] == "reader"]
    assert reader["components"] == ["dialogue-encoder own-reader"]
    assert run("train", "--resume", path).code == 0

    lost = (
        f"error: {path}   was made with dialogue-encoder 'own-reader' of the plugin 'reader' "
        "(reader-kit 1.2), which is "
    )
    draw = ("generate", path, "--caption", "a face", "--out", str(tmp_path / "face.png"))
    monkeypatch.setenv(BLOCK_VARIABLE, "reader")
    assert refused(run, *draw) == f"{lost}blocked: {BLOCK_VARIABLE} names it"
    monkeypatch.delenv(BLOCK_VARIABLE)

    shutil.rmtree(site)
    monkeypatch.delitem(sys.modules, "reader_plugin")
    invalidate_caches()
    hint = "not installed; install it: pip install reader-kit==1.2"
    for words in (draw, ("train", "--resume", path), ("export", path), ("evaluate", path)):
        assert refused(run, *words) == f"{lost}{hint}"

    # A run that remembers no plugins is told of what its recipe names.
    (tmp_path / "run" / "run.json").write_text("{}")
    assert "no dialogue-encoder is named 'own-reader'" in refused(run, *draw)
