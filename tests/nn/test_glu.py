from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from painterkit.nn.glu import GLU, GLUResidualBlock, JoinedGLUBlock, glu_up_block
from painterkit.nn.spatial import join


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_a_gated_linear_unit_is_pytorchs() -> None:
    for given in (normal(3, 8), normal(3, 8, 5, 4)):
        given.requires_grad_()
        ours, theirs = GLU()(given), functional.glu(given, dim=1)
        torch.testing.assert_close(ours, theirs)
        direction = normal(*ours.shape, seed=1)
        torch.testing.assert_close(
            torch.autograd.grad((ours * direction).sum(), given),
            torch.autograd.grad((theirs * direction).sum(), given),
        )


def test_an_up_block_doubles_and_makes_gates_for_its_channels() -> None:
    block = glu_up_block(4, 6)
    given = normal(3, 4, 5, 5)
    convolution, norm, _ = block
    large = functional.interpolate(given, scale_factor=2, mode="nearest")
    both = norm(functional.conv2d(large, convolution.weight, padding=1))
    torch.testing.assert_close(
        block(given), both[:, :6] * torch.sigmoid(both[:, 6:]), rtol=1e-4, atol=1e-5
    )
    assert sum(p.numel() for p in block.parameters()) == 4 * 12 * 9 + 2 * 12, "no bias, one norm"


def test_a_joined_block_convolves_the_map_with_the_vector_at_every_place() -> None:
    block = JoinedGLUBlock(4, 3, 5)
    features, vector = normal(2, 4, 6, 7), normal(2, 3, seed=1)
    convolution = block.convolution.plain
    both = block.gated[0](convolution(join(features, vector)))
    expected = functional.glu(both, dim=1)
    torch.testing.assert_close(block(features, vector), expected, rtol=1e-4, atol=1e-5)
    assert sum(p.numel() for p in block.parameters()) == 7 * 10 * 9 + 2 * 10


def test_a_residual_block_adds_its_change_and_nothing_follows() -> None:
    block = GLUResidualBlock(4).eval()
    given = normal(2, 4, 5, 5)
    first, norm1, _, second, norm2 = block.change
    change = norm2(second(functional.glu(norm1(first(given)), dim=1)))
    torch.testing.assert_close(block(given), given + change)
    assert bool((block(given) < 0).any())
