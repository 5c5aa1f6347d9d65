"""The folder of a run: made whole, and never over something else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from painterkit.checkpoints.run_folder import create_run, open_run
from painterkit.errors import Failure, WrongInput

TEXT = 'painterkit = 1\nname = "é"\n'


def test_runs_are_numbered_beside_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = [create_run(TEXT, "tiny", None, {"n": n}) for n in range(2)]
    Path("runs/tiny-0041").mkdir()
    Path("runs/tiny-beside").mkdir()
    Path("runs/tiny-large-0099").mkdir()
    made.append(create_run(TEXT, "tiny", None, {}))
    assert [str(path) for path in made] == ["runs/tiny-0001", "runs/tiny-0002", "runs/tiny-0042"]
    assert open_run(made[0]).recipe_text == TEXT
    assert json.loads((made[1] / "run.json").read_text()) == {"n": 1}


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for out in (empty, tmp_path / "deep" / "er"):
        assert create_run(TEXT, "tiny", out, {}) == out
        assert sorted(path.name for path in out.iterdir()) == ["recipe.toml", "run.json"]


def test_an_occupied_folder_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    run = create_run(TEXT, "tiny", tmp_path / "run", {})
    with pytest.raises(WrongInput) as error:
        create_run("other", "tiny", run, {})
    assert str(error.value) == (
        f"{run}   holds a run that has saved nothing yet; remove it, or give another folder (--out)"
    )
    (run / "checkpoints" / "000000064-stage-1").mkdir(parents=True)
    with pytest.raises(WrongInput) as error:
        create_run("other", "tiny", run, {})
    assert str(error.value) == (
        f"{run}   holds a run already; go on with it by 'painterkit train --resume {run}', or give "
        "another folder (--out)"
    )
    assert open_run(run).recipe_text == TEXT
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    (photographs / "cat.jpg").touch()
    for out in (photographs, photographs / "cat.jpg"):
        with pytest.raises(
            WrongInput, match=r"is not an empty folder; give another folder \(--out\)"
        ):
            create_run(TEXT, "tiny", out, {})
    assert [path.name for path in photographs.iterdir()] == ["cat.jpg"]


def test_a_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match=r"cannot be written \(.*give another folder \(--out\)"):
        create_run(TEXT, "tiny", tmp_path / "file" / "run", {})


def test_what_is_no_run_is_told_with_the_runs_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongInput, match="no such folder; train one with 'painterkit train"):
        open_run(Path("runs/tiny-0001"))
    create_run(TEXT, "tiny", None, {})
    with pytest.raises(WrongInput, match="no such folder; runs here: runs/tiny-0001"):
        open_run(Path("runs/tiny-0002"))
    with pytest.raises(WrongInput, match=r"is no run: it has no recipe.toml; runs here"):
        open_run(Path("runs"))


def test_of_many_runs_the_nearest_are_listed_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("birds", "faces", "shapes", "tiny", "words", "zebras", "zoo"):
        create_run(TEXT, name, None, {})
    with pytest.raises(WrongInput) as error:
        open_run(Path("runs/bird-0001"))
    hint = error.value.problems[0].hint
    assert hint.startswith("runs here: runs/birds-0001, ")
    assert hint.endswith(" and 2 more")
    assert hint.count("runs/") == 5
