from __future__ import annotations

import torch

from painterkit.nn.spatial import join, tile


def test_a_vector_stands_at_every_place_of_the_map() -> None:
    features, vector = torch.rand(2, 3, 4, 5), torch.rand(2, 6)
    tiled = tile(vector, features)
    assert tiled.shape == (2, 6, 4, 5)
    for row in range(4):
        for column in range(5):
            assert torch.equal(tiled[:, :, row, column], vector)


def test_a_joined_map_has_features_first_and_keeps_their_type() -> None:
    features, vector = torch.rand(2, 3, 4, 5).bfloat16(), torch.rand(2, 6)
    joined = join(features, vector)
    assert joined.shape == (2, 9, 4, 5)
    assert joined.dtype == torch.bfloat16
    assert torch.equal(joined[:, :3], features)
    assert torch.equal(joined[:, 3:, 0, 0], vector.bfloat16())
