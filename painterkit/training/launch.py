"""Start a training or go on with one: from a recipe to trained parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path

import torch
from attrs import frozen

from painterkit.assembly import Assembly, assemble, build_dataset, lacking_files
from painterkit.checkpoints.checkpoint import (
    Checkpoint,
    checkpoint_folders,
    newest_checkpoint,
    remove_partial,
    save_checkpoint,
)
from painterkit.checkpoints.data_digest import remember_data, require_same_data
from painterkit.checkpoints.run_facts import run_facts
from painterkit.checkpoints.run_folder import RECIPE, RunFolder, alone, create_run, open_run
from painterkit.data.prepared import cache_folder
from painterkit.errors import Failure, WrongInput
from painterkit.generation.samples import SampleGrid
from painterkit.generation.splits import Preparation, PreparedSplit
from painterkit.generation.truncation import truncated_texts
from painterkit.interfaces.reporter import Reporter
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.load import load_recipe_text
from painterkit.recipe_file.render import render_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.reporting.collapse import CollapseWatch
from painterkit.reporting.hearing import hearing
from painterkit.training.fit import fit_parts, fit_steps
from painterkit.training.plan import check_assembly
from painterkit.training.remedies import remedies
from painterkit.training.schedule import too_large_batches
from painterkit.training.taken import take_weights
from painterkit.training.trainer import Position, Trainer
from painterkit.untrained import untrained
from painterkit.user_paths import is_file


class Outcome(StrEnum):
    """How a training ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    ALREADY_FINISHED = "already finished"


@frozen
class _Prepared:
    assembly: Assembly
    train: PreparedSplit
    validation: PreparedSplit
    device: torch.device


def _never() -> bool:
    return False


def train(
    recipe: Recipe,
    plugins: LoadedPlugins,
    run: str | Path,
    reporters: Sequence[Reporter] = (),
    stopping: Callable[[], bool] = _never,
    progress: Preparation | None = None,
) -> Outcome:
    """Train a recipe from the start, in a new folder or in one that `create_run` made.

    The run's log and the reporters that the recipe asks for hear of it besides `reporters`.
    `stopping` is asked after every step; when it says so, the training saves and stops. Raises
    WrongInput for a folder that holds something else or a training already, a recipe that does not
    fit or data that are missing, Failure for weights that cannot be taken, a loss that is not
    finite or a disk that is full.
    """
    folder = _new_folder(recipe, plugins, Path(run))
    asked = recipe.report, plugins.reporters, folder.path
    with alone(folder), hearing(*asked, reporters, resumed=False) as told:
        prepared = _prepare(recipe, plugins, progress, restoring=False)
        return _train(prepared, folder, None, told, stopping)


def resume(
    run: str | Path,
    plugins: LoadedPlugins,
    reporters: Sequence[Reporter] = (),
    stopping: Callable[[], bool] = _never,
    progress: Preparation | None = None,
) -> Outcome:
    """Go on with a run where its newest whole checkpoint is; without one, from the start."""
    folder = open_run(Path(run))
    with alone(folder):
        return _resume(folder, plugins, reporters, stopping, progress)


def _new_folder(recipe: Recipe, plugins: LoadedPlugins, run: Path) -> RunFolder:
    """Return the folder of a run that has saved nothing yet; make it where there is none.

    It is made once it is known that the recipe can be trained here.
    """
    text, folder = render_recipe(recipe), RunFolder(run)
    begun = is_file(run / RECIPE) and folder.recipe_text == text
    if begun and not checkpoint_folders(folder.checkpoints):
        return folder
    lacks = check_assembly(recipe, plugins, cache_folder()).lacks
    if lacks:
        raise Failure(lacks)
    facts = run_facts(plugins, recipe.name, [])
    return open_run(create_run(text, recipe.name, run, facts))


