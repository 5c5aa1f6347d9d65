"""AttnGAN under a dialogue encoder learns as any other base does, from words of any source."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from attrs import evolve

from painterkit.assembly import Assembly
from painterkit.data.batch import Batch
from painterkit.data.words import Words
from painterkit.errors import WrongInput
from painterkit.interfaces.training_step import StepContext
from painterkit.registry import Registry
from painterkit.testing import sample_batch
from painterkit.testing.inputs import BATCH, normal
from painterkit.testing.subject import CAPTION_WIDTH, TURN_WIDTH
from painterkit.training.phase import ActivePhase

from ...small_recipe import SMALL, Table, assemble_table

STEPS = 2
JUDGE = {
    "use": "stackgan",
    "channels": 4,
    "unconditional": True,
    "init": "orthogonal",
    "reads": "embedding",
    "condition": 7,
}


@pytest.fixture
def table() -> Table:
    """Return a recipe: ChatPainter's recurrent dialogue encoder, AttnGAN, its usual losses."""
    reader = {"use": "word-lstm", "embedding": 6, "vocabulary": 20, "most_words": 3}
    table = deepcopy(SMALL)
    table["parts"] = {
        "caption_encoder": {**reader, "width": CAPTION_WIDTH},
        "turn_encoder": {"use": "hashed-words", "width": TURN_WIDTH},
        "dialogue_encoder": {"use": "bilstm", "hidden": 6},
        "generator": {
            "use": "attngan",
            "resolutions": [8, 16],
            "channels": 4,
            "noise": 5,
            "words": ["caption", "turns"],
        },
        "discriminators": {"8": JUDGE, "16": JUDGE},
    }
    table["phases"] = [
        {
            "name": "painter",
            "until": {"steps": STEPS},
            "batch": 5,
            "optimizers": {
                "generator": {"train": ["generator", "dialogue_encoder"]},
                "discriminator": {"train": ["discriminators"]},
            },
            "step": {
                "use": "adversarial",
                "resolutions": [8, 16],
                "losses": {"matching": "matching-aware", "kl": {"use": "kl", "weight": 1.0}},
            },
        }
    ]
    return table


def batch_with_words() -> Batch:
    """Return a batch in which one conversation has neither a word nor a turn."""
    mask = torch.arange(3) < torch.tensor([3, 1, 0, 2, 3])[:, None]
    words = Words(normal(BATCH, 3, CAPTION_WIDTH, seed=5), mask)
    return evolve(sample_batch([8, 16]), caption_words=words)


def train(assembly: Assembly) -> list[Any]:
    """Make some steps as the trainer does; return what each update told."""
    phase = ActivePhase(assembly, 0, 100)
    shared, local = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    told: list[Any] = []
    for step in range(STEPS):
        context = StepContext(step, 0, shared, local, assembly.turns, assembly.noise)
        for update in phase.step.step(assembly.parts, batch_with_words(), context):
            phase.apply(update, step)
            told.append((update.optimizers, update.loss.detach()))
    return told


def test_two_steps_move_every_weight(registry: Registry, tmp_path: Path, table: Table) -> None:
    assembly = assemble_table(table, registry, tmp_path)
    before = {name: tensor.clone() for name, tensor in assembly.parts.state_dict().items()}
    updates = train(assembly)
    assert [names for names, _ in updates] == STEPS * [("discriminator",), ("generator",)]
    assert all(bool(torch.isfinite(loss)) for _, loss in updates)
    after = assembly.parts.state_dict()
    still = {name for name, tensor in after.items() if torch.equal(tensor, before[name])}
    assert {name for name in still if not name.startswith("caption_encoder.")} == set()
    assert "generator.stages.16.attention.projections.turns.weight" in before


def test_words_that_the_encoders_of_a_recipe_lack_are_told_with_their_place(
    registry: Registry, tmp_path: Path, table: Table
) -> None:
    table["parts"]["generator"]["words"] = ["dialogue"]
    with pytest.raises(WrongInput) as raised:
        assemble_table(table, registry, tmp_path)
    assert str(raised.value) == (
        "parts.generator (attngan.words)   there are no words of 'dialogue': the turn encoder "
        "gives none; choose a turn_encoder that gives words, such as 'word-lstm', or look at what "
        "there is: words = ['caption', 'turns']"
    )
