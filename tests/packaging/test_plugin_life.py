"""The whole life of a third party's plugin, in an environment that is its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ..conftest import Workshop
from .conftest import ROOT, Installed, build_package, make_environment

EXAMPLE = ROOT / "docs" / "examples" / "painterkit-sketchy"

SMALL = ("--set=data.train=64", "--set=data.validation=32", "--set=phases.only.until.steps=2")
"""What makes the plugin's recipe train in a second."""


@pytest.fixture(scope="module")
def home(wheel: Path, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return an environment that plugins come to and go from."""
    return make_environment(wheel, tmp_path_factory.mktemp("home"), workshop)


def plugins_of(home: Installed) -> dict[str, str]:
    return {
        one["name"]: one["state"] for one in json.loads(home.run("painterkit", "plugins", "--json"))
    }


def test_what_init_plugin_writes_is_installed_and_green_at_once(home: Installed) -> None:
    before = plugins_of(home)
    home.run("painterkit", "init", "plugin", "painterkit-doodle")
    package = home.cwd / "painterkit-doodle"
    home.pip("install", "--editable", f"{package}[test]")
    assert plugins_of(home) == {**before, "doodle": "ok"}
    said = home.run("python", "-m", "pytest", "-p", "no:cacheprovider", cwd=package)
    assert "6 passed" in said
    home.pip("uninstall", "painterkit-doodle")
    assert plugins_of(home) == before


def test_a_plugin_is_built_installed_used_and_removed(home: Installed, tmp_path: Path) -> None:
    before, offered = plugins_of(home), home.run("painterkit", "list")
    source = shutil.copytree(EXAMPLE, tmp_path / "source")
    home.pip("install", str(build_package(source, tmp_path / "dist")))
    assert plugins_of(home) == {**before, "sketchy": "ok"}
    facts = json.loads(home.run("painterkit", "info", "generator", "sketchy", "--json"))
    assert (facts["distribution"], facts["version"]) == ("painterkit-sketchy", "0.1.0")
    assert Path(facts["file"]).is_relative_to(home.folder)
    # -P: its tests are to find what is installed, not the source beside them.
    tests = ("python", "-P", "-m", "pytest", "-p", "no:cacheprovider")
    assert "8 passed" in home.run(*tests, cwd=source)

    run = str(tmp_path / "run")
    home.run("painterkit", "train", "sketchy", "--out", run, *SMALL)
    draw = ("painterkit", "generate", run, "--caption", "a bald man", "--out")
    home.run(*draw, str(tmp_path / "face.png"))
    assert (tmp_path / "face.png").read_bytes().startswith(b"\x89PNG")

    home.pip("uninstall", "painterkit-sketchy")
    assert plugins_of(home) == before
    assert home.run("painterkit", "list") == offered
    done = home.try_to(*draw, str(tmp_path / "again.png"))
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"error: {run}   was made with generator 'sketchy' and loss 'sketchy-smoothness' of the "
        "plugin 'sketchy' (painterkit-sketchy 0.1.0), which is not installed; install it: "
        "pip install painterkit-sketchy==0.1.0"
    ]
    assert not (tmp_path / "again.png").exists()