def _resume(
    folder: RunFolder,
    plugins: LoadedPlugins,
    reporters: Sequence[Reporter],
    stopping: Callable[[], bool],
    progress: Preparation | None,
) -> Outcome:
    origin = str(folder.path / "recipe.toml")
    recipe = load_recipe_text(folder.recipe_text, plugins, origin).recipe
    checkpoint, problems = newest_checkpoint(folder.checkpoints)
    if checkpoint is not None and checkpoint.phase >= len(recipe.phases):
        return Outcome.ALREADY_FINISHED
    asked = recipe.report, plugins.reporters, folder.path
    with hearing(*asked, reporters, resumed=True) as told:
        for reporter in told:
            for problem in problems:
                reporter.note(f"skipped: {problem}")
            reporter.note(_where_it_goes_on(recipe, checkpoint, broken=bool(problems)))
        prepared = _prepare(recipe, plugins, progress, restoring=checkpoint is not None)
        return _train(prepared, folder, checkpoint, told, stopping)


def _where_it_goes_on(recipe: Recipe, checkpoint: Checkpoint | None, broken: bool) -> str:
    if checkpoint is None:
        return f"{'no checkpoint is whole' if broken else 'no checkpoint yet'}: starting over"
    phase = recipe.phases[checkpoint.phase].name
    return f"going on after {checkpoint.images:,} images, in phase '{phase}'"


def _prepare(
    recipe: Recipe, plugins: LoadedPlugins, progress: Preparation | None, restoring: bool
) -> _Prepared:
    cache = cache_folder()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset, restoring=restoring)
    lacking = lacking_files(assembly.parts, assembly.steps)
    if lacking:
        raise Failure(lacking)
    problems = too_large_batches(recipe, dataset.size("train"))
    if problems:
        raise WrongInput(problems)
    train = PreparedSplit(assembly, "train", device, progress)
    validation = PreparedSplit(assembly, "validation", device, progress)
    # Convolutions in bfloat16 run faster with the channels last, on CPUs and GPUs alike; see
    # benchmarks/training_step.py.
    assembly.parts.to(device=device, memory_format=torch.channels_last)  # pyright: ignore
    for step in assembly.steps:
        if isinstance(step, torch.nn.Module):
            step.to(device)
    return _Prepared(assembly, train, validation, device)


def _train(
    prepared: _Prepared,
    folder: RunFolder,
    resumed: Checkpoint | None,
    reporters: Sequence[Reporter],
    stopping: Callable[[], bool],
) -> Outcome:
    remove_partial(folder.checkpoints)
    parts, train = prepared.assembly.parts, prepared.train
    splits = {"train": train.conversations, "validation": prepared.validation.conversations}
    if resumed is None:
        remember_data(folder, splits)
    else:
        require_same_data(folder, splits)
    recipe = prepared.assembly.recipe
    steps = prepared.assembly.steps
    warnings = untrained(recipe, parts, steps) if resumed is None else []
    for problem in [*warnings, *truncated_texts(parts, train.captions, train.turns)]:
        for reporter in reporters:
            reporter.note(str(problem))
    if resumed is None:
        fit_parts(parts, train)
        for sentence in take_weights(recipe, parts):
            for reporter in reporters:
                reporter.note(sentence)
    fit_steps(prepared.assembly.steps[0 if resumed is None else resumed.phase :], train)
    keep = recipe.checkpoints.keep
    grid = SampleGrid(prepared.assembly, prepared.validation, folder.samples)

    def save(checkpoint: Checkpoint) -> None:
        save_checkpoint(folder.checkpoints, checkpoint, keep)

    def draw(position: Position) -> None:
        resolution = max(prepared.assembly.steps[position.phase].resolutions)
        path = grid.draw(position.images, resolution)
        for reporter in reporters:
            reporter.drawn(position.images, path)

    watch = CollapseWatch(reporters, partial(remedies, prepared.assembly))
    told = (*reporters, watch)
    trainer = Trainer(
        prepared.assembly, prepared.train, told, save, draw, stopping, prepared.device
    )
    return Outcome.FINISHED if trainer.run(resumed) else Outcome.STOPPED
