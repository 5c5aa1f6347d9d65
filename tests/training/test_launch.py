"""A training that a program starts, without the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from painterkit import WrongInput, load_painter, load_plugins, resume, train
from painterkit.checkpoints.checkpoint import checkpoint_folders
from painterkit.training.launch import Outcome

from ..conftest import Workshop

SHORT = {"phases__stage-1__until": "{steps=2}", "phases__stage-2__until": "{steps=2}"}


def test_a_folder_is_made_and_holds_the_run(in_workshop: Workshop) -> None:
    recipe, plugins = in_workshop.small(**SHORT), load_plugins()
    assert train(recipe, plugins, "runs/from a program") is Outcome.FINISHED
    painter = load_painter("runs/from a program", plugins)
    assert painter.assembly.recipe == recipe
    assert resume("runs/from a program", plugins) is Outcome.ALREADY_FINISHED


def test_a_run_that_has_saved_something_is_not_trained_over(in_workshop: Workshop) -> None:
    recipe, plugins = in_workshop.small(**SHORT), load_plugins()
    run = Path("runs/once")
    assert train(recipe, plugins, run, stopping=lambda: True) is Outcome.STOPPED
    saved = [path.name for path in checkpoint_folders(run / "checkpoints")]
    assert len(saved) == 1
    with pytest.raises(WrongInput, match="holds a run already; go on with it by"):
        train(recipe, plugins, run)
    assert [path.name for path in checkpoint_folders(run / "checkpoints")] == saved
    assert resume(run, plugins) is Outcome.FINISHED


def test_a_folder_of_another_recipe_is_refused(in_workshop: Workshop) -> None:
    recipe, plugins = in_workshop.small(**SHORT), load_plugins()
    run = in_workshop.new_run("begun", recipe)
    with pytest.raises(WrongInput, match="holds a run that has saved nothing yet"):
        train(evolve(recipe, seed=1), plugins, run)
    assert train(recipe, plugins, run) is Outcome.FINISHED


def test_a_recipe_that_does_not_fit_leaves_no_folder(in_workshop: Workshop) -> None:
    recipe = in_workshop.small(data__resolution="40")
    with pytest.raises(WrongInput, match="cannot be reduced"):
        train(recipe, load_plugins(), "runs/unfit")
    assert not Path("runs/unfit").exists()
