from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit.testing.inputs import normal

Build = Callable[..., Any]


@pytest.fixture
def encoder(build: Build) -> Any:
    return build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 6})


def slowly(encoder: Any, features: Tensor, drawn: Tensor) -> Tensor:
    """Read one conversation at a time, cell by cell, forwards and backwards."""
    weights = dict(encoder.lstm.named_parameters())
    pooled = {
        "last": lambda states: states[-1],
        "mean": lambda states: torch.stack(states).sum(dim=0) / max(len(states) - 1, 1),
    }[encoder.pooling]

    def state_of(turns: Tensor, suffix: str) -> Tensor:
        hidden = cell = torch.zeros(3)
        states = [hidden]
        for turn in turns:
            gates = (
                weights[f"weight_ih_l0{suffix}"] @ turn
                + weights[f"bias_ih_l0{suffix}"]
                + weights[f"weight_hh_l0{suffix}"] @ hidden
                + weights[f"bias_hh_l0{suffix}"]
            )
            i, f, g, o = gates.chunk(4)
            cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
            hidden = o.sigmoid() * cell.tanh()
            states.append(hidden)
        return pooled(states)

    rows = []
    for turns, moments in zip(features, drawn.tolist(), strict=True):
        read = [turns[: moment + 1] for moment in moments]
        rows.append(
            torch.stack(
                [torch.cat([state_of(r, ""), state_of(r.flip(0), "_reverse")]) for r in read]
            )
        )
    return torch.stack(rows)


@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_it_is_a_slow_loop_over_conversations(build: Build, pooling: str) -> None:
    encoder = build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 6, "pooling": pooling})
    features, lengths = normal(4, 5, 10), torch.tensor([5, 2, 0, 3])
    mask = torch.arange(5) < lengths[:, None]
    drawn = torch.tensor([[-1, 2, 4], [0, 0, 1], [-1, -1, -1], [1, 2, 2]])
    expected = slowly(encoder, features, drawn)
    torch.testing.assert_close(encoder(features, mask, drawn), expected, rtol=1e-4, atol=1e-5)
    assert encoder.width == 6


@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_nothing_after_the_drawn_moment_counts(build: Build, pooling: str) -> None:
    encoder = build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 6, "pooling": pooling})
    features, mask = normal(2, 5, 10), torch.ones(2, 5, dtype=torch.bool)
    later = features.clone()
    later[:, 3:] = normal(2, 2, 10, seed=7)
    drawn = torch.tensor([[0, 1, 2, 4]] * 2)
    before, after = encoder(features, mask, drawn), encoder(later, mask, drawn)
    assert torch.equal(before[:, :3], after[:, :3])
    assert not torch.equal(before[:, 3], after[:, 3])


def test_hidden_counts_both_directions_or_each(build: Build) -> None:
    both = build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 6})
    each = build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 6, "hidden_counts": "each"})
    assert (both.width, both.lstm.hidden_size) == (6, 3)
    assert (each.width, each.lstm.hidden_size) == (12, 6)
    features, mask = normal(2, 3, 10), torch.ones(2, 3, dtype=torch.bool)
    assert each(features, mask, torch.tensor([[0, 2]] * 2)).shape == (2, 2, 12)


def test_each_direction_may_have_an_odd_width(build: Build) -> None:
    encoder = build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 7, "hidden_counts": "each"})
    assert encoder.width == 14


def test_it_reads_no_further_than_a_conversation_goes(encoder: Any) -> None:
    features, mask = normal(1, 5, 10), torch.tensor([[True, True, False, False, False]])
    past, last = torch.tensor([[4]]), torch.tensor([[1]])
    assert torch.equal(encoder(features, mask, past), encoder(features, mask, last))


def test_it_runs_under_bfloat16_autocast(encoder: Any) -> None:
    features, mask = normal(2, 3, 10), torch.ones(2, 3, dtype=torch.bool)
    drawn = torch.tensor([[0, 2], [-1, 1]])
    exact = encoder(features, mask, drawn)
    with torch.autocast("cpu", torch.bfloat16):
        rough = encoder(features, mask, drawn)
    torch.testing.assert_close(rough.float(), exact, rtol=0.1, atol=0.02)


def test_an_odd_width_of_both_is_refused(build: Build) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 7})
    assert str(raised.value).startswith("bilstm.hidden   must be even, got 7")
