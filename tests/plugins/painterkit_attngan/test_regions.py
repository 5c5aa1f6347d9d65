from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from painterkit.errors import WrongInput
from painterkit.interfaces.image_encoder import GivesRegions, ImageFeatures, region_width
from painterkit.interfaces.text_encoder import StartsUntrained
from painterkit.roles import Role
from painterkit.testing.inputs import pictures
from painterkit_attngan.regions import FrozenRegions

Build = Callable[..., Any]


class Squares(nn.Module):
    """See the four quarters of a picture, and the whole of it."""

    width = 6
    region_width = 3
    resolution = 8
    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))

    def forward(self, images: Tensor) -> ImageFeatures:
        quarters = nn.functional.adaptive_avg_pool2d(images - self.mean, 2).flatten(2)
        pooled = torch.cat([quarters.mean(dim=2), quarters.amax(dim=2)], dim=1)
        return ImageFeatures(pooled, quarters)


class FittedSquares(Squares):
    def fit(self, images: Iterable[Tensor]) -> None:
        self.mean.copy_(torch.cat([*images]).mean())


def encoder_of(inner: Any, width: int = 5) -> FrozenRegions:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return FrozenRegions(inner, width)


def test_it_projects_the_whole_and_every_region_to_one_width() -> None:
    inner = Squares()
    encoder = encoder_of(inner)
    assert isinstance(encoder, GivesRegions)
    assert isinstance(encoder, StartsUntrained)
    assert (encoder.width, region_width(encoder), encoder.resolution) == (5, 5, 8)
    images = pictures(2, 8)
    seen, plain = encoder(images), inner(images)
    assert seen.regions.shape == (2, 5, 4)
    expected = plain.pooled @ encoder.pooled.weight.T + encoder.pooled.bias
    torch.testing.assert_close(seen.pooled, expected)
    for place in range(4):
        expected = plain.regions[:, :, place] @ encoder.regions.weight[:, :, 0].T
        torch.testing.assert_close(seen.regions[:, :, place], expected)


def test_two_layers_are_trained_and_start_small() -> None:
    encoder = encoder_of(Squares())
    assert {name for name, _ in encoder.named_parameters()} == {
        "pooled.weight",
        "pooled.bias",
        "regions.weight",
    }
    assert encoder.regions.weight.abs().max() <= 0.1
    assert encoder.regions.weight.abs().max() > 0.05


def test_a_drawn_picture_gets_its_gradient_through_the_frozen_network() -> None:
    images = pictures(2, 8).requires_grad_()
    seen = encoder_of(Squares()).requires_grad_(False)(images)
    [gradient] = torch.autograd.grad(seen.regions.sum() + seen.pooled.sum(), images)
    assert gradient.abs().sum() > 0


def test_what_its_inner_encoder_is_fitted_to_is_kept_with_it() -> None:
    assert not hasattr(encoder_of(Squares()), "fit")
    encoder = encoder_of(FittedSquares())
    before = encoder(pictures(2, 8)).pooled
    encoder.fit([pictures(3, 8) + 1])
    assert not torch.equal(encoder(pictures(2, 8)).pooled, before)
    assert encoder.state_dict()["inner.mean"] != 0


def test_it_is_float32_under_autocast() -> None:
    encoder = encoder_of(Squares())
    with torch.autocast("cpu", torch.bfloat16):
        seen = encoder(pictures(2, 8))
    assert seen.pooled.dtype == seen.regions.dtype == torch.float32


def test_an_encoder_without_regions_or_with_weights_is_refused(build: Build) -> None:
    name = "frozen-regions"
    with pytest.raises(WrongInput) as error:
        build(Role.IMAGE_ENCODER, name, {"inner": "pixel-components"})
    assert str(error.value) == (
        "frozen-regions.inner   'pixel-components' gives no regions; 'efficientnet-lite0' and "
        "'inception-v3' do, and others by a setting of their own"
    )
    inner = {"use": "convolutional", "regions": 8}
    with pytest.raises(WrongInput) as error:
        build(Role.IMAGE_ENCODER, name, {"inner": inner})
    assert str(error.value) == (
        "frozen-regions.inner   'convolutional' has weights to train, and here it would be frozen "
        "as it starts; name 'convolutional' itself in parts.image_encoder"
    )
