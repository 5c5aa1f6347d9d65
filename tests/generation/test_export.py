"""A painter as one file: it draws as its run does, and a file that is none is told apart."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from painterkit.errors import Failure, PainterkitError, WrongInput
from painterkit.generation.export import export
from painterkit.generation.load_painter import load_painter
from painterkit.generation.saved import RECIPE_KEY
from painterkit.plugins import load_plugins

from ..conftest import BOUNDARY, Workshop

WORDS = ("a bald man", ["Any glasses? Sunglasses.", "How does he look? Serious."])


@pytest.fixture
def exported(in_workshop: Workshop, vivid: Path, tmp_path: Path) -> Path:
    return export(vivid, tmp_path / "painter.safetensors", load_plugins())


def bytes_of(vivid: Path) -> list[bytes]:
    return [p.tobytes() for p in load_painter(vivid).draw(*WORDS, seed=7, count=3)]


def test_it_draws_the_pixels_of_its_run(exported: Path, vivid: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "renamed.bin"
    moved.parent.mkdir()
    shutil.move(exported, moved)
    assert bytes_of(moved) == bytes_of(vivid)


def test_it_holds_no_judge_and_the_recipe(exported: Path, vivid: Path) -> None:
    names = load_file(exported).keys()
    assert {name.split(".")[0] for name in names} == {"generator", "dialogue_encoder"}
    with safe_open(exported, framework="pt") as file:
        metadata = file.metadata()
    assert metadata == {RECIPE_KEY: (vivid / "recipe.toml").read_text()}


def test_half_is_half_as_large_and_draws_nearly_the_same(
    exported: Path, vivid: Path, tmp_path: Path
) -> None:
    half = export(vivid, tmp_path / "half.safetensors", load_plugins(), half=True)
    assert half.stat().st_size < 0.6 * exported.stat().st_size
    for one, other in zip(
        *(load_painter(f).draw(*WORDS, count=3) for f in (half, exported)), strict=True
    ):
        gaps = np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int))
        assert gaps.mean() < 1.0
        assert gaps.max() > 0, "nothing was rounded"


def test_the_same_run_is_the_same_file(exported: Path, vivid: Path, tmp_path: Path) -> None:
    again = export(vivid, tmp_path / "again.safetensors", load_plugins())
    assert again.read_bytes() == exported.read_bytes()
    assert again.stat().st_mode & 0o044, "others may read it"


def test_of_a_run_in_its_first_phase_it_draws_what_was_trained(
    in_workshop: Workshop, vivid: Path, tmp_path: Path
) -> None:
    """Stage-II is not trained yet: the run draws with Stage-I alone, and so does the file."""
    for name in ("000000096-stage-1", BOUNDARY):
        run = tmp_path / name
        shutil.copytree(vivid, run, ignore=shutil.ignore_patterns("0*"))
        shutil.copytree(vivid / "checkpoints" / name, run / "checkpoints" / name)
        file = export(run, tmp_path / f"{name}.safetensors", load_plugins())
        assert load_painter(run).resolution == load_painter(file).resolution == 16
        assert bytes_of(run) == bytes_of(file)


def test_a_file_that_does_not_say_its_resolution_draws_the_finest(exported: Path) -> None:
    with safe_open(exported, framework="pt") as file:
        recipe = file.metadata()[RECIPE_KEY]
    for metadata in ({}, {"painterkit.resolution": "huge"}):
        save_file(load_file(exported), exported, {RECIPE_KEY: recipe, **metadata})
        assert load_painter(exported).resolution == 32


def refused(file: Path) -> str:
    with pytest.raises(PainterkitError) as error:
        load_painter(file)
    [problem] = error.value.problems
    assert problem.where == str(file)
    return f"{type(error.value).__name__}: {problem.what}; {problem.hint}"


@pytest.mark.parametrize("keep", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_was_cut_short(exported: Path, keep: float) -> None:
    exported.write_bytes(exported.read_bytes()[: int(exported.stat().st_size * keep)])
    told = refused(exported)
    assert told.startswith("WrongInput: is no safetensors file, or it is cut short (")
    assert told.endswith("; export it again with 'painterkit export RUN'")


def test_other_files(exported: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("These are my notes about painting, quite long ones.\n" * 50)
    assert refused(text).startswith("WrongInput: is no safetensors file")
    weights = tmp_path / "weights.safetensors"
    save_file(load_file(exported), weights)
    assert refused(weights) == (
        "WrongInput: holds weights, but no recipe of painterkit; export one with 'painterkit "
        "export RUN'"
    )


def test_a_recipe_that_is_none_in_the_file(exported: Path) -> None:
    save_file(load_file(exported), exported, {RECIPE_KEY: "painterkit = [\n"})
    with pytest.raises(WrongInput) as error:
        load_painter(exported)
    assert str(exported) in str(error.value)


def test_weights_that_are_not_the_recipes(exported: Path) -> None:
    tensors = load_file(exported)
    with safe_open(exported, framework="pt") as file:
        metadata = file.metadata()
    removed = sorted(tensors)[0]
    del tensors[removed]
    save_file(tensors, exported, metadata)
    told = refused(exported)
    assert told.startswith(f"Failure: does not belong to this recipe: it lacks '{removed}'")


def test_a_file_whose_plugin_is_gone(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAINTERKIT_BLOCK_PLUGINS", "avatars")
    with pytest.raises(WrongInput) as error:
        load_painter(exported)
    [problem] = error.value.problems
    assert problem.where.startswith(f"{exported} line ")
    assert problem.what == "no dataset is named 'avatars'"
    assert "'avatars'; run 'painterkit plugins' to see why" in problem.hint


def test_what_is_not_there(in_workshop: Workshop, tmp_path: Path) -> None:
    gone = tmp_path / "gone.safetensors"
    assert refused(gone).startswith("WrongInput: there is no such folder")
    with pytest.raises(WrongInput, match=r"has no recipe\.toml"):
        export(tmp_path, gone, load_plugins())
    assert not gone.exists()


def test_a_place_that_cannot_be_written(in_workshop: Workshop, vivid: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file" / "x.safetensors", tmp_path / "folder" / "x.safetensors"):
        out.parent.exists() or out.mkdir(parents=True)
        with pytest.raises(Failure, match=r"cannot be written \(.*give another file \(--out\)"):
            export(vivid, out, load_plugins())
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["x.safetensors"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder(in_workshop: Workshop, vivid: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Failure, match="cannot be written"):
        export(vivid, tmp_path / "x.safetensors", load_plugins())
    tmp_path.chmod(0o700)


def test_the_commands_say_the_same(workshop: Workshop, vivid: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no painter")
    done = workshop.run("generate", text, "--caption", "a face", "--out", tmp_path / "face.png")
    assert done.code == 2
    assert done.stderr.startswith(f"error: {text}   is no safetensors file, or it is cut short")
    assert len(done.stderr.splitlines()) == 1
    done = workshop.run("export", vivid, "--out", tmp_path / "one.safetensors", "--json")
    assert done.code == 0, done.stderr
    facts = json.loads(done.stdout)
    assert Path(facts["path"]).stat().st_size == facts["bytes"]
