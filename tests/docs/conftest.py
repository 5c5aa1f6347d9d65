"""A place to try the documentation in: the plugin of a page installed, recipes at hand."""

from __future__ import annotations

import io
import sys
import tomllib
from collections.abc import Callable
from importlib import invalidate_caches
from pathlib import Path

import pytest
from attrs import frozen

from painterkit.cli.app import main

from .pages import PAGES, blocks, page

PLUGIN_PAGE = "docs/how-to/write_a_plugin.md"
"""The page that shows a whole plugin, `mean`."""

BASE_PAGE = "docs/how-to/write_a_base.md"
"""The page that shows a plugin with a base, `dcgan`."""

FEW = ["--set=data.train=64", "--set=data.validation=32"]
SMALL = {
    "tiny": [
        *FEW,
        "--set=phases.stage-1.until.steps=2",
        "--set=phases.stage-2.until.steps=2",
    ],
    "dcgan": [*FEW, "--set=phases.painter.until.steps=2"],
    "tiny_dfgan.toml": [*FEW, "--set=phases.painter.until.steps=2"],
}
"""What makes a recipe train in a second."""


@frozen
class Done:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every recipe that the documentation shows, by its name."""
    folder = tmp_path_factory.mktemp("documentation")
    for path in PAGES:
        for block in blocks(path.read_text(encoding="utf-8")):
            if block.language == "toml" and block.text.startswith("painterkit = 1"):
                name = tomllib.loads(block.text)["name"]
                (folder / f"{name}.toml").write_text(block.text)
    return folder


@pytest.fixture
def at_work(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to the workplace and use a cache of its own."""
    monkeypatch.chdir(workplace)
    monkeypatch.setenv("PAINTERKIT_CACHE", str(workplace / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    return workplace


@pytest.fixture
def run(at_work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command here; a training of `tiny` and its like is made small.

    Nobody types: a chat ends where it begins.
    """

    def run_here(*arguments: str) -> Done:
        capsys.readouterr()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        trains = arguments[0] == "train" and "--dry-run" not in arguments
        code = main([*arguments, *(SMALL.get(arguments[1], []) if trains else [])])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run_here


@pytest.fixture
def trained(at_work: Path, run: Run) -> Path:
    """Return runs/demo, a painter like that of `make demo` but tiny."""
    path = at_work / "runs" / "demo"
    if not path.exists():
        done = run("train", "tiny", "--out", "runs/demo")
        assert done.code == 0, done.stderr
    return path


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the plugin of a page to a folder, with the metadata that pip would add.

    The hooks that the page shows by themselves stand in its module as well.
    """
    folder = tmp_path_factory.mktemp("site")
    write_files(PLUGIN_PAGE, folder)
    hooks = [
        block.text
        for block in blocks(page(PLUGIN_PAGE))
        if "\n@hookimpl\n" in block.text and not block.file
    ]
    module = folder / "painterkit_mean" / "plugin.py"
    module.write_text("\n\n".join([module.read_text(), *hooks]))
    (folder / "painterkit_mean" / "__init__.py").touch()
    (folder / "painterkit_mean" / "recipes").mkdir()
    write_metadata(folder)
    return folder


def write_files(name: str, folder: Path) -> None:
    """Write each block of a page that the words before it call a file."""
    for block in blocks(page(name)):
        if block.file:
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the base of its page installed for one test."""
    write_files(BASE_PAGE, tmp_path)
    (tmp_path / "painterkit_dcgan" / "__init__.py").touch()
    write_metadata(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    invalidate_caches()
    return tmp_path


def write_metadata(folder: Path) -> None:
    """Write to a package's folder what an editable install would add to the environment."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    package = project["name"].replace("-", "_")
    metadata = folder / f"{package}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    [(group, entries)] = project["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {module}" for name, module in entries.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture
def plugin(plugin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the plugin of that page installed for one test."""
    monkeypatch.syspath_prepend(str(plugin_folder))
    invalidate_caches()
    return plugin_folder
