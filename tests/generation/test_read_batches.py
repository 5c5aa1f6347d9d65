"""Conversations of one's own, read as those of a recipe's data are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.assembly import Assembly
from painterkit.data import Batch
from painterkit.errors import Failure, WrongInput
from painterkit.generation.read_batches import read_batches
from painterkit.generation.splits import PreparedSplit
from painterkit.plugins import load_plugins
from painterkit.testing import SampleDataset
from painterkit.testing.sample_data import ATTRIBUTES

from ..small_recipe import SMALL, assemble_table

ROWS = np.arange(8)
DATA = SampleDataset(16)
SAID, IMAGES = DATA.conversations("train"), DATA.images("train")

PHASE = {
    "name": "only",
    "until": {"steps": 1},
    "batch": 4,
    "optimizers": {
        "generator": {"train": ["generator"]},
        "discriminator": {"train": ["discriminators"]},
    },
    "step": {"use": "adversarial", "resolutions": [8, 16], "losses": {"one": "matching-aware"}},
}


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    return assemble_table({**SMALL, "phases": [PHASE]}, load_plugins().registry, tmp_path)


def tensors(batch: Batch) -> dict[str, Tensor]:
    found = {name: getattr(batch, name) for name in ("captions", "turns", "turn_mask", "class_ids")}
    facts = {name: getattr(batch, name) for name in ("said", "truth", "matching_truth")}
    pictures = {f"images.{size}": picture for size, picture in batch.images.items()}
    return {**found, **facts, **pictures}


def test_batches_are_those_of_the_recipes_data(assembly: Assembly, tmp_path: Path) -> None:
    read = read_batches(
        assembly.parts,
        assembly.turns,
        SAID,
        IMAGES,
        attributes=ATTRIBUTES,
        cache=tmp_path / "another",
    )
    split = PreparedSplit(assembly, "train", torch.device("cpu")).with_vectors()
    for epoch in (0, 1, None):
        wanted = ROWS, (8, 16), epoch, ("facts", "matching")
        ours, theirs = tensors(read.batch(*wanted)), tensors(split.batch(*wanted))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    captions = [read.batch(ROWS, (), epoch).captions for epoch in (0, 1, 2)]
    assert not all(torch.equal(captions[0], other) for other in captions), "of several, one"


def test_the_cache_is_where_the_environment_says(
    assembly: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAINTERKIT_CACHE", str(tmp_path / "said"))
    read_batches(assembly.parts, assembly.turns, SAID, IMAGES)
    assert list((tmp_path / "said" / "texts").glob("*.npy"))


def test_without_attributes_and_turns(assembly: Assembly, tmp_path: Path) -> None:
    silent = [evolve(one, turns=(), told_in={}, class_id=-1) for one in SAID]
    batch = read_batches(assembly.parts, assembly.turns, silent, IMAGES, cache=tmp_path).batch(
        ROWS, (8,)
    )
    assert batch.turns.shape[:2] == batch.turn_mask.shape == (8, 0)
    assert batch.class_ids is None
    assert assembly.parts.embed(batch, torch.full((8, 1), -1)).isfinite().all()


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (IMAGES.astype(np.float32), r"images   must be uint8 \[N, R, R, 3\], got float32 \["),
        (IMAGES[..., :2], r"got uint8 \[160, 16, 16, 2\]"),
        (IMAGES[:, :8], r"got uint8 \[160, 8, 16, 3\]"),
        (IMAGES[:3], "conversation 'train-3'   is about picture 3, and there are 3; they are cou"),
    ],
)
def test_pictures_that_cannot_be_are_refused(
    images: np.ndarray, said: str, assembly: Assembly, tmp_path: Path
) -> None:
    with pytest.raises(WrongInput, match=said):
        read_batches(assembly.parts, assembly.turns, SAID, images, cache=tmp_path)


def test_no_conversations_and_missing_files(assembly: Assembly, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="conversations   there are none"):
        read_batches(assembly.parts, assembly.turns, [], IMAGES, cache=tmp_path)
    lost = {"use": "skip-thought", "folder": str(tmp_path / "lost")}
    table = {**SMALL, "parts": {**SMALL["parts"], "caption_encoder": lost}, "phases": [PHASE]}
    lacking = assemble_table(table, load_plugins().registry, tmp_path)
    with pytest.raises(Failure, match="there is no such file of skip-thought"):
        read_batches(lacking.parts, lacking.turns, SAID, IMAGES, cache=tmp_path)
