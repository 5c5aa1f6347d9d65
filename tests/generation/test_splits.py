"""A split read by its text encoders, and read again when they have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from painterkit.assembly import Assembly
from painterkit.data import Turn
from painterkit.generation.splits import PreparedSplit
from painterkit.generation.text_tables import text_caches
from painterkit.generation.truncation import truncated_texts
from painterkit.generation.words import words_batch
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


def test_a_dialogue_is_joined_up_to_every_moment_that_a_step_draws(tmp_path: Path) -> None:
    """The recipe's sampler draws the last turn alone, the step's own all of them."""
    table = deepcopy({**SMALL, "phases": [phase()]})
    table["parts"]["dialogue_encoder"] = {"use": "non-recurrent"}
    table["phases"][0]["step"]["turns"] = "every-turn"
    made = assemble_table(table, load_plugins().registry, tmp_path)
    split = PreparedSplit(made, "train", CPU)
    for conversation, texts in zip(split.conversations, split.turns, strict=True):
        spoken = [turn.text for turn in conversation.turns]
        assert texts == [" ".join(spoken[: last + 1]) for last in range(len(spoken))]


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


def test_texts_that_are_not_of_an_encoders_kind_are_told(tmp_path: Path) -> None:
    told = told_in_pairs(tmp_path)
    captions, turns = [["a red star"]], [["colour: red", "What is its colour? It is red."]]
    assert [str(problem) for problem in truncated_texts(told.parts, captions, turns)] == [
        "parts.turn_encoder   reads nothing in 1 of 2 turns: they are not of its kind; "
        "name an encoder that reads free words",
    ]
    assert truncated_texts(told.parts, captions, [["colour: red"]]) == []


def told_in_pairs(folder: Path, **parts: object) -> Assembly:
    """Assemble a painter that is told attributes and values, and no caption."""
    changed = {"caption_encoder": "none", "turn_encoder": "attribute-value", **parts}
    table = {**SMALL, "parts": {**SMALL["parts"], **changed}, "phases": [phase()]}
    return assemble_table(table, load_plugins().registry, folder)


def test_no_caption_is_encoded_or_kept_where_nothing_reads_it(tmp_path: Path) -> None:
    told = told_in_pairs(tmp_path)
    split = PreparedSplit(told, "train", CPU)
    batch = split.with_vectors().batch(ROWS, [16], epoch=3)
    assert batch.captions.shape == (4, 0)
    assert batch.turns.shape == (4, 3, told.parts.turn_encoder.width)
    embedding = told.parts.embed(batch, torch.zeros(4, 1, dtype=torch.int64))
    assert embedding.shape == (4, 1, told.parts.dialogue_encoder.width)
    kept = [path.read_text() for path in tmp_path.glob("texts/*.json")]
    assert len(kept) == 1, "the turns alone"
    assert split.captions[0][0] not in kept[0]
    assert text_caches(told.parts, tmp_path)[0] is None


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_nothing_is_kept_where_nothing_is_read(tmp_path: Path) -> None:
    deaf = told_in_pairs(tmp_path, turn_encoder="caption_encoder", dialogue_encoder="none")
    deaf.parts.caption_encoder.prepare = None  # pyright: ignore
    batch = PreparedSplit(deaf, "train", CPU).with_vectors().batch(ROWS, [])
    assert deaf.parts.embed(batch, torch.full((4, 1), -1)).shape == (4, 1, 0)
    assert words_batch(deaf.parts, deaf.turns, "a face", [], CPU).captions.shape == (1, 0)
    assert not (tmp_path / "texts").exists()
    assert text_caches(deaf.parts, tmp_path) == (None, None)
