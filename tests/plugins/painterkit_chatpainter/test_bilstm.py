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

    def last_state(turns: Tensor, suffix: str) -> Tensor:
        hidden = cell = torch.zeros(3)
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
        return hidden

    rows = []
    for turns, moments in zip(features, drawn.tolist(), strict=True):
        read = [turns[: moment + 1] for moment in moments]
        rows.append(
            torch.stack(
                [torch.cat([last_state(r, ""), last_state(r.flip(0), "_reverse")]) for r in read]
            )
        )
    return torch.stack(rows)


def test_it_is_a_slow_loop_over_conversations(encoder: Any) -> None:
    features, lengths = normal(4, 5, 10), torch.tensor([5, 2, 0, 3])
    mask = torch.arange(5) < lengths[:, None]
    drawn = torch.tensor([[-1, 2, 4], [0, 0, 1], [-1, -1, -1], [1, 2, 2]])
    expected = slowly(encoder, features, drawn)
    torch.testing.assert_close(encoder(features, mask, drawn), expected, rtol=1e-4, atol=1e-5)
    assert encoder.width == 6


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


def test_an_odd_width_is_refused(build: Build) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.DIALOGUE_ENCODER, "bilstm", {"hidden": 7})
    assert str(raised.value).startswith("bilstm.hidden   must be even, got 7")
