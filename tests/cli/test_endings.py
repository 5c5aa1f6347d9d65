"""How commands end: exit codes, and sentences instead of tracebacks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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
