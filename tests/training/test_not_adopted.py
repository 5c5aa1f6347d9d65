"""With `ema.adopt = false` the average is drawn with, and the weights themselves train on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from painterkit.checkpoints.checkpoint import load_checkpoint
from painterkit.generation.load_painter import load_painter
from painterkit.generation.samples import SampleGrid
from painterkit.generation.splits import PreparedSplit
from painterkit.plugins import load_plugins
from painterkit.training.launch import Outcome, resume, train

from ..conftest import BOUNDARY, END, Workshop, differences, tensors_of

NEITHER = {
    "phases__stage-1__ema__adopt": "false",
    "phases__stage-2__ema__adopt": "false",
    "checkpoints__keep": "99",
}


@pytest.fixture
def run(in_workshop: Workshop) -> Path:
    """Train to the end, without a pause."""
    path = in_workshop.folder / "not adopted"
    if not path.exists():
        recipe = in_workshop.small(**NEITHER)
        assert train(recipe, load_plugins(), path) is Outcome.FINISHED
    return path


def test_the_last_checkpoint_keeps_the_average_and_the_painter_draws_with_it(run: Path) -> None:
    for name, trained in ((BOUNDARY, "generator.stage1."), (END, "generator.stage2.")):
        checkpoint = load_checkpoint(run / "checkpoints" / name)
        assert any(one.startswith(trained) for one in checkpoint.average), name
        assert differences(checkpoint.drawing(), dict(checkpoint.model)), name
    live = load_painter(run).assembly.parts.state_dict()
    drawing = load_checkpoint(run / "checkpoints" / END).drawing()
    drawn_with = [name for name in live if name.startswith(("generator.", "dialogue_encoder."))]
    assert all(torch.equal(live[name], drawing[name]) for name in drawn_with)


def test_the_last_sample_grid_is_what_the_painter_draws(run: Path, tmp_path: Path) -> None:
    assembly = load_painter(run).assembly
    validation = PreparedSplit(assembly, "validation", torch.device("cpu"))
    assembly.parts.to(memory_format=torch.channels_last)  # pyright: ignore
    again = SampleGrid(assembly, validation, tmp_path).draw(256, 32)
    assert again.read_bytes() == (run / "samples" / again.name).read_bytes()


def test_the_next_phase_goes_on_with_the_weights_themselves(run: Path) -> None:
    boundary, end = (load_checkpoint(run / "checkpoints" / name) for name in (BOUNDARY, END))
    frozen = [name for name in boundary.model if name.startswith("generator.stage1.")]
    assert all(torch.equal(end.drawing()[name], boundary.model[name]) for name in frozen)


def test_stopped_between_the_phases_it_ends_in_the_same_bits(
    in_workshop: Workshop, run: Path
) -> None:
    path, plugins, asked = in_workshop.folder / "not adopted, stopped", load_plugins(), 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked > 16

    recipe = in_workshop.small(**NEITHER)
    assert train(recipe, plugins, path, stopping=stopping) is Outcome.STOPPED
    assert sorted(path.glob("checkpoints/*"))[-1].name == BOUNDARY
    assert resume(path, plugins) is Outcome.FINISHED
    for name in (BOUNDARY, END):
        found, expected = (tensors_of(one / "checkpoints" / name) for one in (path, run))
        assert differences(found, expected) == [], name
