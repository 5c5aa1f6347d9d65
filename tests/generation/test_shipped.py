"""Painters that ship: where a name leads, and that every file is a painter, and a small one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import painterkit
from painterkit.checkpoints.run_folder import create_run
from painterkit.errors import WrongInput
from painterkit.generation import shipped
from painterkit.generation.export import export
from painterkit.generation.load_painter import load_painter
from painterkit.generation.saved import read_file
from painterkit.generation.shipped import DEMO, find_painter, own_painters, shipped_painters
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe_text

ROOT = Path(__file__).parents[2]
FILES = [pytest.param(path, id=path.name) for path in sorted((ROOT / "painters").glob("*"))]
LARGEST = 12_000_000

WORDS = ("a bald man", ["Any glasses? Sunglasses."])


@pytest.fixture
def painters(vivid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have one painter ship, `demo`, and go to an empty folder."""
    folder = tmp_path / "painters"
    export(vivid, folder / "demo.safetensors", load_plugins())
    monkeypatch.setattr(shipped, "own_painters", lambda: folder)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


def refused(reference: str | Path) -> str:
    with pytest.raises(WrongInput) as error:
        load_painter(reference)
    return str(error.value)


def test_in_a_checkout_they_lie_beside_the_package() -> None:
    assert own_painters() == ROOT / "painters"


def test_a_name_is_a_painter(painters: Path, vivid: Path) -> None:
    assert find_painter("demo") == painters / "demo.safetensors"
    [drawn] = painterkit.load_painter("demo").draw(*WORDS, seed=3)
    [expected] = load_painter(vivid).draw(*WORDS, seed=3)
    assert drawn.tobytes() == expected.tobytes()


def test_every_file_of_the_folder_is_one(painters: Path) -> None:
    (painters / "birds.safetensors").touch()
    (painters / "notes.txt").touch()
    assert list(shipped_painters()) == ["birds", "demo"]
    assert find_painter("birds") == painters / "birds.safetensors"


def test_a_run_or_a_file_here_goes_first(painters: Path) -> None:
    here = Path("demo")
    here.mkdir()
    assert find_painter("demo") == painters / "demo.safetensors", "a folder that is no run"
    create_run("painterkit = 1\n", "demo", here, {})
    assert find_painter("demo") == here
    assert refused("demo").startswith("demo   has no checkpoint yet")
    for file in here.iterdir():
        file.unlink()
    here.rmdir()
    here.write_bytes(b"a file")
    assert find_painter("demo") == here
    assert refused("demo").startswith("demo   is no safetensors file")


@pytest.mark.parametrize("path", ["demo.safetensors", "runs/demo", "/demo", "../painters/dem"])
def test_a_path_is_no_name(path: str, painters: Path) -> None:
    assert refused(path).startswith(f"{path}   there is no such folder; ")


def test_what_is_nothing_is_told_with_those_that_ship(painters: Path) -> None:
    hint = "train one with 'painterkit train RECIPE'; painters that ship: demo"
    assert refused("dmeo") == f"dmeo   there is no such folder; {hint}"
    (painters / "birds.safetensors").touch()
    create_run("painterkit = 1\n", "tiny", None, {})
    Path("empty").mkdir()
    hint = "runs here: runs/tiny-0001; painters that ship: birds, demo"
    assert refused("empty") == f"empty   is no run: it has no recipe.toml; {hint}"


def test_a_checkout_without_the_file(painters: Path) -> None:
    file = painters / "demo.safetensors"
    file.unlink()
    assert refused("demo") == (
        f"demo   the painter that ships is missing: there is no file {file}; train one with "
        "'painterkit train RECIPE'"
    )
    assert refused("other") == (
        "other   there is no such folder; train one with 'painterkit train RECIPE'"
    )
    painters.rmdir()
    assert "the painter that ships is missing" in refused("demo")


def test_the_demo_is_there() -> None:
    assert DEMO in shipped_painters()


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_small(file: Path) -> None:
    assert file.stat().st_size <= LARGEST


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_a_painter(file: Path) -> None:
    saved = read_file(file)
    recipe = load_recipe_text(saved.recipe_text, load_plugins(), saved.recipe_origin).recipe
    assert recipe.phases
    assert {tensor.dtype for tensor in saved.tensors.values()} <= {
        torch.float16,
        torch.float32,
        torch.int64,
    }
    painter = load_painter(file.stem)
    pictures = painter.draw_turns(turns=["hair colour: black", "glasses: round"])
    assert pictures[-1].size == (painter.resolution, painter.resolution)
    assert len(pictures[-1].getcolors(painter.resolution**2) or ()) > 1, "it is not of one colour"
