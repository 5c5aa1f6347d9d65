from __future__ import annotations

import pytest
import torch
from torch import Tensor

from painterkit.interfaces.loss import Side, StepView
from painterkit.testing.inputs import pictures
from painterkit_neural_painter.colour_consistency import ColourConsistency, colour_statistics
from painterkit_neural_painter.settings import ColourConsistencySettings


def loss_of(images: dict[int, Tensor], **settings: float) -> Tensor:
    loss = ColourConsistency(ColourConsistencySettings(**settings))
    return loss(StepView(Side.GENERATOR, {}, {}, images))


def drawn(*sizes: int) -> dict[int, Tensor]:
    return {size: pictures(4, size, seed=size).requires_grad_() for size in sizes}


def slow(images: dict[int, Tensor], low: int, high: int, covariance: float) -> float:
    """Compute the term of one pair with loops over pictures and channels."""
    means, covariances = 0.0, 0.0
    for row in range(4):
        one, two = images[low][row].double(), images[high][row].double()
        for a in range(3):
            means += (two[a].mean() - one[a].mean()).item() ** 2 / (4 * 3)
            for b in range(3):
                ours, theirs = (
                    ((x[a] - x[a].mean()) * (x[b] - x[b].mean())).mean().item() for x in (two, one)
                )
                covariances += (ours - theirs) ** 2 / (4 * 3 * 3)
    return means + covariance * covariances


def test_means_and_covariances_of_neighbouring_heights_are_compared() -> None:
    images = drawn(16, 4, 8)
    expected = 50 * (slow(images, 4, 8, 5) + slow(images, 8, 16, 5))
    assert loss_of(images).item() == pytest.approx(expected, rel=1e-4)
    expected = 2 * (slow(images, 4, 8, 0) + slow(images, 8, 16, 0))
    assert loss_of(images, weight=2, covariance=0).item() == pytest.approx(expected, rel=1e-4)


def test_the_coarser_picture_is_cut_from_the_graph() -> None:
    images = drawn(4, 8)
    low, high = torch.autograd.grad(loss_of(images), list(images.values()), allow_unused=True)
    assert low is None
    assert high is not None
    assert bool(high.abs().sum() > 0)


def test_a_picture_enlarged_has_the_same_colours() -> None:
    small = pictures(4, 4)
    large = small.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert loss_of({4: small, 8: large}).item() == pytest.approx(0.0, abs=1e-8)
    assert loss_of({4: small, 8: -large}).item() > 0.01


def test_one_height_alone_costs_nothing() -> None:
    assert loss_of(drawn(8)).item() == 0.0


def test_the_term_is_float32_where_the_pictures_are() -> None:
    for sizes in ((8,), (4, 8)):
        images = {size: pictures(4, size).to("meta", torch.bfloat16) for size in sizes}
        term = loss_of(images)
        assert (term.device.type, term.dtype, term.shape) == ("meta", torch.float32, ())


def test_statistics_are_computed_in_float32_under_autocast() -> None:
    images = pictures(4, 16)
    expected = colour_statistics(images)
    with torch.autocast("cpu", torch.bfloat16):
        found = colour_statistics(images)
    assert [torch.equal(a, b) for a, b in zip(expected, found, strict=True)] == [True, True]
