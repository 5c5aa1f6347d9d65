"""init plugin: what it writes is right as it is, and what cannot be is refused in words."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .conftest import InstalledPlugins, Run

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "painterkit-sketchy"
RICHER = ("README.md", "generator.py", "settings.py", "sketchy_turns.toml", "test_plugin.py")
"""The files in which the example goes on from what `init plugin` writes."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files_in(folder: Path) -> dict[str, str]:
    paths = (one for one in folder.rglob("*") if one.is_file())
    texts = {one.relative_to(folder).as_posix(): one for one in paths}
    caches = ("__pycache__", ".ruff_cache", ".pytest_cache")
    return {n: one.read_text() for n, one in texts.items() if not any(c in n for c in caches)}


def test_it_writes_a_package_and_says_how_to_go_on(run: Run) -> None:
    done = run("init", "plugin", "painterkit-pencil-sketch")
    assert (done.code, done.stdout) == (0, "")
    assert done.errors == [
        "painterkit-pencil-sketch: the plugin 'pencil-sketch' is written, 10 files; to go on:",
        "  cd painterkit-pencil-sketch",
        "  pip install -e '.[test]'",
        "  pytest",
        "  painterkit check --plugin pencil-sketch",
        "  painterkit train pencil_sketch",
    ]
    written = files_in(Path("painterkit-pencil-sketch"))
    assert set(written) == {
        "README.md",
        "pyproject.toml",
        "tests/test_plugin.py",
        *(
            f"painterkit_pencil_sketch/{name}"
            for name in (
                "__init__.py", "generator.py", "plugin.py", "py.typed", "settings.py",
                "smoothness.py", "recipes/pencil_sketch.toml",
            )
        ),
    }  # fmt: skip
    project = tomllib.loads(written["pyproject.toml"])["project"]
    assert project["entry-points"] == {
        "painterkit.plugins": {"pencil-sketch": "painterkit_pencil_sketch.plugin"}
    }
    assert "pytest" in project["optional-dependencies"]["test"][0]
    assert [name for name, text in written.items() if "$" in text] == []


def test_another_folder_and_json(run: Run, here: Path) -> None:
    (here / "mine").mkdir()
    done = run("init", "plugin", "doodle", "--out", "mine", "--json")
    assert (done.code, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert (facts["plugin"], facts["folder"]) == ("doodle", "mine")
    assert {f"mine/{name}" for name in files_in(here / "mine")} == set(facts["files"])
    assert "mine/doodle/plugin.py" in facts["files"]


def refused(run: Run, *words: str) -> str:
    done = run("init", "plugin", *words)
    assert (done.code, done.stdout) == (2, "")
    [sentence] = done.errors
    return sentence.removeprefix("error: ")


RULE = "write words of small letters and digits, joined by '-', such as painterkit-sketchy"
NAMES = {
    "Painterkit_Sketchy": "is no name for a package; did you mean 'painterkit-sketchy'?",
    "painterkit.sketchy": "is no name for a package; did you mean 'painterkit-sketchy'?",
    "painterkit-": f"is no name for a package; {RULE}",
    "../sketchy": "is no name for a package; did you mean 'sketchy'?",
    "3d-brush": f"is no name for a package; {RULE}",
    "кисть": f"is no name for a package; {RULE}",
    "": f"is no name for a package; {RULE}",
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_name_is_refused(name: str, run: Run, here: Path) -> None:
    assert refused(run, name) == f"'{name}' {NAMES[name]}"
    assert list(here.iterdir()) == []


def test_names_that_are_taken_are_refused(
    run: Run, installed: InstalledPlugins, here: Path
) -> None:
    other = "; choose another name"
    taken = {
        "painterkit-good-one": "a plugin 'good-one' is installed already (odd-things 2.5)",
        "broken-one": "a plugin 'broken-one' is installed already (odd-things 2.5)",
        "painterkit-stackgan": "the plugin 'chatpainter' has a generator 'stackgan' already",
        "painterkit-tiny": "there is a recipe 'painterkit:tiny' already",
        "torch": "there is a module 'torch' already, which the plugin would stand before",
        "random": "there is a module 'random' already, which the plugin would stand before",
    }
    for name, what in taken.items():
        assert refused(run, name).startswith(what)
        assert refused(run, name).endswith(other)
    assert refused(run, "class") == "'class' is a word of Python; write painterkit-class"
    assert list(here.iterdir()) == []


def test_places_that_cannot_be_written_are_refused(run: Run, here: Path) -> None:
    (here / "full").mkdir()
    (here / "full" / "mine.txt").write_text("mine")
    (here / "file").write_text("mine")
    where = {
        "full": "full   is not empty; give another --out",
        "file": "file   is a file, not a folder; give another --out",
        "gone/deep": "gone/deep   there is no folder gone; make it first, or give another --out",
    }
    for out, sentence in where.items():
        assert refused(run, "doodle", "--out", out) == sentence
    assert files_in(here) == {"full/mine.txt": "mine", "file": "mine"}


LONG = "painterkit-brushes-with-a-name-of-forty-letters"


@pytest.mark.parametrize("name", ["x", LONG])
def test_what_is_written_is_formatted_and_has_no_lint(name: str, run: Run) -> None:
    assert run("init", "plugin", name).code == 0
    for words in (("check",), ("format", "--check", "--diff")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--no-cache", name],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_written_and_the_example_have_the_right_types(run: Run, here: Path) -> None:
    """Both at once, as starting pyright takes most of the time."""
    assert run("init", "plugin", "doodle", "--out", "doodle").code == 0
    shutil.copytree(EXAMPLE, here / "example")
    paths = [".", "doodle", "example", str(ROOT), str(ROOT / "plugins")]
    (here / "pyrightconfig.json").write_text(
        json.dumps({"extraPaths": paths, "typeCheckingMode": "standard"})
    )
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout


def test_the_example_begins_with_what_is_written(run: Run) -> None:
    assert run("init", "plugin", "painterkit-sketchy").code == 0
    written, example = files_in(Path("painterkit-sketchy")), files_in(EXAMPLE)
    different = {
        name for name in written.keys() | example.keys() if written.get(name) != example.get(name)
    }
    assert {Path(name).name for name in different} == set(RICHER)
