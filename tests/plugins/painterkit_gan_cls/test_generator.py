from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit.testing.inputs import noises, normal
from painterkit_gan_cls.bottleneck import BottleneckBlock

Build = Callable[..., Any]

ROWS = 4
SMALL = {
    "resolutions": [32],
    "channels": 8,
    "noise": 6,
    "conditioner": {"use": "projection", "width": 5},
}


def made(build: Build, **table: Any) -> Any:
    return build(Role.GENERATOR, "gan-cls", {**SMALL, **table})


def draw(generator: Any) -> Any:
    return generator(normal(ROWS, 20), noises(generator.noise_widths, ROWS))


def test_its_maps_go_from_four_pixels_to_the_half(build: Build) -> None:
    """From 1024 channels at 4 px to 128 at 32 px, of which the picture of 64 px is made."""
    with torch.device("meta"):
        generator = build(Role.GENERATOR, "gan-cls", {}, embedding_width=20)
        seen = torch.empty(2, 100 + 128, 1, 1)
        shapes = [tuple((seen := block(seen)).shape[1:]) for block in generator.maps]
    assert shapes == [(1024, 4, 4), (512, 8, 8), (256, 16, 16), (128, 32, 32)]
    assert generator.to_image(seen).shape == (2, 3, 64, 64)


def test_residual_blocks_are_at_four_and_eight_pixels(build: Build) -> None:
    ends = [type(block[-1]) for block in made(build).maps]
    assert ends == [BottleneckBlock, BottleneckBlock, nn.ReLU]
    assert [type(block[-1]) for block in made(build, residual=False).maps] == [nn.ReLU] * 3


def test_nothing_is_rectified_before_a_residual_block(build: Build) -> None:
    block = made(build).maps[0].eval()
    seed = normal(ROWS, 11, 1, 1)
    deconvolution, norm, residual = block
    seen = norm(deconvolution(seed))
    assert bool((seen < 0).any())
    torch.testing.assert_close(block(seed), functional.relu(seen + residual.change(seen)))


def test_it_draws_from_noise_and_the_compressed_text(build: Build) -> None:
    generator, given = made(build), []
    generator.maps.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    output = draw(generator)
    z = noises(generator.noise_widths, ROWS)["z"]
    told = torch.cat([z, output.conditions[32].code], dim=1)
    torch.testing.assert_close(given[0], told[:, :, None, None])
    expected = torch.tanh(generator.to_image(generator.maps(given[0])))
    torch.testing.assert_close(output.images[32], expected)


def test_it_has_no_memory(build: Build) -> None:
    generator = made(build)
    assert generator.begin(ROWS, torch.device("cpu")) is None
    assert draw(generator).state is None


def test_its_weights_start_as_dcgans(build: Build) -> None:
    generator = made(build, channels=64)
    layers = [one for one in generator.modules() if isinstance(one, nn.ConvTranspose2d)]
    assert len(layers) == 4
    for layer in layers:
        assert 0.019 < layer.weight.std().item() < 0.021
    assert bool((generator.to_image.bias == 0).all())


def test_another_conditioner_brings_its_noise(build: Build) -> None:
    generator = made(build, conditioner={"use": "conditioning-augmentation", "width": 7})
    assert generator.noise_widths == {"z": 6, "epsilon": 7}
    assert generator.condition_widths == {32: 7}


@pytest.mark.parametrize("sizes", [[48], [32, 64]])
def test_anything_but_one_power_of_two_is_refused(build: Build, sizes: list[int]) -> None:
    with pytest.raises(WrongInput, match=r"resolutions   must be one power of two, got \["):
        made(build, resolutions=sizes)


def test_less_than_sixteen_pixels_are_refused(build: Build) -> None:
    with pytest.raises(AssertionError, match="resolutions   must be at least 16, got 8"):
        made(build, resolutions=[8])
