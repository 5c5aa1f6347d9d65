"""The whole dialogue as one string: what the encoder is given, and what it gives."""

from __future__ import annotations

from pathlib import Path

import torch

from painterkit.data.texts import encode
from painterkit.generation.hearing import Hearing
from painterkit.generation.words import words_batch
from painterkit.plugins import load_plugins
from painterkit_standard.samplers import LastTurn

from ...small_recipe import SMALL, assemble_table

STEP = {"use": "adversarial", "resolutions": [8], "losses": {"matching": "matching-aware"}}
PHASE = {
    "name": "stage-1",
    "until": {"steps": 1},
    "batch": 4,
    "optimizers": {
        "generator": {"train": ["generator.stage1"]},
        "discriminator": {"train": ["discriminators.8"]},
    },
    "step": STEP,
}


def test_it_gives_the_vector_of_all_that_was_said(tmp_path: Path) -> None:
    parts = {**SMALL["parts"], "dialogue_encoder": "non-recurrent"}
    table = {**SMALL, "parts": parts, "phases": [PHASE]}
    assembly = assemble_table(table, load_plugins().registry, tmp_path)
    turns = ["does he smile? yes.", "any glasses? no.", "a hat? yes, a red one."]
    heard = Hearing(assembly.parts.turn_encoder).hear_all(turns)
    batch = words_batch(assembly.parts, LastTurn(), "a man", heard, torch.device("cpu"))
    drawn = LastTurn().sample(batch.lengths, torch.Generator())
    embedding = assembly.parts.embed(batch, drawn)
    expected = torch.from_numpy(encode(assembly.parts.turn_encoder, [" ".join(turns)]))
    torch.testing.assert_close(embedding[0, 0, -8:], expected[0])
    assert assembly.parts.dialogue_encoder.width == assembly.parts.turn_encoder.width


def test_nothing_said_is_zero(tmp_path: Path) -> None:
    parts = {**SMALL["parts"], "dialogue_encoder": "non-recurrent"}
    table = {**SMALL, "parts": parts, "phases": [PHASE]}
    assembly = assemble_table(table, load_plugins().registry, tmp_path)
    batch = words_batch(assembly.parts, LastTurn(), "a man", [], torch.device("cpu"))
    drawn = LastTurn().sample(batch.lengths, torch.Generator())
    assert not assembly.parts.embed(batch, drawn)[0, 0, -8:].any()
