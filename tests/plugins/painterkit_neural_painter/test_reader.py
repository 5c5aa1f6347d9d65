"""The reader against a slow loop over turns, and what a step of it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.interfaces.dialogue_encoder import ReadsTurnByTurn
from painterkit.roles import Role
from painterkit.testing.inputs import normal
from painterkit_neural_painter.settings import ReaderSettings

Build = Callable[..., Any]

SMALL = {"embedding": 4, "layer": 5, "hidden": 6, "width": 3}


@pytest.fixture
def reader(build: Build) -> Any:
    return build(Role.DIALOGUE_ENCODER, "reader", SMALL)


def slowly(reader: Any, turns: Tensor) -> Tensor:
    """Read the turns [T, D] of one conversation, cell by cell; return what is given after each."""
    state, given = torch.zeros(reader.gru.hidden_size), []
    for turn in turns:
        embedded = reader.embed.weight @ turn
        read = reader.join.weight @ embedded + reader.join.bias
        gates = reader.gru.weight_ih_l0 @ read + reader.gru.bias_ih_l0
        r, z, n = gates.chunk(3)
        hr, hz, hn = (reader.gru.weight_hh_l0 @ state + reader.gru.bias_hh_l0).chunk(3)
        stays = (z + hz).sigmoid()
        state = (1 - stays) * (n + (r + hr).sigmoid() * hn).tanh() + stays * state
        hidden = state
        for layer in [part for part in reader.stack if isinstance(part, nn.Linear)][:-1]:
            hidden = functional.leaky_relu(layer.weight @ hidden + layer.bias, 0.2)
        given.append(reader.stack[-1].weight @ hidden + reader.stack[-1].bias)
    return torch.stack(given)


@pytest.mark.parametrize("stack", [0, 1, 2])
def test_it_is_a_slow_loop_over_turns(build: Build, stack: int) -> None:
    reader = build(Role.DIALOGUE_ENCODER, "reader", {**SMALL, "stack": stack})
    features, lengths = normal(3, 5, 10), torch.tensor([5, 2, 3])
    mask = torch.arange(5) < lengths[:, None]
    drawn = torch.tensor([[-1, 0, 4], [0, 1, 1], [-1, -1, 2]])
    result = reader(features, mask, drawn)
    for row, moments in enumerate(drawn.tolist()):
        given = slowly(reader, features[row, : lengths[row]])
        for place, moment in enumerate(moments):
            expected = given[moment] if moment >= 0 else torch.zeros(3)
            torch.testing.assert_close(result[row, place], expected, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_turn_costs_the_same_and_gives_the_same_however_late_it_comes(reader: Any) -> None:
    features, mask = normal(2, 60, 10), torch.ones(2, 60, dtype=torch.bool)
    together = reader(features, mask, torch.arange(60).expand(2, -1))
    assert isinstance(reader, ReadsTurnByTurn)
    state = None
    for turn in range(60):
        result, state = reader.step(features[:, turn], state)
        torch.testing.assert_close(result, together[:, turn], rtol=1e-4, atol=1e-5)
        assert state.shape == (1, 2, 6)


@torch.no_grad()
def test_a_turn_can_be_taken_back(reader: Any) -> None:
    first, wrong, right = normal(3, 1, 10)
    _, after_first = reader.step(first)
    kept = after_first.clone()
    reader.step(wrong, after_first)
    result, _ = reader.step(right, after_first)
    assert torch.equal(after_first, kept)
    both = torch.stack([first, right], dim=1)
    expected = reader(both, torch.ones(1, 2, dtype=torch.bool), torch.tensor([[1]]))
    torch.testing.assert_close(result, expected[:, 0])


def test_it_reads_no_further_than_a_conversation_goes(reader: Any) -> None:
    features, mask = normal(1, 5, 10), torch.tensor([[True, True, False, False, False]])
    past, last = torch.tensor([[4]]), torch.tensor([[1]])
    assert torch.equal(reader(features, mask, past), reader(features, mask, last))
    silent = torch.zeros(1, 5, dtype=torch.bool)
    assert not reader(features, silent, past).any()


def test_conversations_without_turns_give_zeros(reader: Any) -> None:
    nothing = torch.zeros(2, 0, 10)
    result = reader(nothing, torch.zeros(2, 0, dtype=torch.bool), torch.full((2, 3), -1))
    assert result.shape == (2, 3, 3)
    assert not result.any()


@pytest.mark.parametrize("stack", [0, 2, 3])
def test_parameter_counts(build: Build, stack: int) -> None:
    reader = build(Role.DIALOGUE_ENCODER, "reader", {**SMALL, "stack": stack})
    d, e, l, h, w = 10, 4, 5, 6, 3  # noqa: E741
    gru = 3 * (h * (l + h) + 2 * h)
    expected = d * e + (e * l + l) + gru + stack * (h * h + h) + (h * w + w)
    assert sum(parameter.numel() for parameter in reader.parameters()) == expected


def test_it_has_the_size_of_the_paper_by_default(build: Build) -> None:
    assert ReaderSettings().hidden == 1024
    reader = build(Role.DIALOGUE_ENCODER, "reader", {})
    assert (reader.gru.hidden_size, reader.gru.num_layers, reader.width) == (1024, 1, 128)
    assert reader.embed.bias is None


def test_it_runs_under_bfloat16_autocast(reader: Any) -> None:
    features, mask = normal(2, 3, 10), torch.ones(2, 3, dtype=torch.bool)
    drawn = torch.tensor([[0, 2], [-1, 1]])
    exact = reader(features, mask, drawn)
    with torch.autocast("cpu", torch.bfloat16):
        rough = reader(features, mask, drawn)
        rough.sum().backward()
    torch.testing.assert_close(rough.float(), exact, rtol=0.1, atol=0.02)
    assert all(p.grad is not None for p in reader.parameters())
