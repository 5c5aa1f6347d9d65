"""Runs whose checkpoints are cut short, foreign or gone, as the commands see them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from painterkit.checkpoints.checkpoint import checkpoint_folders
from painterkit.errors import Failure, WrongInput
from painterkit.generation.load_painter import load_painter
from painterkit.plugins import load_plugins
from painterkit.reporting.log import LogReporter
from painterkit.training.launch import Outcome, resume

from ..conftest import END, Workshop, differences, tensors_of

NEWEST = ("000000200-stage-2", "000000224-stage-2")


@pytest.fixture
def unfinished(in_workshop: Workshop, reference: Path, tmp_path: Path) -> Path:
    """Return a run with two checkpoints in its second phase."""
    return copied(reference, tmp_path / "run", NEWEST)


def copied(reference: Path, to: Path, checkpoints: Sequence[str]) -> Path:
    shutil.copytree(reference, to, ignore=shutil.ignore_patterns("0*"))
    for name in checkpoints:
        shutil.copytree(reference / "checkpoints" / name, to / "checkpoints" / name)
    return to


def cut_short(run: Path, name: str) -> Path:
    path = run / "checkpoints" / name
    file = path / "model.safetensors"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return path


def go_on(run: Path) -> tuple[Outcome, str]:
    with LogReporter(run / "said.jsonl") as log:
        outcome = resume(run, load_plugins(), [log], lambda: False)
    return outcome, (run / "said.jsonl").read_text()


def test_a_resume_says_that_the_newest_is_broken_and_goes_on_from_the_one_before(
    unfinished: Path, reference: Path
) -> None:
    broken = cut_short(unfinished, NEWEST[1])
    outcome, said = go_on(unfinished)
    assert outcome is Outcome.FINISHED
    assert f"skipped: {broken}   is not a whole checkpoint (" in said
    assert "going on after 200 images, in phase 'stage-2'" in said
    ends = [tensors_of(run / "checkpoints" / END) for run in (unfinished, reference)]
    assert differences(*ends) == []


def test_a_painter_draws_with_the_one_before_and_knows_what_it_skipped(unfinished: Path) -> None:
    whole = load_painter(unfinished)
    assert whole.skipped == []
    [newest] = whole.draw("a face")
    broken = cut_short(unfinished, NEWEST[1])
    painter = load_painter(unfinished)
    [problem] = painter.skipped
    assert problem.where == str(broken)
    [before] = painter.draw("a face")
    assert before.tobytes() != newest.tobytes()
    shutil.rmtree(broken)
    [again] = load_painter(unfinished).draw("a face")
    assert again.tobytes() == before.tobytes()


def test_where_none_is_whole_nothing_is_drawn_and_a_resume_starts_over(
    unfinished: Path, reference: Path
) -> None:
    for name in NEWEST:
        cut_short(unfinished, name)
    with pytest.raises(Failure) as error:
        load_painter(unfinished)
    assert [Path(p.where).name for p in error.value.problems] == [NEWEST[1], NEWEST[0]]
    assert all(p.what.startswith("is not a whole checkpoint") for p in error.value.problems)
    outcome, said = go_on(unfinished)
    assert outcome is Outcome.FINISHED
    assert said.count("skipped: ") == 2
    assert "no checkpoint is whole: starting over" in said
    ends = [tensors_of(run / "checkpoints" / END) for run in (unfinished, reference)]
    assert differences(*ends) == []


def test_a_run_without_checkpoints_says_how_to_train_it(unfinished: Path) -> None:
    shutil.rmtree(unfinished / "checkpoints")
    with pytest.raises(WrongInput) as error:
        load_painter(unfinished)
    assert str(error.value) == (
        f"{unfinished}   has no checkpoint yet; train it with 'painterkit train --resume "
        f"{unfinished}'"
    )


@pytest.fixture
def foreign(unfinished: Path) -> Path:
    """Return a run whose checkpoint is of a generator with other channels."""
    recipe = unfinished / "recipe.toml"
    text = recipe.read_text()
    assert text.count("channels = 4") == 3
    recipe.write_text(text.replace("channels = 4", "channels = 8"))
    return unfinished


def test_a_foreign_checkpoint_is_refused_by_name(foreign: Path) -> None:
    newest = checkpoint_folders(foreign / "checkpoints")[0]
    for use in (lambda: load_painter(foreign), lambda: go_on(foreign)):
        with pytest.raises(Failure) as error:
            use()
        [problem] = error.value.problems
        assert problem.where == str(newest)
        assert problem.what.startswith(
            "does not belong to this recipe: of another shape is 'generator.stage1."
        )
        assert problem.hint == "use it with the recipe and the plugins that made it"


def test_a_recipe_of_a_plugin_that_is_gone(
    unfinished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAINTERKIT_BLOCK_PLUGINS", "chatpainter")
    for use in (lambda: load_painter(unfinished), lambda: go_on(unfinished)):
        with pytest.raises(WrongInput) as error:
            use()
        told = [problem for problem in error.value.problems if "bilstm" in problem.what]
        assert len(told) == 1
        assert told[0].where.startswith(str(unfinished / "recipe.toml") + " line ")
        assert "parts.dialogue_encoder" in told[0].where
        assert told[0].what == "no dialogue-encoder is named 'bilstm'"
        assert "not loaded: 'chatpainter'; run 'painterkit plugins' to see why" in told[0].hint
