from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit.testing.inputs import noises, normal, shaken
from painterkit_dfgan.settings import DFGANSettings

Build = Callable[..., Any]

ROWS, TOLD = 4, 6 + 20
SMALL = {"resolutions": [32], "channels": 4, "noise": 6}


def made(build: Build, **table: Any) -> Any:
    return build(Role.GENERATOR, "df-gan", {**SMALL, **table})


def draw(generator: Any, **told: Any) -> Any:
    return generator(normal(ROWS, 20), noises(generator.noise_widths, ROWS), **told)


def doubled(x: Tensor) -> Tensor:
    return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


def perceptron(side_by_side: Any, place: int, told: Tensor) -> Tensor:
    """Compute two layers with a ReLU between, as a column of a map's channels."""
    channels = side_by_side.weight.shape[1]
    own = slice(place * channels, (place + 1) * channels)
    first = side_by_side.hidden
    hidden = (told @ first.weight[own].T + first.bias[own]).clamp(min=0)
    return (hidden @ side_by_side.weight[place] + side_by_side.bias[place])[:, :, None, None]


def fused(part: Any, x: Tensor, told: Tensor) -> Tensor:
    gamma1, beta1, gamma2, beta2 = (perceptron(part.affine, place, told) for place in range(4))
    x = functional.leaky_relu(gamma1 * x + beta1, 0.2)
    return functional.leaky_relu(gamma2 * x + beta2, 0.2)


def test_at_256_px_six_blocks_double_a_4_px_map_made_from_noise(build: Build) -> None:
    shapes: list[tuple[int, ...]] = []
    with torch.device("meta"):
        generator = build(Role.GENERATOR, "df-gan", {})
        for block in generator.blocks:
            block.register_forward_hook(lambda _, __, out: shapes.append(tuple(out.shape[1:])))
        noise = {name: torch.empty(2, width) for name, width in generator.noise_widths.items()}
        output = generator(torch.empty(2, 20), noise)
    assert (generator.seed.in_features, generator.seed.out_features) == (100, 256 * 4 * 4)
    assert shapes == [
        (256, 8, 8),
        (256, 16, 16),
        (256, 32, 32),
        (128, 64, 64),
        (64, 128, 128),
        (32, 256, 256),
    ]
    assert output.images[256].shape == (2, 3, 256, 256)


@pytest.mark.parametrize(("resolution", "widths"), [(8, [8, 4]), (32, [32, 16, 8, 4])])
def test_a_lower_picture_has_fewer_blocks(build: Build, resolution: int, widths: list[int]) -> None:
    generator = made(build, resolutions=[resolution])
    blocks = generator.blocks
    assert [generator.seed_channels, *(b.convolution.out_channels for b in blocks)] == widths
    assert draw(generator).images[resolution].shape == (ROWS, 3, resolution, resolution)


def test_a_block_is_as_the_paper_draws_it_doubling_first(build: Build) -> None:
    block = shaken(made(build)).blocks[0]
    x, told = normal(ROWS, 32, 4, 4), normal(ROWS, TOLD, seed=1)
    large = doubled(x)
    change = functional.conv2d(fused(block.fusion1, large, told), block.up.weight, padding=1)
    weight = block.convolution.weight
    change = functional.conv2d(fused(block.fusion2, change, told), weight, padding=1)
    shortcut = functional.conv2d(large, block.shortcut.weight, block.shortcut.bias)
    torch.testing.assert_close(block(x, told), shortcut + change, rtol=1e-4, atol=1e-5)


def test_a_shortcut_has_a_convolution_where_widths_differ_alone(build: Build) -> None:
    blocks = made(build, resolutions=[64], channels=2).blocks
    assert [isinstance(block.shortcut, nn.Conv2d) for block in blocks] == [False, True, True, True]
    block, told = shaken(blocks[0]), normal(ROWS, TOLD, seed=1)
    x = normal(ROWS, 16, 4, 4)
    change = block.up(block.fusion1(x, told))
    change = block.convolution(block.fusion2(change, told))
    torch.testing.assert_close(block(x, told), doubled(x) + change)


def test_affine_layers_start_as_if_they_were_not_there(build: Build) -> None:
    """gamma = 1 and beta = 0, whatever is told."""
    fusion = made(build).blocks[0].fusion1
    x, told = normal(ROWS, 32, 4, 4), normal(ROWS, TOLD, seed=1)
    starts = torch.tensor([1.0, 0.0, 1.0, 0.0]).view(4, 1, 1).expand(4, ROWS, 32)
    assert torch.equal(fusion.affine(told), starts)
    twice = functional.leaky_relu(functional.leaky_relu(x, 0.2), 0.2)
    torch.testing.assert_close(fusion(x, told), twice)


