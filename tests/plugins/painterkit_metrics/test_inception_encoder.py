"""What Inception-v3 sees: the map and the vector that AttnGAN compares with words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from torchvision.models import inception_v3

from painterkit.errors import WrongInput
from painterkit.interfaces.image_encoder import region_width
from painterkit.roles import Role
from painterkit.testing.inputs import pictures
from painterkit_metrics.inception_encoder import InceptionEncoder

Build = Callable[..., Any]
NAME = "inception-v3"


def test_it_gives_what_torchvisions_network_has_at_these_places(
    build: Build, weights: Path
) -> None:
    encoder = build(Role.IMAGE_ENCODER, NAME, {"weights": str(weights), "resolution": 32})
    images = pictures(1, 32)
    own = inception_v3(weights=None, transform_input=False, init_weights=False).eval()
    own.load_state_dict(torch.load(weights))
    found: dict[str, Tensor] = {}
    for name in ("Mixed_6e", "avgpool"):
        own.get_submodule(name).register_forward_hook(
            lambda _, __, given, name=name: found.update({name: given})
        )
    with torch.no_grad():
        own(functional.interpolate(images, size=(299, 299), mode="bilinear", align_corners=False))
        seen = encoder(images)
    assert (encoder.width, region_width(encoder)) == (2048, 768)
    assert seen.regions.shape == (1, 768, 17 * 17)
    for given, expected in ((seen.regions, found["Mixed_6e"]), (seen.pooled, found["avgpool"])):
        torch.testing.assert_close(
            given, expected.reshape(given.shape), rtol=1e-3, atol=1e-3 * float(expected.std())
        )


def test_a_drawn_picture_gets_its_gradient_and_the_network_none(weights: Path) -> None:
    encoder = InceptionEncoder(weights, resolution=16, side=75)
    images = pictures(1, 16).requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        seen = encoder(images)
    assert seen.regions is not None
    assert seen.regions.dtype == seen.pooled.dtype == torch.float32
    [gradient] = torch.autograd.grad(seen.regions.sum() + seen.pooled.sum(), images)
    assert gradient.abs().sum() > 0
    assert not encoder.state_dict()
    assert not list(encoder.parameters())


def test_a_wrong_file_is_found_when_a_training_begins_and_not_asked_for_to_draw(
    build: Build, tf_weights: Path, tmp_path: Path
) -> None:
    gone = str(tmp_path / "gone.pth")
    without = build(Role.IMAGE_ENCODER, NAME, {"weights": gone})
    [problem] = without.lacks()
    assert (problem.where, problem.what) == (gone, "there is no such file of weights")
    with pytest.raises(WrongInput, match=r"inception-v3\.weights +there is no file .*gone\.pth"):
        without(torch.zeros(1, 3, 16, 16))
    with pytest.raises(WrongInput) as error:
        build(Role.IMAGE_ENCODER, NAME, {"weights": str(tf_weights)})
    assert "it differs in fc.weight, 1008 x 2048 in place of 1000 x 2048" in str(error.value)
    assert str(error.value).endswith("give the state_dict of torchvision's inception_v3")
    opened = build(Role.IMAGE_ENCODER, NAME, {"weights": gone}, restoring=True)
    assert opened.resolution == 256


def test_on_the_device_meta_the_file_is_looked_at_and_nothing_is_loaded(
    build: Build, weights: Path
) -> None:
    with torch.device("meta"):
        encoder = build(Role.IMAGE_ENCODER, NAME, {"weights": str(weights)})
    assert "_network" not in vars(encoder)
