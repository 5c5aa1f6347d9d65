from __future__ import annotations

import pytest
import torch

from painterkit_standard.convolutional_encoder import ConvolutionalEncoder, channel_counts


def pictures(count: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.fixture
def encoder() -> ConvolutionalEncoder:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return ConvolutionalEncoder(width=10, resolution=32, channels=8)


@pytest.mark.parametrize(
    ("resolution", "counts"),
    [
        (8, [4]),
        (15, [4]),
        (32, [4, 8, 16]),
        (36, [4, 8, 16]),
        (256, [4, 8, 16, 32, 32, 32]),
    ],
)
def test_it_halves_the_picture_until_it_is_four_high(resolution: int, counts: list[int]) -> None:
    assert channel_counts(resolution, 4) == counts
    trunk = ConvolutionalEncoder(3, resolution, 4).trunk
    maps = trunk(torch.zeros(2, 3, resolution, resolution))
    assert maps.shape[1] == counts[-1]
    assert 4 <= maps.shape[2] < 8


def test_each_entry_has_mean_0_and_variance_1_over_a_batch(
    encoder: ConvolutionalEncoder,
) -> None:
    pooled = encoder.train()(5 * pictures(200)).pooled
    torch.testing.assert_close(pooled.mean(dim=0), torch.zeros(10), rtol=0, atol=1e-4)
    torch.testing.assert_close(pooled.var(dim=0, correction=0), torch.ones(10), rtol=0, atol=0.05)
    assert not list(encoder.norm.parameters()), "nothing can undo it"


def test_seen_alone_a_picture_is_normalised_by_the_pictures_seen_in_training(
    encoder: ConvolutionalEncoder,
) -> None:
    for seed in range(100):
        encoder.train()(pictures(16, seed))
    seen = torch.cat([encoder.eval()(one[None]).pooled for one in pictures(100, seed=1000)])
    assert seen.mean(dim=0).abs().max() < 0.5
    assert seen.std(dim=0).min() > 0.6
    assert seen.std(dim=0).max() < 1.6


def test_under_autocast_it_gives_float32(encoder: ConvolutionalEncoder) -> None:
    plain = encoder.train()(pictures(16)).pooled
    with torch.autocast("cpu", torch.bfloat16):
        low = encoder(pictures(16)).pooled
    assert low.dtype == torch.float32
    assert (low - plain).abs().mean() < 0.2
