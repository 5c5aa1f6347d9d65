"""Commands of plugins as a person meets them: in help, when typed, in completion, when wrong."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from importlib import invalidate_caches
from pathlib import Path

import pytest

from .conftest import Run

ANIMALS = """
from painterkit.hookspecs import hookimpl

@hookimpl
def painterkit_commands(app):
    import os
    from pathlib import Path
    Path(os.environ["ANIMALS_ASKED"]).write_text("asked")

    from pk_animals.commands import feed, refuse, stumble, train
    app.command("feed")(feed)
    app.command("refuse", rich_help_panel="Mine")(refuse)
    app.command("stumble")(stumble)
    app.command("train")(train)
"""
COMMANDS = """
import typer
from painterkit.errors import Problem, WrongInput

def feed(animal: str) -> None:
    "Feed an animal."
    typer.echo(f"{animal} is fed")

def refuse() -> None:
    "Refuse."
    raise WrongInput(Problem("--animal", "there is no such animal", "take a cat"))

def stumble() -> None:
    "Stumble."
    {}["cat"]

def train() -> None:
    "Stand in the way."
    typer.echo("trained animals")
"""
BROKEN = """
from painterkit.hookspecs import hookimpl

@hookimpl
def painterkit_commands(app):
    raise RuntimeError("no commands today")
"""
LEFT_OUT = "its command train is left out: painterkit has one of that name"
FAILED = (
    "its commands are left out: its hook painterkit_commands failed: RuntimeError: no commands "
    "today (broken_animals.py line 6)"
)

Asked = Callable[[], bool]


@pytest.fixture
def animals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Install two plugins; return what tells whether they were asked for commands."""
    marker = tmp_path / "asked"
    (tmp_path / "pk_animals").mkdir()
    (tmp_path / "pk_animals" / "__init__.py").write_text("")
    (tmp_path / "pk_animals" / "plugin.py").write_text(ANIMALS)
    (tmp_path / "pk_animals" / "commands.py").write_text(COMMANDS)
    (tmp_path / "broken_animals.py").write_text(BROKEN)
    metadata = tmp_path / "animals-3.1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: animals\nVersion: 3.1\n")
    (metadata / "entry_points.txt").write_text(
        "[painterkit.plugins]\nanimals = pk_animals.plugin\nbroken-animals = broken_animals\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    there = filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(there))
    monkeypatch.setenv("ANIMALS_ASKED", str(marker))
    invalidate_caches()

    def asked() -> bool:
        there = marker.exists()
        marker.unlink(missing_ok=True)
        return there

    return asked


def test_they_stand_in_the_help_in_a_panel_of_their_own(run: Run, animals: Asked) -> None:
    done = run("--help")
    assert (done.code, done.stderr) == (0, "")
    own, _, others = done.stdout.partition(" From plugins ")
    assert re.findall(r"│ (\w+) +[A-Z]", others) == ["faces", "feed", "refuse", "stumble"]
    assert " train " in own
    assert "Stand in the way" not in done.stdout
    assert "Mine" not in done.stdout


def test_they_run_and_end_as_others_do(run: Run, animals: Asked) -> None:
    done = run("feed", "cat")
    assert (done.code, done.stdout, done.stderr) == (0, "cat is fed\n", "")
    assert "Feed an animal." in run("feed", "--help").stdout
    done = run("feed")
    assert (done.code, done.stdout) == (2, "")
    assert "Missing argument" in done.stderr
    done = run("refuse")
    assert (done.code, done.errors) == (
        2,
        ["error: --animal   there is no such animal; take a cat"],
    )


def test_a_fault_of_theirs_is_told_with_the_plugin(
    run: Run, animals: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    done = run("stumble")
    assert (done.code, done.stdout) == (1, "")
    [sentence] = done.errors
    assert sentence.startswith(
        "error: this should not have happened: KeyError: 'cat' (commands.py line 15); it is a "
        "fault of the plugin 'animals' (animals 3.1): please report it there; the traceback is in "
    )


def test_painterkits_own_start_without_them(run: Run, animals: Asked) -> None:
    assert run("train").code == 2
    assert not animals()
    assert run("recipes").code == 0
    assert not animals()
    assert run("train", "--help").code == 0
    assert not animals()
    assert run("feed", "dog").code == 0
    assert animals()


def test_what_is_left_out_is_told(run: Run, animals: Asked) -> None:
    found = {one["name"]: one for one in json.loads(run("plugins", "--json").stdout)}
    assert found["animals"]["commands"] == ["feed", "refuse", "stumble"]
    assert found["animals"]["warnings"] == [LEFT_OUT]
    assert found["broken-animals"]["commands"] == []
    assert found["broken-animals"]["warnings"] == [FAILED]
    assert found["avatars"]["commands"] == ["faces"]
    assert found["tensorboard"]["reporters"] == {
        "tensorboard": "painterkit_tensorboard.writer:build"
    }
    rows = {line.split()[0]: line for line in run("plugins").stdout.splitlines()}
    assert " feed refuse stumble " in rows["animals"]
    assert rows["animals"].endswith(LEFT_OUT)
    findings = {one["name"]: one for one in json.loads(run("doctor", "--json").stdout)}
    assert findings["plugin broken-animals"]["state"] == "warning"
    assert findings["plugin broken-animals"]["found"].endswith(FAILED)


def test_a_name_that_is_nearly_theirs(run: Run, animals: Asked) -> None:
    done = run("fede", "cat")
    assert (done.code, done.stdout) == (2, "")
    assert "No such command 'fede'. Did you mean 'feed'?" in done.stderr


def test_a_shell_completes_them(run_apart: Run, animals: Asked) -> None:
    def complete(words: str) -> list[str]:
        count = len(words.split(" ")) - 1
        variables = {"_PAINTERKIT_COMPLETE": "complete_bash", "COMP_WORDS": words}
        done = run_apart(env={**variables, "COMP_CWORD": str(count)})
        assert (done.code, done.stderr) == (0, "")
        return done.stdout.split()

    assert complete("painterkit fe") == ["feed"]
    assert animals()
    assert "recipes" in complete("painterkit re")
    assert complete("painterkit list gen") == ["generator"]
