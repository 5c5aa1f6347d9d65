from __future__ import annotations

from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.discriminator import Logits
from painterkit.interfaces.loss import Shown, Side, StepView
from painterkit.testing.inputs import condition, pictures
from painterkit_standard.gradient_penalties import R1, WGANGP, MatchingAwareGradientPenalty
from painterkit_standard.loss_settings import (
    MatchingAwareGradientPenaltySettings,
    R1Settings,
    WGANGPSettings,
)

BATCH = 3
SLOPE = torch.linspace(-0.1, 0.2, 3 * 8 * 8)


class Judge(nn.Module):
    """A logit whose gradient is known: a slope by the picture, or its square's, and mu's sum."""

    def __init__(self, square: bool = False, told: float = 0.0) -> None:
        super().__init__()
        self.slope = nn.Parameter(SLOPE.clone())
        self.square = square
        self.told = told

    def features(self, image: Tensor) -> Tensor:
        pixels = image.flatten(1)
        return (pixels.square() if self.square else pixels) * self.slope

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        return Logits(features.sum(dim=1) + self.told * condition.mu.sum(dim=1))


def view(judge: nn.Module) -> StepView:
    shown = Shown(pictures(BATCH, 8, seed=1), pictures(BATCH, 8, seed=2), condition(BATCH), judge)
    random = torch.Generator().manual_seed(0)
    return StepView(Side.DISCRIMINATOR, {}, {}, shown={8: shown}, random=random)


def test_r1_is_half_the_squared_gradient_at_real_pictures() -> None:
    found = R1(R1Settings(weight=4.0))(view(Judge()))
    torch.testing.assert_close(found, 2.0 * SLOPE.square().sum())
    real = pictures(BATCH, 8, seed=1).flatten(1)
    squared = (2 * real * SLOPE).square().sum(dim=1).mean()
    torch.testing.assert_close(R1(R1Settings(weight=2.0))(view(Judge(square=True))), squared)


def test_wgan_gp_is_of_points_between_real_and_drawn() -> None:
    length = SLOPE.square().sum().sqrt()
    found = WGANGP(WGANGPSettings(weight=10.0))(view(Judge()))
    torch.testing.assert_close(found, 10.0 * (length - 1).square())
    share = torch.rand(BATCH, 1, 1, 1, generator=torch.Generator().manual_seed(0))
    between = pictures(BATCH, 8, seed=1).lerp(pictures(BATCH, 8, seed=2), share).flatten(1)
    lengths = (2 * between * SLOPE).square().sum(dim=1).sqrt()
    found = WGANGP(WGANGPSettings(weight=1.0))(view(Judge(square=True)))
    torch.testing.assert_close(found, (lengths - 1).square().mean())


def test_the_matching_aware_penalty_is_of_picture_and_words() -> None:
    told = condition(BATCH)
    squared = SLOPE.square().sum() + 0.25 * told.mu.shape[1]
    loss = MatchingAwareGradientPenalty(MatchingAwareGradientPenaltySettings())
    torch.testing.assert_close(loss(view(Judge(told=0.5))), 2.0 * squared**3)


@pytest.mark.parametrize(
    "loss",
    [
        R1(R1Settings()),
        WGANGP(WGANGPSettings()),
        MatchingAwareGradientPenalty(MatchingAwareGradientPenaltySettings()),
    ],
    ids=["r1", "wgan-gp", "matching-aware"],
)
def test_a_penalty_is_differentiated_again_in_float32_under_autocast(loss: Any) -> None:
    judge = nn.ModuleDict({"trunk": nn.Conv2d(3, 4, 8), "head": nn.Linear(4, 1)})

    class Convolving(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = judge

        def features(self, image: Tensor) -> Tensor:
            assert image.dtype == torch.float32
            return self.layers["trunk"](image).tanh()

        def logits(self, features: Tensor, condition: Condition) -> Logits:
            assert features.dtype == torch.float32
            return Logits(self.layers["head"](features.flatten(1)).flatten())

    shown = view(Convolving())
    with torch.autocast("cpu", torch.bfloat16):
        value = loss(shown)
    gradient = torch.autograd.grad(value, judge["trunk"].weight)[0]
    assert bool(torch.isfinite(gradient).all())
    assert gradient.abs().max() > 0


def test_what_a_penalty_is_shown_stays_as_it_was() -> None:
    shown = view(Judge(told=1.0))
    before = evolve(shown.shown[8], real=shown.shown[8].real.clone())
    MatchingAwareGradientPenalty(MatchingAwareGradientPenaltySettings())(shown)
    assert torch.equal(shown.shown[8].real, before.real)
    assert not shown.shown[8].real.requires_grad
    assert not shown.shown[8].condition.mu.requires_grad


@pytest.mark.parametrize(
    ("often", "seldom"),
    [
        (R1(R1Settings()), R1(R1Settings(every=4))),
        (WGANGP(WGANGPSettings()), WGANGP(WGANGPSettings(every=4))),
        (
            MatchingAwareGradientPenalty(MatchingAwareGradientPenaltySettings()),
            MatchingAwareGradientPenalty(MatchingAwareGradientPenaltySettings(every=4)),
        ),
    ],
    ids=["r1", "wgan-gp", "matching-aware"],
)
def test_a_penalty_every_few_steps_is_the_same_on_average(often: Any, seldom: Any) -> None:
    steps = [evolve(view(Judge(square=True)), step=step) for step in range(8)]
    found = torch.stack([seldom(one) for one in steps])
    assert found.ne(0).tolist() == [True, False, False, False] * 2
    torch.testing.assert_close(found.mean(), often(view(Judge(square=True))))


class TwoHeads(Judge):
    """The same logit once more for the picture alone, but steeper."""

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        return Logits(super().logits(features, condition).conditional, 3 * features.sum(dim=1))


def test_the_head_for_the_picture_alone_is_penalised_too() -> None:
    slope = SLOPE.square().sum()
    both = view(TwoHeads(told=0.5))
    torch.testing.assert_close(R1(R1Settings(weight=2.0))(both), (1 + 9) * slope)
    found = WGANGP(WGANGPSettings(weight=1.0))(both)
    lengths = torch.stack([slope.sqrt(), 3 * slope.sqrt()])
    torch.testing.assert_close(found, (lengths - 1).square().sum())
    aware = MatchingAwareGradientPenaltySettings(weight=1.0, power=2.0)
    by_mu = 0.25 * condition(BATCH).mu.shape[1]
    torch.testing.assert_close(MatchingAwareGradientPenalty(aware)(both), (1 + 9) * slope + by_mu)
