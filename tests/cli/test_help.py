"""Every command and every option says what it is for, without importing torch."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from painterkit.cli.app import app

from .conftest import Done, Run, environment

COMMANDS = (
    "train",
    "generate",
    "chat",
    "evaluate",
    "export",
    "check",
    "list",
    "info",
    "recipes",
    "plugins",
    "doctor",
    "data",
    "init",
)
FACTS = (
    "evaluate", "export", "generate", "chat", "check", "list", "info", "recipes", "plugins",
    "doctor",
)  # fmt: skip


def test_the_commands() -> None:
    group = typer.main.get_command(app)
    assert tuple(group.commands) == COMMANDS  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_parameter_has_help(command: str) -> None:
    group = typer.main.get_command(app)
    found = group.commands[command]  # pyright: ignore[reportAttributeAccessIssue]
    assert found.help
    assert found.help.endswith(".")
    for parameter in found.params:
        assert parameter.help, f"{command} {parameter.name}"
        assert parameter.help.endswith("."), f"{command} {parameter.name}"


@pytest.mark.parametrize("command", FACTS)
def test_what_prints_facts_has_json(command: str, run: Run) -> None:
    done = run(command, "--help")
    assert done.code == 0
    assert "--json" in done.stdout
    assert done.stderr == ""


def test_help_names_every_command(run: Run) -> None:
    done = run("-h")
    assert done.code == 0
    for command in COMMANDS:
        assert f" {command} " in done.stdout


def test_version(run: Run) -> None:
    done = run("--version")
    assert done.code == 0
    assert done.stdout.startswith("painterkit ")
    assert done.stdout.count("\n") == 1


TORCH_FREE = """
import sys
from painterkit.cli.app import main
for arguments in (
    ["--help"], ["--version"], ["train", "--help"], ["list"], ["list", "loss", "--json"],
    ["info", "generator", "stackgan"], ["recipes"], ["recipes", "--json"],
    ["plugins"], ["init", "plugin", "painterkit-doodle"],
    ["check", "wrong.toml"], ["check", "wrong.toml", "--json"], ["nonsense"],
    ["train"], ["train", "--resume", "gone"], ["generate", "gone", "--caption", "x"],
    ["export", "gone"], ["evaluate", "gone"],
):
    code = main(arguments)
    heavy = [name for name in ("torch", "numpy", "PIL") if name in sys.modules]
    if heavy:
        sys.exit(f"{arguments} imports {heavy}")
    print("CODE", arguments[0], code)
"""


def test_looking_things_up_never_imports_torch(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "wrong.toml").write_text("painterkit = 1\nnonsense = 2\n")
    done = subprocess.run(
        [sys.executable, "-c", TORCH_FREE],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(),
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    codes = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("CODE")]
    assert codes == ["0"] * 10 + ["2"] * 8


def complete(words: str, run_apart: Run) -> Done:
    count = len(words.split(" ")) - 1
    return run_apart(
        env={
            "_PAINTERKIT_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(count),
        }
    )


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("painterkit info gen", ["generator"]),
        ("painterkit info text-encoder hash", ["hashed-words"]),
        ("painterkit info loss gauss", []),
        ("painterkit evaluate run --metric attr", ["attribute-accuracy"]),
    ],
)
def test_a_shell_completes_components(words: str, offered: list[str], run_apart: Run) -> None:
    done = complete(words, run_apart)
    assert done.code == 0
    assert done.stdout.split() == offered
    assert done.stderr == ""


def test_a_shell_completes_recipes(run_apart: Run) -> None:
    done = complete("painterkit train chatpainter_r", run_apart)
    offered = done.stdout.split()
    assert "chatpainter_rnn" in offered
    assert all(name.startswith("chatpainter_r") for name in offered)
