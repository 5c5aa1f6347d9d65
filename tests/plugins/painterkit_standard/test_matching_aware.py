from __future__ import annotations

import pytest
import torch
from attrs import evolve
from torch import Tensor
from torch.nn import functional

from painterkit.interfaces.discriminator import Logits
from painterkit.interfaces.loss import Judged, Side, StepView
from painterkit_standard.loss_settings import MatchingAwareSettings
from painterkit_standard.matching_aware import MatchingAware

BATCH = 6


def normal(seed: int) -> Tensor:
    return 2 * torch.randn(BATCH, generator=torch.Generator().manual_seed(seed))


def pairs(
    unconditional: bool = False, weight: Tensor | None = None, mismatched: bool = True
) -> Judged:
    def logits(seed: int) -> Logits:
        return Logits(normal(seed), normal(seed + 10) if unconditional else None)

    return Judged(
        fake=logits(1),
        real=logits(2),
        mismatched=logits(3) if mismatched else None,
        mismatched_weight=(torch.ones(BATCH) if weight is None else weight) if mismatched else None,
    )


def loss_of(side: Side, *judged: Judged, **settings: object) -> Tensor:
    loss = MatchingAware(MatchingAwareSettings(**settings))
    return loss(StepView(side, dict(enumerate(judged)), {}))


def judge(*judged: Judged, **settings: object) -> Tensor:
    return loss_of(Side.DISCRIMINATOR, *judged, **settings)


def draw(*judged: Judged, **settings: object) -> Tensor:
    return loss_of(Side.GENERATOR, *judged, **settings)


def bce(logits: Tensor | None, label: float) -> Tensor:
    """Compute as the peers do: binary cross-entropy of a sigmoid."""
    assert logits is not None
    probabilities = torch.sigmoid(logits)
    return functional.binary_cross_entropy(probabilities, torch.full_like(probabilities, label))


def of(judged: Judged) -> tuple[Logits, Logits, Logits]:
    assert judged.real is not None
    assert judged.mismatched is not None
    return judged.real, judged.mismatched, judged.fake


def test_the_first_stage_is_real_and_half_of_wrong_and_fake() -> None:
    judged = pairs()
    real, wrong, fake = of(judged)
    expected = bce(real.conditional, 1) + 0.5 * (
        bce(wrong.conditional, 0) + bce(fake.conditional, 0)
    )
    torch.testing.assert_close(judge(judged), expected)


def test_the_second_stage_is_half_of_the_real_and_a_third_of_the_rest() -> None:
    judged = pairs(unconditional=True)
    real, wrong, fake = of(judged)
    expected = (bce(real.conditional, 1) + bce(real.unconditional, 1)) / 2 + (
        bce(fake.conditional, 0) + bce(wrong.conditional, 0) + bce(fake.unconditional, 0)
    ) / 3
    torch.testing.assert_close(judge(judged), expected)


def test_the_generator_wants_its_pictures_to_be_called_real() -> None:
    judged = pairs(unconditional=True)
    expected = bce(judged.fake.conditional, 1) + bce(judged.fake.unconditional, 1)
    torch.testing.assert_close(draw(judged), expected)
    alone = Judged(fake=Logits(judged.fake.conditional))
    torch.testing.assert_close(draw(alone), bce(judged.fake.conditional, 1))


def test_the_saturating_loss_is_what_the_paper_prints() -> None:
    judged = pairs()
    expected = torch.log(1 - torch.sigmoid(judged.fake.conditional)).mean()
    torch.testing.assert_close(draw(judged, saturating=True), expected)
    torch.testing.assert_close(judge(judged, saturating=True), judge(judged))


def test_the_saturating_loss_of_a_head_without_condition_is_added() -> None:
    judged = pairs(unconditional=True)
    alone = judged.fake.unconditional
    assert alone is not None
    expected = sum(
        torch.log(1 - torch.sigmoid(logits)).mean() for logits in (judged.fake.conditional, alone)
    )
    torch.testing.assert_close(draw(judged, saturating=True), expected)
    torch.testing.assert_close(judge(judged, saturating=True), judge(judged))


def test_a_saturating_hinge_is_refused() -> None:
    with pytest.raises(ValueError, match="no other has a logarithm"):
        MatchingAwareSettings(kind="hinge", saturating=True)


def test_the_hinge_loss() -> None:
    judged = pairs()
    real, wrong, fake = of(judged)
    expected = (1 - real.conditional).clamp(min=0).mean() + 0.5 * (
        (1 + wrong.conditional).clamp(min=0).mean() + (1 + fake.conditional).clamp(min=0).mean()
    )
    torch.testing.assert_close(judge(judged, kind="hinge"), expected)
    torch.testing.assert_close(draw(judged, kind="hinge"), -fake.conditional.mean())


def test_weights_of_the_terms() -> None:
    judged = pairs()
    real, wrong, fake = of(judged)
    expected = bce(real.conditional, 1) + 0.3 * bce(wrong.conditional, 0) + bce(fake.conditional, 0)
    torch.testing.assert_close(judge(judged, mismatched=0.3, fake=1.0), expected)
    torch.testing.assert_close(judge(judged, weight=3.0), 3 * judge(judged))
    torch.testing.assert_close(draw(judged, weight=3.0), 3 * draw(judged))


