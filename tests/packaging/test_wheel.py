"""The wheel that is published: what is in it, and that it works where there is no checkout.

`test_the_wheel_is_what_is_used` makes sure that painterkit itself is not shared with the
environment that runs the tests.
"""

from __future__ import annotations

import email
import json
import os
import zipfile
from pathlib import Path

import pytest

from ..conftest import training
from .conftest import ROOT, Installed

PACKAGES = ["painterkit", *sorted(path.parent.name for path in ROOT.glob("plugins/*/__init__.py"))]


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def kept(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def test_every_file_is_in_it_and_no_other(wheel: Path) -> None:
    expected = {
        *(str(p.relative_to(ROOT)) for p in (ROOT / "painterkit").rglob("*") if kept(p)),
        *(str(p.relative_to(ROOT / "plugins")) for p in (ROOT / "plugins").rglob("*") if kept(p)),
        *(f"painterkit/{p.relative_to(ROOT)}" for p in (ROOT / "recipes").rglob("*") if kept(p)),
        *(f"painterkit/{p.relative_to(ROOT)}" for p in (ROOT / "painters").rglob("*") if kept(p)),
    }
    found = {name for name in files_of(wheel) if ".dist-info/" not in name}
    assert found - expected == set()
    assert expected - found == set()


def test_what_must_be_in_it(wheel: Path) -> None:
    found = files_of(wheel)
    assert {f"{package}/py.typed" for package in PACKAGES} <= found
    assert {f"{package}/__init__.py" for package in PACKAGES} <= found
    assert {"painterkit/recipes/tiny.toml", "painterkit/recipes/chatpainter_rnn.toml"} <= found
    assert "painterkit_avatars/classifier.safetensors" in found
    assert not any(name.startswith(("tests/", "benchmarks/", "docs/")) for name in found)
    assert {name.rsplit("/", 1)[-1] for name in found if "/licenses/" in name} == {
        "LICENSE",
        "NOTICE",
    }


def plugin_of(package: str) -> str:
    return package.removeprefix("painterkit_").replace("_", "-")


def test_its_metadata(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [folder] = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        points = archive.read(f"{folder}/entry_points.txt").decode()
        metadata = email.message_from_bytes(archive.read(f"{folder}/METADATA"))
    assert "painterkit = painterkit.cli.app:main" in points
    for package in PACKAGES[1:]:
        assert f"{plugin_of(package)} = {package}.plugin" in points
    assert metadata["Name"] == "painterkit"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert {"avatars", "text", "metrics", "demo", "dev"} <= set(
        metadata.get_all("Provides-Extra") or ()
    )


def test_the_wheel_is_what_is_used(installed: Installed) -> None:
    code = (
        "import importlib, json, painterkit\n"
        f"places = [importlib.import_module(name).__file__ for name in {PACKAGES}]\n"
        "states = {s.name: [s.state, s.version] for s in painterkit.load_plugins().statuses}\n"
        "print(json.dumps([places, painterkit.__version__, states]))"
    )
    places, version, states = json.loads(installed.run("python", "-c", code))
    assert [Path(place).is_relative_to(installed.folder) for place in places] == [True] * len(
        PACKAGES
    )
    assert states == {plugin_of(package): ["ok", version] for package in PACKAGES[1:]}


def test_a_recipe_in_a_folder_is_named_and_extends_another(installed: Installed) -> None:
    name = "paper/chatpainter_rnn_coco"
    assert 'extends = "paper/chatpainter_nonrecurrent_coco"' in installed.run(
        "painterkit", "recipes", name
    )
    code = (
        "from painterkit.plugins import load_plugins\n"
        "from painterkit.recipe_file.load import load_recipe\n"
        f"recipe = load_recipe('{name}', load_plugins()).recipe\n"
        "print(recipe.name, recipe.data.name, recipe.parts.dialogue_encoder.name)"
    )
    said = installed.run("python", "-c", code)
    assert said.split() == ["chatpainter_rnn_coco", "coco-visdial", "bilstm"]


def test_it_is_used_from_another_folder(installed: Installed) -> None:
    offered = json.loads(installed.run("painterkit", "list", "--json"))
    assert {"stackgan", "bilstm", "avatars", "hashed-words"} <= {one["name"] for one in offered}
    folder = ROOT / "recipes"
    shipped = {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.toml")}
    assert "paper/stackgan_coco" in shipped
    recipes = json.loads(installed.run("painterkit", "recipes", "--json"))
    assert {one["name"] for one in recipes} >= shipped
    changes = {f"phases__stage-{n}__until__epochs": "1" for n in (1, 2)}
    installed.run("painterkit", *training("run", **changes))
    installed.run("painterkit", "generate", "run", "--caption", "a bald man", "--out", "face.png")
    assert (installed.cwd / "face.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(os.listdir(installed.cwd)) == ["face.png", "run"]


@pytest.mark.parametrize("name", [p.stem for p in sorted((ROOT / "painters").glob("*"))])
def test_a_painter_that_ships_draws(name: str, installed: Installed) -> None:
    installed.run("painterkit", "generate", name, "--turn", "glasses: round", "--out", "drawn.png")
    drawn = installed.cwd / "drawn.png"
    assert drawn.read_bytes().startswith(b"\x89PNG")
    drawn.unlink()
