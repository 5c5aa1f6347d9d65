from __future__ import annotations

import pytest
import torch

from painterkit.nn.spatial import JoinedConvolution, join, tile


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


@pytest.mark.parametrize(("height", "width"), [(2, 2), (3, 2), (4, 7), (8, 8)])
def test_a_joined_convolution_is_the_plain_one_of_the_joined_map(height: int, width: int) -> None:
    layer = JoinedConvolution(3, 6, 5)
    features = torch.randn(2, 3, height, width, requires_grad=True)
    vector = torch.randn(2, 6, requires_grad=True)
    fast, slow = layer(features, vector), layer.plain(join(features, vector))
    torch.testing.assert_close(fast, slow, rtol=1e-4, atol=1e-5)
    direction, learnt = torch.randn_like(slow), (features, vector, layer.plain.weight)
    for ours, theirs in zip(
        torch.autograd.grad((fast * direction).sum(), learnt),
        torch.autograd.grad((slow * direction).sum(), learnt),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_a_joined_convolution_keeps_the_memory_format() -> None:
    layer = JoinedConvolution(3, 6, 5).to(memory_format=torch.channels_last)  # pyright: ignore
    features = torch.randn(2, 3, 8, 8).to(memory_format=torch.channels_last)
    seen = layer(features, torch.randn(2, 6))
    assert seen.is_contiguous(memory_format=torch.channels_last)