def test_every_block_is_told_noise_and_sentence(build: Build) -> None:
    generator = made(build)
    given: list[Tensor] = []
    for block in generator.blocks:
        block.register_forward_pre_hook(lambda _, inputs: given.append(inputs[1]))
    draw(generator)
    both = torch.cat([noises(generator.noise_widths, ROWS)["z"], normal(ROWS, 20)], dim=1)
    assert len(given) == 3
    assert all(torch.equal(one, both) for one in given)


def test_the_picture_is_a_convolution_of_the_last_map(build: Build) -> None:
    generator = shaken(made(build))
    last: list[Tensor] = []
    generator.blocks[-1].register_forward_hook(lambda _, __, out: last.append(out))
    image = draw(generator).images[32]
    seen = functional.leaky_relu(last[0], 0.2)
    expected = functional.conv2d(seen, generator.heads["32"].weight, padding=1).tanh()
    torch.testing.assert_close(image, expected)


def test_a_coarser_picture_is_drawn_from_the_map_of_its_height(build: Build) -> None:
    generator = shaken(made(build, resolutions=[8, 32]))
    maps: list[Tensor] = []
    for block in generator.blocks:
        block.register_forward_hook(lambda _, __, out: maps.append(out))
    whole = draw(generator)
    assert [one.shape[2] for one in maps] == [8, 16, 32]
    seen = functional.leaky_relu(maps[0], 0.2)
    expected = functional.conv2d(seen, generator.heads["8"].weight, padding=1).tanh()
    torch.testing.assert_close(whole.images[8], expected)
    assert whole.conditions[8] is whole.conditions[32]
    maps.clear()
    coarse = draw(generator, largest=8)
    assert set(coarse.images) == {8}
    assert len(maps) == 1
    torch.testing.assert_close(coarse.images[8], whole.images[8])


def test_a_residual_picture_is_added_to_the_coarser_one_enlarged(build: Build) -> None:
    anew = shaken(made(build, resolutions=[8, 16, 32]))
    residual = made(build, resolutions=[8, 16, 32], residual_picture=True)
    residual.load_state_dict(anew.state_dict())
    changes = {size: image.atanh() for size, image in draw(anew).images.items()}
    images = draw(residual).images
    expected = changes[8]
    torch.testing.assert_close(images[8], expected.tanh())
    for size in (16, 32):
        enlarged = functional.interpolate(expected, (size, size), mode="bilinear")
        expected = changes[size] + enlarged
        torch.testing.assert_close(images[size], expected.tanh(), rtol=1e-4, atol=1e-4)


def test_a_residual_picture_needs_a_coarser_one() -> None:
    with pytest.raises(ValueError, match="resolutions has one alone"):
        DFGANSettings(resolutions=(32,), residual_picture=True)


def test_the_sentence_is_the_condition_as_it_is(build: Build) -> None:
    output = draw(made(build))
    condition = output.conditions[32]
    for field in (condition.embedding, condition.code, condition.mu):
        assert torch.equal(field, normal(ROWS, 20))
    assert not condition.log_variance.any()


def test_it_takes_a_conditioner_that_samples(build: Build) -> None:
    generator = made(build, conditioner={"use": "conditioning-augmentation", "width": 5})
    assert generator.noise_widths == {"z": 6, "epsilon": 5}
    assert generator.condition_widths == {32: 5}
    condition = draw(generator).conditions[32]
    assert condition.code.shape == (ROWS, 5)
    assert torch.equal(condition.embedding, normal(ROWS, 20))


def test_it_has_no_normalisation_and_no_memory(build: Build) -> None:
    generator = made(build)
    assert not list(generator.buffers())
    assert generator.begin(ROWS, torch.device("cpu")) is None
    assert draw(generator).state is None


def test_its_one_picture_is_drawn_whatever_is_the_largest(build: Build) -> None:
    generator = made(build)
    assert torch.equal(draw(generator, largest=8).images[32], draw(generator).images[32])


def gradients(generator: Any) -> dict[str, Tensor]:
    shaken(generator)
    image = draw(generator).images[32]
    (image * normal(*image.shape)).sum().backward()
    return {name: parameter.grad for name, parameter in generator.named_parameters()}


def test_save_memory_changes_nothing(build: Build) -> None:
    usual, saving = made(build), made(build, save_memory=True)
    saving.load_state_dict(usual.state_dict())
    expected, found = gradients(usual), gradients(saving)
    assert expected.keys() == found.keys()
    for name, one in expected.items():
        torch.testing.assert_close(found[name], one, rtol=1e-4, atol=1e-6, msg=name)


@pytest.mark.parametrize("resolutions", [[64, 32], [32, 32], [12], [16, 4096 + 1]])
def test_resolutions_that_it_cannot_draw_are_refused(build: Build, resolutions: list[int]) -> None:
    with pytest.raises(WrongInput) as raised:
        made(build, resolutions=resolutions)
    assert str(raised.value) == (
        "df-gan.resolutions   must be rising powers of two from 8 on, "
        f"got {resolutions}; the paper has [256]"
    )
