from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from painterkit.errors import WrongInput
from painterkit.interfaces.image_encoder import region_width
from painterkit.roles import Role
from painterkit_standard.convolutional_encoder import (
    ConvolutionalEncoder,
    channel_counts,
    map_heights,
)


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
    maps = torch.zeros(2, 3, resolution, resolution)
    for block, channels, height in zip(trunk, counts, map_heights(resolution), strict=True):
        maps = block(maps)
        assert maps.shape == (2, channels, height, height)
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


def with_regions(height: int | None) -> ConvolutionalEncoder:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return ConvolutionalEncoder(width=10, resolution=32, channels=8, regions=height)


@pytest.mark.parametrize("height", [16, 8, 4])
def test_the_places_of_a_map_are_its_regions_and_change_nothing_else(
    encoder: ConvolutionalEncoder, height: int
) -> None:
    regional = with_regions(height)
    assert (region_width(regional), region_width(encoder)) == (10, 0)
    state = {**regional.state_dict(), **encoder.state_dict()}
    regional.load_state_dict(state)
    images = pictures(50)
    plain, seen = encoder.train()(images), regional.train()(images)
    assert plain.regions is None
    assert torch.equal(seen.pooled, plain.pooled)
    assert seen.regions is not None
    assert seen.regions.shape == (50, 10, height * height)
    over = seen.regions.transpose(1, 2).flatten(0, 1)
    torch.testing.assert_close(over.mean(dim=0), torch.zeros(10), rtol=0, atol=1e-4)
    torch.testing.assert_close(over.var(dim=0, correction=0), torch.ones(10), rtol=0, atol=0.05)


def test_a_region_stands_where_it_is_in_the_picture() -> None:
    regional = with_regions(8).eval()
    images = pictures(1)
    changed = images.clone()
    changed[:, :, :4, 28:] = 0.9  # the corner at the top right
    one, other = regional(images).regions, regional(changed).regions
    assert one is not None
    assert other is not None
    moved = (one - other).abs().sum(dim=1).view(8, 8) > 1e-6
    assert moved[0, 7]
    assert not moved[4:].any()
    assert not moved[:, :4].any()


def test_a_height_that_no_map_has_is_refused(build: Callable[..., Any]) -> None:
    with pytest.raises(WrongInput) as error:
        build(Role.IMAGE_ENCODER, "convolutional", {"regions": 5})
    assert str(error.value) == (
        "convolutional.regions   no map of a picture of 32 px is 5 px high; give one of 16, 8, 4"
    )
