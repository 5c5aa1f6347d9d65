from __future__ import annotations

import pytest
import torch

from painterkit.interfaces.samplers import noise_through
from painterkit_standard.samplers import EveryTurn, Gaussian, LastTurn, UniformTime


def test_the_last_turn_is_drawn_and_minus_one_where_there_is_none() -> None:
    lengths = torch.tensor([3, 0, 1, 10])
    drawn = LastTurn().sample(lengths, torch.Generator())
    assert drawn.tolist() == [[2], [-1], [0], [9]]


def test_gaussian_noise_has_its_deviation_and_is_another_for_each_name() -> None:
    noise = Gaussian(0.5).sample({"z": 100, "epsilon": 100}, 200, torch.Generator().manual_seed(0))
    for values in noise.values():
        assert abs(values.mean().item()) < 0.02
        assert 0.49 < values.std().item() < 0.51
    assert not torch.equal(noise["z"], noise["epsilon"])


def test_no_deviation_is_no_noise() -> None:
    noise = Gaussian(0.0).sample({"z": 4}, 3, torch.Generator())
    assert bool((noise["z"] == 0).all())


def test_every_turn_repeats_the_last_where_there_is_no_more() -> None:
    lengths = torch.tensor([3, 0, 1])
    assert EveryTurn(0).sample(lengths, torch.Generator()).tolist() == [
        [0, 1, 2],
        [-1, -1, -1],
        [0, 0, 0],
    ]
    assert EveryTurn(-1).sample(lengths, torch.Generator()).tolist() == [
        [-1, 0, 1, 2],
        [-1, -1, -1, -1],
        [-1, 0, 0, 0],
    ]
    silent = torch.tensor([0, 0])
    assert EveryTurn(0).sample(silent, torch.Generator()).tolist() == [[-1], [-1]]


@pytest.mark.parametrize("first", [-1, 0])
def test_one_u_is_shared_and_each_conversations_time_is_uniform(first: int) -> None:
    lengths = torch.tensor([4, 2, 1, 0])
    generator = torch.Generator().manual_seed(0)
    drawn = torch.cat([UniformTime(first).sample(lengths, generator) for _ in range(4000)], dim=1)
    for row, length in enumerate(lengths.tolist()):
        moments, counts = drawn[row].unique(return_counts=True)
        expected = list(range(first, length)) or [-1]
        assert moments.tolist() == expected
        assert (counts / 4000 - 1 / len(expected)).abs().max() < 0.03
    early = drawn[1] == first
    assert (drawn[0][early] <= first + (4 - first) // 2).all(), "the longer one is early as well"


def test_what_is_renewed_is_drawn_anew_at_every_moment_and_the_rest_once() -> None:
    sampler = Gaussian(1.0, renewed=("epsilon",))
    generator = torch.Generator().manual_seed(0)
    noise = noise_through(sampler, {"z": 3, "epsilon": 2}, 5, generator)
    moments = torch.zeros(5)
    first, second = noise(moments), noise(moments)
    assert torch.equal(first["z"], second["z"])
    assert not torch.equal(first["epsilon"], second["epsilon"])
    assert second["epsilon"].shape == (5, 2)
    fixed = noise_through(Gaussian(1.0), {"z": 3}, 5, generator)
    assert torch.equal(fixed(moments)["z"], fixed(moments)["z"])
