"""How commands end: exit codes, and sentences instead of tracebacks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from painterkit.cli.endings import ending_of
from painterkit.errors import Failure, Problem, WrongInput

from .conftest import Run, command_line, environment

FAULTY = """
import sys
from painterkit.cli.app import app, main

@app.command("boom")
def boom(kind: str) -> None:
    raise {"value": ValueError("a bad\\nvalue"), "interrupt": KeyboardInterrupt()}[kind]

sys.exit(main())
"""


def faulty(
    folder: Path, kind: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FAULTY, "boom", kind],
        capture_output=True,
        text=True,
        env=environment({"TMPDIR": str(folder), **(env or {})}),
        timeout=60,
    )


def test_an_unexpected_exception_is_one_sentence_and_a_kept_traceback(tmp_path: Path) -> None:
    done = faulty(tmp_path, "value")
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    found = re.fullmatch(
        r"error: this should not have happened: ValueError: a bad value \(<string> line 7\); "
        r"please report it; the traceback is in (.+) \(PAINTERKIT_TRACEBACK=1 prints it\)",
        sentence,
    )
    assert found
    kept = Path(found[1])
    assert kept.parent == tmp_path
    assert kept.read_text().startswith("Traceback (most recent call last):")


def test_a_traceback_is_printed_on_request(tmp_path: Path) -> None:
    done = faulty(tmp_path, "value", {"PAINTERKIT_TRACEBACK": "1"})
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert done.stderr.splitlines()[-1].endswith("please report it with the lines above")
    assert list(tmp_path.iterdir()) == []


BOOM_PLUGIN = """
from attrs import frozen
from painterkit.hookspecs import hookimpl
from painterkit.registry import Component
from painterkit.roles import Role

@frozen
class Settings:
    "Fail."

@hookimpl
def painterkit_components():
    names = {"boom": "Boom", "boom-built": "fail"}
    return [
        Component(Role.DIALOGUE_ENCODER, name, Settings, f"boom_things.encoder:{build}")
        for name, build in names.items()
    ]
"""
BOOM_ENCODER = """
import torch

def fail(settings, context):
    raise KeyError("width")

class Boom(torch.nn.Module):
    reads, causal, width = "turns", False, 4

    def __init__(self, settings, context):
        super().__init__()
        self.linear = torch.nn.Linear(2, 2)

    def forward(self, features, mask, drawn):
        return torch.ones(2) @ torch.ones(3)
"""


@pytest.fixture
def boom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a plugin installed whose dialogue encoders fail."""
    (tmp_path / "boom_things").mkdir()
    (tmp_path / "boom_things" / "__init__.py").touch()
    (tmp_path / "boom_things" / "plugin.py").write_text(BOOM_PLUGIN)
    (tmp_path / "boom_things" / "encoder.py").write_text(BOOM_ENCODER)
    metadata = tmp_path / "boom_kit-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: boom-kit\nVersion: 1.2\n")
    (metadata / "entry_points.txt").write_text("[painterkit.plugins]\nloud = boom_things.plugin\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    invalidate_caches()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.usefixtures("trained", "at_work", "boom")
@pytest.mark.parametrize(
    ("encoder", "what", "line"),
    [("boom", "RuntimeError: .+", 15), ("boom-built", "KeyError: 'width'", 5)],
)
def test_a_fault_of_a_plugin_is_told_with_its_name(
    encoder: str, what: str, line: int, run: Run, tmp_path: Path
) -> None:
    out = str(tmp_path / "run")
    done = run("train", "small.toml", "--out", out, "--set", f"parts.dialogue_encoder={encoder}")
    assert done.code == 1
    sentence = done.errors[-1]
    assert re.match(
        rf"error: this should not have happened: {what} \(encoder\.py line {line}\); it is a fault "
        r"of the plugin 'loud' \(boom-kit 1\.2\): please report it there; the traceback is in ",
        sentence,
    ), sentence


def test_without_room_for_a_traceback_it_is_told_how_to_see_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert ending_of(ZeroDivisionError()) == 1
    assert capsys.readouterr().err == (
        "error: this should not have happened: ZeroDivisionError; please report it; "
        "set PAINTERKIT_TRACEBACK=1 to see the traceback\n"
    )


def test_ctrl_c_is_130_without_a_traceback(tmp_path: Path) -> None:
    done = faulty(tmp_path, "interrupt")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_every_problem_is_one_unwrapped_line(capsys: pytest.CaptureFixture[str]) -> None:
    path = "/a/long/path/" + "x" * 100
    error = WrongInput([Problem(path, "is\n   wrong", "give another"), Problem("", "two")])
    assert ending_of(error) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"error: {path}   is wrong; give another",
        "error: two",
    ]
    assert ending_of(Failure(Problem("", "broke"))) == 1
    assert capsys.readouterr().err == "error: broke\n"


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("info", "generator"), ("generate", "x", "--count", "0"), ("list", "--jsn")],
)
def test_wrong_usage_is_2_and_on_stderr(arguments: tuple[str, ...], run: Run) -> None:
    done = run(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert "Usage: painterkit" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("train", "nonsense", "--dry-run"), 2),
        (("train", "--resume", "gone"), 2),
        (("train",), 2),
        (("check", "nonsense"), 2),
        (("generate", "gone", "--caption", "a face"), 2),
        (("generate", "gone"), 2),
        (("evaluate", "gone"), 2),
        (("evaluate", "gone", "--metric", "nonsense"), 2),
        (("export", "gone"), 2),
        (("info", "generator", "stackgam"), 2),
        (("list", "generators"), 2),
        (("list", "nonsense*"), 2),
        (("recipes", "nonsense"), 2),
        (("plugins", "nonsense"), 2),
        (("info", "generator"), 2),
        (("data", "check", "gone"), 2),
    ],
)
def test_an_error_is_json_as_well_as_words(
    arguments: tuple[str, ...],
    code: int,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    words, done = run(*arguments), run(*arguments, "--json")
    assert (words.code, words.stdout) == (code, "")
    assert (done.code, done.stderr) == (code, words.stderr)
    [problem] = json.loads(done.stdout)["problems"]
    assert set(problem) == {"where", "what", "hint"}
    assert problem["what"].rstrip(".") in " ".join(words.stderr.replace("│", " ").split())


def test_a_fault_is_json_as_well_as_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending_of(ZeroDivisionError("by zero"), json=True) == 1
    captured = capsys.readouterr()
    [problem] = json.loads(captured.out)["problems"]
    assert problem["what"] == "this should not have happened: ZeroDivisionError: by zero"
    assert captured.err.startswith(f"error: {problem['what']}; ")


def test_a_reader_that_leaves_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command_line("list", "--json"),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        timeout=60,
    )
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == ""