STACKGAN_V2 = {
    "mismatched": 1.0,
    "fake": 1.0,
    "balanced": False,
    "unconditional_mismatched": True,
}


def test_stackgan_v2_adds_up_all_terms_and_calls_the_wrong_picture_real() -> None:
    judged = pairs(unconditional=True)
    real, wrong, fake = of(judged)
    expected = (
        bce(real.conditional, 1)
        + bce(real.unconditional, 1)
        + bce(wrong.conditional, 0)
        + bce(wrong.unconditional, 1)
        + bce(fake.conditional, 0)
        + bce(fake.unconditional, 0)
    )
    torch.testing.assert_close(judge(judged, **STACKGAN_V2), expected)
    torch.testing.assert_close(
        draw(judged, **STACKGAN_V2), bce(fake.conditional, 1) + bce(fake.unconditional, 1)
    )


def test_a_plain_sum_without_the_wrong_picture_where_no_words_are_asked_for() -> None:
    judged = pairs(unconditional=True)
    real, wrong, fake = of(judged)
    expected = (
        bce(real.conditional, 1)
        + bce(real.unconditional, 1)
        + 0.3 * bce(wrong.conditional, 0)
        + 0.5 * (bce(fake.conditional, 0) + bce(fake.unconditional, 0))
    )
    torch.testing.assert_close(judge(judged, mismatched=0.3, balanced=False), expected)


def test_the_wrong_picture_joins_the_real_ones_in_balance() -> None:
    judged = pairs(unconditional=True)
    real, wrong, fake = of(judged)
    positive = (
        bce(real.conditional, 1) + bce(real.unconditional, 1) + 0.5 * bce(wrong.unconditional, 1)
    ) / 2.5
    negative = (
        bce(fake.conditional, 0) + bce(wrong.conditional, 0) + bce(fake.unconditional, 0)
    ) / 3
    torch.testing.assert_close(judge(judged, unconditional_mismatched=True), positive + negative)


@pytest.mark.parametrize("changed", [{"balanced": False}, {"unconditional_mismatched": True}])
def test_without_an_unconditional_head_neither_matters(changed: dict[str, bool]) -> None:
    torch.testing.assert_close(judge(pairs(), **changed), judge(pairs()))


def test_a_wrong_picture_that_is_the_same_one_is_not_seen_once_more() -> None:
    weight = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    judged = pairs(unconditional=True, weight=weight)
    _, wrong, _ = of(judged)
    kept = weight.bool()
    assert wrong.unconditional is not None
    difference = judge(judged, **STACKGAN_V2) - judge(
        judged, **{**STACKGAN_V2, "unconditional_mismatched": False}
    )
    torch.testing.assert_close(difference, bce(wrong.unconditional[kept], 1))


def test_several_resolutions_are_added_up() -> None:
    one, two = pairs(), pairs(unconditional=True)
    torch.testing.assert_close(judge(one, two), judge(one) + judge(two))
    torch.testing.assert_close(draw(one, two), draw(one) + draw(two))


def test_a_mismatched_pair_of_the_same_picture_never_counts() -> None:
    weight = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    judged = pairs(weight=weight)
    real, wrong, fake = of(judged)
    kept = wrong.conditional[weight.bool()]
    expected = bce(real.conditional, 1) + 0.5 * (bce(kept, 0) + bce(fake.conditional, 0))
    torch.testing.assert_close(judge(judged), expected)


@pytest.mark.parametrize("mismatched", [True, False], ids=["all the same picture", "none"])
def test_without_a_mismatched_pair_the_rest_stays(mismatched: bool) -> None:
    judged = pairs(weight=torch.zeros(BATCH), mismatched=mismatched)
    assert judged.real is not None
    expected = bce(judged.real.conditional, 1) + 0.5 * bce(judged.fake.conditional, 0)
    torch.testing.assert_close(judge(judged), expected)


def test_sure_logits_stay_finite_and_differentiable() -> None:
    sure = torch.tensor([-300.0, 300.0], requires_grad=True)
    value = draw(Judged(fake=Logits(sure)))
    assert value.item() == pytest.approx(150.0)
    value.backward()
    assert sure.grad is not None
    torch.testing.assert_close(sure.grad, torch.tensor([-0.5, 0.0]))


def test_least_squares_and_the_critics_difference() -> None:
    real, fake, wrong = normal(2), normal(1), normal(3)
    found = judge(pairs(), kind="lsgan")
    squares = (real - 1).square().mean() + 0.5 * (fake.square().mean() + wrong.square().mean())
    torch.testing.assert_close(found, squares)
    found = judge(pairs(), kind="wgan")
    torch.testing.assert_close(found, -real.mean() + 0.5 * (fake.mean() + wrong.mean()))
    drawn = loss_of(Side.GENERATOR, pairs(), kind="lsgan")
    torch.testing.assert_close(drawn, (fake - 1).square().mean())
    torch.testing.assert_close(loss_of(Side.GENERATOR, pairs(), kind="wgan"), -fake.mean())


def test_pictures_between_two_conversations_count_with_their_weight() -> None:
    between = evolve(pairs(), interpolated=Logits(normal(7)))
    expected = functional.softplus(-normal(1)).mean() + 0.5 * functional.softplus(-normal(7)).mean()
    torch.testing.assert_close(loss_of(Side.GENERATOR, between, interpolated=0.5), expected)
