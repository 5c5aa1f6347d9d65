"""The gates of a memory are watched where they open, and scored against the true masks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attrs import evolve
from numpy.typing import NDArray
from torch import Tensor

from painterkit.data.conversation import Conversation, Turn
from painterkit.errors import WrongInput
from painterkit.evaluation.evaluate import held_out
from painterkit.evaluation.gate_maps import draw_gates, write_gate_maps
from painterkit.evaluation.gate_scores import GateScores, GatesSettings, gate_score, score_gates
from painterkit.evaluation.gates import OpenGates, gated_cells, open_gates
from painterkit.generation.painter import Painter
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.dataset import Dataset, Split
from painterkit.testing import SampleDataset

from .turn_painter import R, turn_painter


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Painter:
    return turn_painter(tmp_path_factory.mktemp("cache"))


def half(top: bool) -> Tensor:
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[:4] = top
    mask[4:] = not top
    return mask


def test_a_score_is_the_share_inside_by_the_share_of_the_mask() -> None:
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[:2, :4] = True
    inside, outside = mask.float(), (~mask).float()
    assert gate_score(inside, mask) == pytest.approx(8)
    assert gate_score(outside, mask) == 0
    assert gate_score(torch.full((8, 8), 0.4), mask) == pytest.approx(1)
    assert gate_score(3 * inside + outside, mask) == pytest.approx(24 / (24 + 56) * 8)
    assert gate_score(torch.full((16, 16), 0.4), mask) == pytest.approx(1)
    # Of the upper left pixel of a map of 4 pixels, the mask covers half.
    coarse = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    assert gate_score(coarse, mask) == pytest.approx(0.5 / (1 / 8))
    assert gate_score(inside, torch.zeros(8, 8, dtype=torch.bool)) is None
    assert gate_score(torch.zeros(8, 8), mask) is None


def seen(maps: Mapping[int, Tensor]) -> OpenGates:
    """Return a conversation that tells hat and shoe, in the upper and the lower half."""
    turns = tuple(Turn(f"{name}: red", attribute=name, value="red") for name in ("hat", "shoe"))
    return OpenGates(
        Conversation("one", ("",), turns, 0),
        {"memory.8": maps},
        {"memory.8": "update"},
        {turn: torch.zeros(3, 8, 8) for turn in maps},
        {"hat": half(top=True), "shoe": half(top=False)},
    )


def test_gates_that_open_where_it_is_told_score_more_than_with_the_masks_of_others() -> None:
    scores = GateScores()
    scores.add(seen({0: half(top=True).float(), 1: torch.ones(8, 8)}))
    result = scores.result(resolution=8, seed=0)
    assert result.columns == ("attribute", "mask", "memory.8")
    assert list(result.rows) == [
        ["hat", 0.5, 2.0],
        ["shoe", 0.5, 1.0],
        ["mean", None, 1.5],
        ["others", None, 0.5],
    ]
    assert result.values == {"memory.8": 1.5, "memory.8.others": 0.5}
    assert result.protocol["gates"] == {"memory.8": "update"}


def test_the_moment_before_the_first_turn_tells_nothing() -> None:
    scores = GateScores()
    scores.add(seen({-1: half(top=True).float(), 0: torch.ones(8, 8), 1: torch.ones(8, 8)}))
    assert scores.result(8, 0).values == {"memory.8": 1.0, "memory.8.others": 1.0}


def test_the_gates_of_every_turn_are_seen_as_they_are_used(painter: Painter) -> None:
    cells = gated_cells(painter)
    assert list(cells) == ["memory.8", f"memory.{R}"]
    split = PreparedSplit(painter.assembly, "validation", painter.device).with_vectors()
    [row, *_] = [n for n, one in enumerate(split.conversations) if len(one.turns) == 3]
    cell: Any = cells["memory.8"]
    used: list[Tensor] = []

    def keep(_: Any, given: tuple[Tensor, Tensor], __: Any) -> None:
        x, state = given
        both = torch.nn.functional.conv2d(
            torch.cat([state, x], 1), cell.update_and_reset.weight, cell.update_and_reset.bias
        )
        used.append(torch.sigmoid(both[0, : both.shape[1] // 2]).mean(0))

    with cell.register_forward_hook(keep):
        found = open_gates(painter, cells, split, row)
    assert found.gates == {"memory.8": "update", f"memory.{R}": "update"}
    assert list(found.maps["memory.8"]) == list(found.images) == [0, 1, 2]
    for turn, opening in found.maps["memory.8"].items():
        torch.testing.assert_close(opening, used[turn])
    assert not torch.equal(used[0], used[1])
    assert found.maps[f"memory.{R}"][0].shape == (R, R)
    assert found.told == {n: turn.attribute for n, turn in enumerate(found.conversation.turns)}
    assert {mask.shape for mask in found.masks.values()} == {(R, R)}
    assert not cell._forward_pre_hooks, "nothing watches any longer"


def test_gates_that_do_not_heed_the_place_score_one(tmp_path: Path) -> None:
    even = turn_painter(tmp_path)
    for cell in gated_cells(even).values():
        assert isinstance(cell, torch.nn.Module)
        for weight in cell.parameters():
            torch.nn.init.zeros_(weight)
    told: list[tuple[str, int, int]] = []
    split = held_out(even)
    result = score_gates(even, split, GatesSettings.of(5), progress=lambda *now: told.append(now))
    assert len(result.values) == 4
    for name, value in result.values.items():
        assert value == pytest.approx(1, abs=1e-5), name
    assert result.protocol["conversations"] == 5
    assert told[-1] == ("drawing", 5, 5)
    assert GatesSettings.of(None).conversations == 100


def test_an_lstm_shows_its_input_gate(tmp_path: Path) -> None:
    painter = turn_painter(tmp_path, "parts.generator.memory=lstm")
    result = score_gates(painter, held_out(painter), GatesSettings.of(2))
    assert set(result.protocol["gates"].values()) == {"input"}


def test_maps_stand_below_the_pictures_turn_by_turn(painter: Painter, tmp_path: Path) -> None:
    one = draw_gates(seen({0: half(top=True).float(), 1: 0.5 * torch.ones(8, 8)}))
    pixels = np.asarray(one)
    across = one.width // 2
    height = one.height // 3
    maps = pixels[2 * height :]
    # The first map is white above and black below, the second grey all over.
    assert maps[20, across // 2].tolist() == [255] * 3
    assert maps[100, across // 2].tolist() == [0] * 3
    assert maps[20, across + across // 2].tolist() == [128] * 3
    split = held_out(painter)
    file = write_gate_maps(painter, split, tmp_path / "new" / "gates.png", seed=1)
    first = file.read_bytes()
    assert write_gate_maps(painter, split, file, seed=1).read_bytes() == first
    assert write_gate_maps(painter, split, file, seed=2).read_bytes() != first


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("parts.generator.memory=none", "the generator of this painter, stackgan-pp, has no gates"),
        ("samplers.turns=last-turn", "this painter draws the last-turn alone, without its memory"),
    ],
)
def test_what_has_no_gates_to_be_seen_is_refused(tmp_path: Path, change: str, words: str) -> None:
    painter = turn_painter(tmp_path, change)
    with pytest.raises(WrongInput, match=f"^--gates   {words}; take a painter"):
        gated_cells(painter)


def test_data_without_masks_or_attribute_turns_are_refused(painter: Painter) -> None:
    def refused(dataset: Dataset) -> str:
        other = Painter(evolve(painter.assembly, dataset=dataset), R, painter.device)
        with pytest.raises(WrongInput) as error:
            gated_cells(other)
        return str(error.value)

    class Dialogues(SampleDataset):
        def attribute_mask(self, conversation: Conversation, attribute: str) -> NDArray[np.bool_]:
            return np.ones((R, R), bool)

        def conversations(self, split: Split) -> list[Conversation]:
            return [Conversation("one", ("",), (Turn("Is it red? No."),), 0)]

    assert "the data set avatars does not know where an attribute shows" in refused(SampleDataset())
    assert "no turn of these data tells an attribute" in refused(Dialogues())
