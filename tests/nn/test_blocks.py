from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrize import is_parametrized

from painterkit.nn.blocks import (
    ONE_PASS_FROM,
    Norm,
    ResidualBlock,
    UpConvolution,
    bounded,
    conv3x3,
    down_block,
    leaky_block,
    normalised,
    up_block,
)
from painterkit.nn.seeding import seeded


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def names(block: nn.Module) -> list[str]:
    return [type(layer).__name__ for layer in block.children()]


FEW, MANY = [(2, 4, 4), (2, 5, 3), (1, 1, 1)], [(25, 4, 4), (27, 5, 3), (400, 1, 1)]


@pytest.mark.parametrize(("batch", "height", "width"), [*FEW, *MANY])
def test_the_fast_up_convolution_is_nearest_neighbour_and_a_convolution(
    batch: int, height: int, width: int
) -> None:
    layer = UpConvolution(3, 5)
    given = normal(batch, 3, height, width).requires_grad_()
    fast = layer(given)
    slow = functional.conv2d(
        functional.interpolate(given, scale_factor=2, mode="nearest"), layer.weight, padding=1
    )
    assert fast.shape == (batch, 5, 2 * height, 2 * width)
    torch.testing.assert_close(fast, slow, rtol=1e-5, atol=1e-6)
    direction = normal(*fast.shape, seed=1)
    for one, other in zip(
        torch.autograd.grad((fast * direction).sum(), [layer.weight, given]),
        torch.autograd.grad((slow * direction).sum(), [layer.weight, given]),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_it_is_one_pass_from_four_hundred_places_on() -> None:
    assert [batch * height * width >= ONE_PASS_FROM for batch, height, width in FEW] == [False] * 3
    assert [batch * height * width >= ONE_PASS_FROM for batch, height, width in MANY] == [True] * 3
    layer = UpConvolution(3, 5)
    few, many = normal(24, 3, 4, 4), normal(25, 3, 4, 4)
    with torch.profiler.profile() as profile:
        layer(few)
    assert not any("transpose" in event.name for event in profile.events() or [])
    with torch.profiler.profile() as profile:
        layer(many)
    assert any("transpose" in event.name for event in profile.events() or [])


def test_an_up_block_doubles_normalises_and_cuts_below_zero() -> None:
    block = up_block(4, 6)
    seen = block(normal(3, 4, 5, 5))
    assert seen.shape == (3, 6, 10, 10)
    assert bool((seen >= 0).all())
    assert sum(p.numel() for p in block.parameters()) == 4 * 6 * 9 + 2 * 6, "no bias, one norm"


@pytest.mark.parametrize("norm", ["batch", "spectral", "none"])
def test_a_down_block_halves_and_a_leaky_block_keeps_the_height(norm: Norm) -> None:
    image = normal(2, 3, 8, 8)
    assert down_block(3, 5, norm)(image).shape == (2, 5, 4, 4)
    assert leaky_block(3, 5, norm)(image).shape == (2, 5, 8, 8)


def test_only_batch_normalisation_takes_the_bias_of_a_convolution_away() -> None:
    for make in (down_block, leaky_block):
        assert names(make(3, 4, "batch")) == ["Conv2d", "BatchNorm2d", "LeakyReLU"]
        assert len(list(make(3, 4, "none").children())) == 2
        convolution = {norm: next(make(3, 4, norm).children()) for norm in ("batch", "none")}
        assert convolution["batch"].bias is None
        assert convolution["none"].bias is not None


def test_leaky_blocks_let_a_fifth_of_the_negative_through() -> None:
    block = leaky_block(1, 1, "none")
    with torch.no_grad():
        block[0].weight.zero_()
        block[0].weight[0, 0, 1, 1] = 1.0
        block[0].bias.zero_()
    given = torch.tensor([[[[-1.0, 2.0]]]])
    torch.testing.assert_close(block(given), torch.tensor([[[[-0.2, 2.0]]]]))


def test_spectral_normalisation_bounds_the_largest_singular_value() -> None:
    with seeded(0):
        convolution = conv3x3(4, 6)
        with torch.no_grad():
            convolution.weight.mul_(50)
        (layer,) = normalised(convolution, "spectral")
    layer.train()
    for _ in range(30):  # one power iteration each
        layer(normal(1, 4, 5, 5))
    matrix = layer.eval().weight.detach().flatten(1)
    assert torch.linalg.matrix_norm(matrix, 2).item() == pytest.approx(1.0, abs=1e-3)


def test_a_layer_that_nothing_follows_is_wrapped_for_spectral_normalisation_alone() -> None:
    for norm in ("batch", "layer", "none"):
        layer = nn.Linear(3, 2)
        assert bounded(layer, norm) is layer
        assert not is_parametrized(layer)
    assert is_parametrized(bounded(nn.Linear(3, 2), "spectral"), "weight")


def test_a_residual_block_adds_its_change_and_cuts_below_zero() -> None:
    block = ResidualBlock(4).eval()
    given = normal(2, 4, 5, 5)
    first, norm1, _, second, norm2 = block.change
    change = norm2(second(functional.relu(norm1(first(given)))))
    torch.testing.assert_close(block(given), functional.relu(given + change))
