"""A split read by its text encoders, and read again when they have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from painterkit.assembly import Assembly
from painterkit.data import Turn
from painterkit.generation.splits import PreparedSplit
from painterkit.generation.truncation import truncated_texts
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.nn.digest import weights_digest
from painterkit.plugins import load_plugins

from ..small_recipe import SMALL, assemble_table

CPU = torch.device("cpu")
ROWS = np.arange(4)


class Letters(nn.Module):
    """Multiply the counts of two letters by weights that can be trained."""

    width = 2

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.prepared = 0

    @property
    def fingerprint(self) -> str:
        return weights_digest(self)

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        self.prepared += len(turns)
        counts = [[float(t.text.count("a")), float(t.text.count("e"))] for t in turns]
        return {"counts": torch.tensor(counts).reshape(-1, 2)}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return TextFeatures(tensors["counts"] * self.weight)

    def count_truncated(self, texts: Sequence[str]) -> int:
        return sum(len(text) > 40 for text in texts)


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    made = assemble_table({**SMALL, "phases": [phase()]}, load_plugins().registry, tmp_path)
    encoder = Letters()
    made.parts.caption_encoder = encoder
    made.parts.turn_encoder = encoder
    return made


def phase() -> dict[str, object]:
    return {
        "name": "only",
        "until": {"steps": 1},
        "batch": 4,
        "optimizers": {
            "generator": {"train": ["generator.stage1"]},
            "discriminator": {"train": ["discriminators.8"]},
        },
        "step": {"use": "adversarial", "resolutions": [8], "losses": {"one": "matching-aware"}},
    }


def test_words_are_read_again_when_the_encoder_has_changed(assembly: Assembly) -> None:
    split = PreparedSplit(assembly, "train", CPU)
    first = split.with_vectors()
    assert split.with_vectors() is first
    with torch.no_grad():
        assembly.parts.caption_encoder.weight.mul_(3)
    again = split.with_vectors().batch(ROWS, [])
    was = first.batch(ROWS, [])
    assert was.captions.any()
    assert torch.equal(again.captions, 3 * was.captions)
    assert torch.equal(again.turns, 3 * was.turns)


def test_tokens_are_prepared_and_nothing_is_encoded(assembly: Assembly) -> None:
    split = PreparedSplit(assembly, "train", CPU)
    batch = split.with_tokens(["turns"]).batch(ROWS, [16])
    assert batch.caption_tokens == {}
    assert batch.captions.shape == (4, 0)
    assert batch.images[16].shape == (4, 3, 16, 16)
    for place, row in enumerate(ROWS):
        texts = [turn.text for turn in split.conversations[row].turns]
        counts = [[float(t.count("a")), float(t.count("e"))] for t in texts]
        told = batch.turn_tokens["counts"][place][batch.turn_mask[place]]
        assert told.tolist() == counts
    assert not list(assembly.context.cache.glob("texts/*"))


def test_long_texts_are_told(assembly: Assembly) -> None:
    captions, turns = [["short", "x" * 41], ["x" * 41]], [["y" * 50, "z"]]
    assert [str(problem) for problem in truncated_texts(assembly.parts, captions, turns)] == [
        "parts.caption_encoder   reads the beginning alone of 1 of 2 captions: they are too long",
        "parts.turn_encoder   reads the beginning alone of 1 of 2 turns: they are too long",
    ]
    assert truncated_texts(assembly.parts, [["short"]], [["z"]]) == []
