from __future__ import annotations

import torch

from painterkit_standard.samplers import Gaussian, LastTurn


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
