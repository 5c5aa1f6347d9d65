"""DF-GAN under a dialogue encoder learns as any other base does."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch

from painterkit.assembly import Assembly
from painterkit.errors import WrongInput
from painterkit.interfaces.training_step import StepContext
from painterkit.registry import Registry
from painterkit.testing import sample_batch
from painterkit.testing.subject import CAPTION_WIDTH, TURN_WIDTH
from painterkit.training.phase import ActivePhase

from ...small_recipe import SMALL, Table, assemble_table

STEPS = 2


@pytest.fixture
def table() -> Table:
    """Return a recipe: ChatPainter's recurrent dialogue encoder, DF-GAN, hinge loss."""
    table = deepcopy(SMALL)
    table["parts"] = {
        "caption_encoder": {"use": "hashed-words", "width": CAPTION_WIDTH},
        "turn_encoder": {"use": "hashed-words", "width": TURN_WIDTH},
        "dialogue_encoder": {"use": "bilstm", "hidden": 6},
        "generator": {"use": "df-gan", "resolutions": [16], "channels": 4, "noise": 5},
        "discriminators": {"16": {"use": "df-gan", "channels": 4}},
    }
    table["phases"] = [
        {
            "name": "painter",
            "until": {"steps": STEPS},
            "batch": 5,
            "optimizers": {
                "generator": {"train": ["generator", "dialogue_encoder"]},
                "discriminator": {"train": ["discriminators.16"]},
            },
            "step": {
                "use": "adversarial",
                "resolutions": [16],
                "losses": {"matching": {"use": "matching-aware", "kind": "hinge"}},
            },
        }
    ]
    return table


def train(assembly: Assembly) -> list[Any]:
    """Make some steps as the trainer does; return what each update told."""
    phase = ActivePhase(assembly, 0, 100)
    shared, local = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    told: list[Any] = []
    for step in range(STEPS):
        context = StepContext(step, 0, shared, local, assembly.turns, assembly.noise)
        batch = sample_batch(phase.step.resolutions)
        for update in phase.step.step(assembly.parts, batch, context):
            phase.apply(update, step)
            told.append((update.optimizers, update.loss.detach()))
    return told


def test_two_steps_move_every_weight(registry: Registry, tmp_path: Path, table: Table) -> None:
    """The first moves gains and affine layers off their start, the second what lies behind them."""
    assembly = assemble_table(table, registry, tmp_path)
    before = {name: tensor.clone() for name, tensor in assembly.parts.state_dict().items()}
    updates = train(assembly)
    assert [names for names, _ in updates] == STEPS * [("discriminator",), ("generator",)]
    assert all(bool(torch.isfinite(loss)) for _, loss in updates)
    still = [
        name
        for name, tensor in assembly.parts.state_dict().items()
        if torch.equal(tensor, before[name])
    ]
    # As long as no logit leaves the hinges' margins, what the pairs ask of this bias adds up to 0.
    assert set(still) <= {"discriminators.16.conditional.logit.bias"}
    assert any(name.startswith("dialogue_encoder.") for name in before)


def test_it_fits_no_discriminator_of_another_height(
    registry: Registry, tmp_path: Path, table: Table
) -> None:
    table["parts"]["discriminators"] = {"8": "df-gan"}
    with pytest.raises(WrongInput, match="the generator draws no picture of 8 px; it draws 16"):
        assemble_table(table, registry, tmp_path)
