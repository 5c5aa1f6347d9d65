"""Checkpoints: whole or not there, the newest whole one is used, and a foreign one is refused."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from attrs import evolve
from safetensors.torch import load_file

from painterkit.checkpoints.checkpoint import (
    TENSOR_FILES,
    Checkpoint,
    check_same,
    checkpoint_folders,
    load_checkpoint,
    newest_checkpoint,
    remove_partial,
    save_checkpoint,
)
from painterkit.errors import Failure


def checkpoint(images: int, phase: int = 0, step: int = 1, name: str = "one") -> Checkpoint:
    values = torch.arange(6.0).reshape(2, 3) + images
    return Checkpoint(
        phase=phase,
        phase_name=name,
        step=step,
        images=images,
        model={"generator.weight": values, "generator.count": torch.tensor(images)},
        average={"generator.weight": values / 2},
        optimizers={"generator/exp_avg/generator.weight": values.t()},
        random={"shared": torch.Generator().manual_seed(images).get_state()},
    )


def names(folder: Path) -> list[str]:
    return [path.name for path in checkpoint_folders(folder)]


def cut_short(path: Path, keep: float = 0.5) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    saved = checkpoint(96, phase=1, step=7, name="stage-2")
    path = save_checkpoint(tmp_path, saved, keep=2)
    assert path == tmp_path / "000000096-stage-2"
    found = load_checkpoint(path)
    assert evolve(found, model={}, average={}, optimizers={}, random={}) == Checkpoint(
        1, "stage-2", 7, 96, {}, {}, {}, {}, origin=str(path)
    )
    for file in TENSOR_FILES:
        before, after = getattr(saved, file), getattr(found, file)
        assert before.keys() == after.keys()
        for name, tensor in before.items():
            assert torch.equal(tensor, after[name]), name
            assert tensor.dtype == after[name].dtype
    assert torch.equal(found.drawing()["generator.weight"], saved.average["generator.weight"])
    assert torch.equal(found.drawing()["generator.count"], saved.model["generator.count"])


def test_what_the_average_follows_besides_the_state_is_not_drawn_with() -> None:
    saved = checkpoint(96)
    following = evolve(saved, average={**saved.average, "generator.table": torch.zeros(2)})
    assert following.drawing().keys() == saved.model.keys()


def test_the_same_state_is_the_same_bytes(tmp_path: Path) -> None:
    one, two = (save_checkpoint(tmp_path / n, checkpoint(8), keep=1) for n in ("a", "b"))
    for file in one.iterdir():
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_whoever_may_read_the_folder_may_read_the_weights(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, checkpoint(8), keep=1)
    modes = {file.stat().st_mode & 0o777 for file in path.iterdir()}
    plain = tmp_path / "plain"
    plain.touch()
    assert modes == {plain.stat().st_mode & 0o777}


def test_the_newest_are_kept(tmp_path: Path) -> None:
    for images in (8, 1_000_000_000, 16, 24):
        save_checkpoint(tmp_path / "three", checkpoint(images), keep=3)
    assert names(tmp_path / "three") == [
        "1000000000-one",
        "000000024-one",
        "000000016-one",
        "000000008-one",
    ], "what is newer than the one just written is none of its business"
    save_checkpoint(tmp_path / "three", checkpoint(1_000_000_001), keep=2)
    assert names(tmp_path / "three") == ["1000000001-one", "1000000000-one"]
    assert not list(tmp_path.glob("three/.*"))


def test_a_phases_end_comes_before_the_next_phases_steps(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, checkpoint(16, phase=1, step=0, name="zebra"), keep=9)
    save_checkpoint(tmp_path, checkpoint(24, phase=1, step=1, name="apple"), keep=9)
    assert names(tmp_path) == ["000000024-apple", "000000016-zebra"]
    newest, _ = newest_checkpoint(tmp_path)
    assert newest is not None
    assert newest.step == 1


@pytest.mark.parametrize("file", [*(f"{name}.safetensors" for name in TENSOR_FILES), "state.json"])
@pytest.mark.parametrize("keep", [0.0, 0.5, 0.9])
def test_where_the_newest_is_cut_short_the_one_before_is_used(
    tmp_path: Path, file: str, keep: float
) -> None:
    save_checkpoint(tmp_path, checkpoint(8), keep=2)
    newest = save_checkpoint(tmp_path, checkpoint(16), keep=2)
    cut_short(newest / file, keep)
    found, problems = newest_checkpoint(tmp_path)
    assert found is not None
    assert found.images == 8
    [problem] = problems
    assert problem.where == str(newest)
    assert problem.what.startswith("is not a whole checkpoint (")
    assert problem.hint == "remove it; the one before it is used then"


def test_a_file_that_is_missing_and_a_position_that_is_none(tmp_path: Path) -> None:
    for images in (8, 16, 24, 32, 40):
        save_checkpoint(tmp_path, checkpoint(images), keep=9)
    (tmp_path / "000000040-one" / "average.safetensors").unlink()
    (tmp_path / "000000032-one" / "state.json").write_text("[]")
    (tmp_path / "000000024-one" / "state.json").write_text('{"painterkit": 1, "phase": "x"}')
    (tmp_path / "000000016-one" / "state.json").write_bytes(b"\xff\xfe")
    found, problems = newest_checkpoint(tmp_path)
    assert found is not None
    assert found.images == 8
    assert [Path(problem.where).name[:9] for problem in problems] == [
        "000000040",
        "000000032",
        "000000024",
        "000000016",
    ]


def test_a_newer_format_is_told_apart_from_a_broken_file(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, checkpoint(8), keep=1)
    state = json.loads((path / "state.json").read_text())
    (path / "state.json").write_text(json.dumps({**state, "painterkit": 2}))
    (path / "average.safetensors").unlink()
    with pytest.raises(Failure, match="has format 2, this painterkit reads 1"):
        load_checkpoint(path)


def test_nothing_whole(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path / "gone") == (None, [])
    for images in (8, 16):
        cut_short(save_checkpoint(tmp_path, checkpoint(images), keep=2) / "model.safetensors")
    found, problems = newest_checkpoint(tmp_path)
    assert found is None
    assert len(problems) == 2


def test_starting_over_beside_broken_ones_keeps_what_is_new(tmp_path: Path) -> None:
    """Two broken ones are newer in count than all that the training writes at first."""
    for images in (80, 88):
        cut_short(save_checkpoint(tmp_path, checkpoint(images), keep=2) / "model.safetensors")
    for images in (8, 16, 24):
        save_checkpoint(tmp_path, checkpoint(images), keep=2)
        found, _ = newest_checkpoint(tmp_path)
        assert found is not None
        assert found.images == images
    for images in (80, 88, 96):
        save_checkpoint(tmp_path, checkpoint(images), keep=2)
    assert names(tmp_path) == ["000000096-one", "000000088-one"]
    assert newest_checkpoint(tmp_path)[1] == []


def test_what_a_killed_training_left_is_removed(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, checkpoint(8), keep=1)
    shutil.copytree(path, tmp_path / ".000000016-one.77.partial")
    shutil.copytree(path, tmp_path / ".000000004-one.77.removed")
    assert names(tmp_path) == ["000000008-one"], "it is not taken for a checkpoint"
    remove_partial(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    good = save_checkpoint(tmp_path, checkpoint(8), keep=1)
    blocked = tmp_path / f".000000016-one.{os.getpid()}.partial"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(Failure) as error:
        save_checkpoint(tmp_path, checkpoint(16), keep=1)
    [problem] = error.value.problems
    assert problem.where == str(tmp_path / "000000016-one")
    assert problem.what.startswith("cannot be written (")
    assert problem.hint == f"the last good checkpoint is {good}; make room and resume"
    assert load_checkpoint(good).images == 8


def test_the_first_checkpoint_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("a file where the folder should be")
    with pytest.raises(Failure, match="nothing was saved before it; make room and resume"):
        save_checkpoint(tmp_path / "checkpoints", checkpoint(8), keep=1)


def test_a_foreign_checkpoint_is_refused_with_what_differs() -> None:
    live = {"a": torch.zeros(2), "b": torch.zeros(3), "c": torch.zeros(4)}
    check_same(live, dict(live), "here")
    saved = {"a": torch.zeros(9), "b": torch.zeros(3), "d": torch.zeros(1), "e": torch.zeros(1)}
    with pytest.raises(Failure) as error:
        check_same(live, saved, "runs/x/checkpoints/000000008-one")
    assert str(error.value) == (
        "runs/x/checkpoints/000000008-one   does not belong to this recipe: it lacks 'c'; it has "
        "the foreign 'd' and 1 more; of another shape is 'a'; use it with the recipe and the "
        "plugins that made it"
    )


def test_no_pickle_and_no_time_in_a_checkpoint(reference: Path) -> None:
    for path in (reference / "checkpoints").iterdir():
        files = {file.name for file in path.iterdir()}
        assert files == {*(f"{name}.safetensors" for name in TENSOR_FILES), "state.json"}
        for name in TENSOR_FILES:
            load_file(path / f"{name}.safetensors")
        keys = json.loads((path / "state.json").read_text()).keys()
        assert keys == {"painterkit", "phase", "phase_name", "step", "images"}
