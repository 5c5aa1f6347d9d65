"""On faces of the embedded data the step learns, and what it has learnt teaches a painter."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from painterkit.assembly import assemble, build_dataset
from painterkit.checkpoints.run_folder import create_run
from painterkit.generation.load_painter import load_painter
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.samplers import TurnSampler
from painterkit.interfaces.training_step import StepContext
from painterkit.plugins import load_plugins
from painterkit.recipe_file.render import render_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.structure import structure
from painterkit.testing.sample_samplers import Gaussian
from painterkit.training.fit import fit_parts
from painterkit.training.launch import Outcome, resume, train
from painterkit.training.phase import ActivePhase

from ...conftest import Workshop, differences, tensors_of
from .small_painter import PARTS, phase

FACES = 64
WIDTH = 32
ENCODER = {
    "learning_rate": 5e-3,
    "betas": [0.5, 0.999],
    "clip": 0.25,
    "train": ["caption_encoder", "image_encoder"],
}


def recipe_of(*phases: object, faces: int, width: int, regions: int, channels: int) -> Recipe:
    judge = {"use": "stackgan", "channels": 4}
    parts = {
        **PARTS,
        "caption_encoder": {"use": "word-lstm", "width": width, "vocabulary": 300},
        "dialogue_encoder": {"use": "bilstm", "hidden": 8},
        "generator": {**PARTS["generator"], "resolutions": [16, 32]},
        "discriminators": {"16": judge, "32": judge},
        "image_encoder": {
            "use": "convolutional",
            "width": width,
            "resolution": 32,
            "channels": channels,
            "regions": regions,
        },
    }
    data = {"use": "avatars", "resolution": 32, "train": faces, "validation": 2}
    table = {"painterkit": 1, "name": "damsm", "data": data, "parts": parts, "phases": phases}
    return structure(table, Recipe, load_plugins().registry)


def damsm(batch: int, steps: int) -> dict[str, object]:
    return {
        "name": "damsm",
        "until": {"steps": steps},
        "batch": batch,
        "optimizers": {"encoder": ENCODER},
        "step": "damsm",
    }


@pytest.fixture(autouse=True)
def faces() -> None:
    for module in ("python_avatars", "resvg_py"):
        pytest.importorskip(module)


def test_it_learns_which_of_64_faces_a_caption_tells_of(in_workshop: Workshop) -> None:
    recipe = recipe_of(damsm(FACES, 30), faces=FACES, width=WIDTH, regions=8, channels=16)
    registry, cache = load_plugins().registry, Path(in_workshop.environment["PAINTERKIT_CACHE"])
    assembly = assemble(recipe, registry, cache, build_dataset(recipe, registry, cache))
    split = PreparedSplit(assembly, "train", torch.device("cpu"))
    fit_parts(assembly.parts, split)
    active = ActivePhase(assembly, 0, FACES)
    batches = split.with_tokens(active.step.tokens)
    random = torch.Generator().manual_seed(0)
    turns: TurnSampler = assembly.turns
    accuracies: list[float] = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for step in range(30):
            batch = batches.batch(torch.arange(FACES).numpy(), active.step.resolutions, step)
            context = StepContext(step, 0, random, random, turns, Gaussian())
            for update in active.step.step(assembly.parts, batch, context):
                active.apply(update, step)
                accuracies.append(update.metrics["encoder.accuracy"].item())
    assert accuracies[0] < 0.1, "chance is 1 in 64"
    assert accuracies[-1] > 0.5


def never() -> bool:
    return False


@pytest.fixture
def recipe(in_workshop: Workshop) -> Recipe:
    """Two steps of DAMSM, then two of a painter."""
    painter = {**phase(weight=5.0), "until": {"steps": 2}, "batch": 8}
    painter["step"] = {**painter["step"], "resolutions": [16, 32]}
    return recipe_of(damsm(8, 2), painter, faces=32, width=6, regions=4, channels=4)


def new_run(recipe: Recipe, folder: Path) -> Path:
    return create_run(render_recipe(recipe), recipe.name, folder, {})


def checkpoints(run: Path) -> list[dict[str, torch.Tensor]]:
    return [tensors_of(one) for one in sorted((run / "checkpoints").glob("[0-9]*"))]


def test_encoders_learn_in_one_phase_and_judge_in_the_next(recipe: Recipe, tmp_path: Path) -> None:
    run = new_run(recipe, tmp_path / "run")
    assert train(recipe, load_plugins(), run, [], never) is Outcome.FINISHED
    first, last = checkpoints(run)[-2:]
    moved = {name.removeprefix("model/") for name in differences(first, last) if "model/" in name}
    trained = {name.split(".")[0] for name in moved}
    assert trained == {"generator", "dialogue_encoder", "discriminators"}
    [picture] = load_painter(run).draw("a woman with red hair", turns=["Any glasses? Yes."])
    assert picture.size == (32, 32)


def test_stopped_between_two_steps_it_goes_on_with_the_same_bits(
    recipe: Recipe, tmp_path: Path
) -> None:
    whole, stopped = (new_run(recipe, tmp_path / name) for name in ("whole", "stopped"))
    train(recipe, load_plugins(), whole, [], never)
    assert train(recipe, load_plugins(), stopped, [], lambda: True) is Outcome.STOPPED
    assert resume(stopped, load_plugins(), [], never) is Outcome.FINISHED
    assert differences(checkpoints(stopped)[-1], checkpoints(whole)[-1]) == []
