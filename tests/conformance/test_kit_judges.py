"""The kit names what is broken in a conditioner, a discriminator or a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn
from torch.nn import functional

from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.discriminator import Logits
from painterkit.interfaces.loss import Side, StepView
from painterkit.testing import check_conditioner, check_discriminator, check_loss
from painterkit.testing.sample_parts import SampleDiscriminator
from painterkit.testing.subject import CONDITION_WIDTH, EMBEDDING_WIDTH, Subject

MakeSubject = Callable[[Any], Subject]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


class Augmentation(nn.Module):
    """A right conditioner."""

    width = 5
    noise_width = 5

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(EMBEDDING_WIDTH, 10)

    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        mu, log_variance = self.linear(embedding).chunk(2, dim=1)
        code = mu + (0.5 * log_variance).exp() * noise
        return Condition(embedding, code, mu, log_variance)


class IgnoresTheNoise(Augmentation):
    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        return super().forward(embedding, noise * 0)


class IgnoresTheEmbedding(Augmentation):
    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        return evolve(super().forward(embedding * 0, noise), embedding=embedding)


class IsNotMuAtZeroNoise(Augmentation):
    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        return super().forward(embedding, noise + 0.5)


class TakesTheVarianceForTheDeviation(Augmentation):
    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        told = super().forward(3 * embedding, noise)
        code = told.mu + told.log_variance.exp() * noise
        return evolve(told, code=code, embedding=embedding)


class LosesTheEmbedding(Augmentation):
    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        return evolve(super().forward(embedding, noise), embedding=embedding * 2)


class NormalisesOverTheBatch(Augmentation):
    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        told = super().forward(embedding - embedding.mean(dim=0), noise)
        return evolve(told, embedding=embedding)


class CutsTheGraph(Augmentation):
    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        return super().forward(embedding, noise).detach()


class IsNarrowerThanItSays(Augmentation):
    width = 6


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (IgnoresTheNoise, "code does not depend on the noise, though it declares noise_width = 5"),
        (IgnoresTheEmbedding, "code does not depend on the embedding"),
        (IsNotMuAtZeroNoise, "at zero noise its code is not mu"),
        (TakesTheVarianceForTheDeviation, "does not have the variance that log_variance says"),
        (LosesTheEmbedding, "is not the one that it was given"),
        (NormalisesOverTheBatch, "row 0 of a batch is not what it is alone"),
        (CutsTheGraph, r"'linear\.weight' cannot be trained"),
        (IsNarrowerThanItSays, r"its code has the shape \[5, 5\] instead of \[5, 6\]"),
    ],
    ids=name,
)
def test_a_broken_conditioner_is_named(
    subject: MakeSubject, broken: type[Augmentation], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_conditioner(subject(broken))


class IgnoresItsCondition(SampleDiscriminator):
    def logits(self, features: Tensor, condition: Condition) -> Logits:
        zero = torch.zeros_like(condition.mu)
        return super().logits(features, evolve(condition, mu=zero + 0 * condition.mu))


class IgnoresThePicture(SampleDiscriminator):
    def features(self, image: Tensor) -> Tensor:
        return super().features(0 * image)


class TellsTheUnconditionalHead(SampleDiscriminator):
    def logits(self, features: Tensor, condition: Condition) -> Logits:
        logits = super().logits(features, condition)
        return Logits(logits.conditional, logits.conditional)


class GivesHalfPrecision(SampleDiscriminator):
    def logits(self, features: Tensor, condition: Condition) -> Logits:
        seen = self.alone(features.flatten(1)).flatten()
        return Logits(super().logits(features, condition).conditional, seen)


class ChangesTheFeatures(SampleDiscriminator):
    def logits(self, features: Tensor, condition: Condition) -> Logits:
        logits = super().logits(features.clone(), condition)
        with torch.no_grad():
            features += 1
        return logits


class GivesAColumn(SampleDiscriminator):
    def logits(self, features: Tensor, condition: Condition) -> Logits:
        logits = super().logits(features, condition)
        return Logits(logits.conditional.unsqueeze(1))


class ReadsMoreThanItSays(SampleDiscriminator):
    reads = "embedding"


class CutsThePicture(SampleDiscriminator):
    def features(self, image: Tensor) -> Tensor:
        return super().features(image.detach())


class SharesStatistics(SampleDiscriminator):
    def features(self, image: Tensor) -> Tensor:
        seen = super().features(image)
        return seen / (1 + seen.std(dim=0, correction=0))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (IgnoresItsCondition, "its conditional logit does not depend on the condition"),
        (IgnoresThePicture, "its conditional logit does not depend on the picture"),
        (TellsTheUnconditionalHead, "its unconditional logit depends on the condition"),
        (GivesHalfPrecision, "under bfloat16 autocast: its unconditional logit is torch.bfloat16"),
        (ChangesTheFeatures, r"logits\(\) changes them"),
        (GivesAColumn, r"its conditional logit has the shape \[5, 1\] instead of \[5\]"),
        (ReadsMoreThanItSays, "says that it reads 'embedding', but reads something else too"),
        (CutsThePicture, "sends no gradient to the picture"),
        (SharesStatistics, "row 0 of a batch is not what it is alone"),
    ],
    ids=name,
)
def test_a_broken_discriminator_is_named(
    subject: MakeSubject, broken: type[SampleDiscriminator], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        check_discriminator(subject(broken))


def a_loss(
    compute: Callable[[StepView], Tensor],
    sides: tuple[str, ...] = (Side.GENERATOR,),
    reads: tuple[str, ...] = ("judged",),
) -> Callable[[], Any]:
    class Made:
        def __init__(self) -> None:
            self.sides, self.reads = sides, reads

        def __call__(self, view: StepView) -> Tensor:
            return compute(view)

    return Made


def fakes(view: StepView) -> Tensor:
    return torch.stack(
        [functional.softplus(-j.fake.conditional).mean() for j in view.judged.values()]
    )


def through_a_sigmoid(view: StepView) -> Tensor:
    return torch.stack(
        [-torch.log(torch.sigmoid(j.fake.conditional)).mean() for j in view.judged.values()]
    ).sum()


def mean_over_pairs(view: StepView) -> Tensor:
    """Divides by the number of pairs, which may be none."""
    total = fakes(view).sum()
    for judged in view.judged.values():
        if judged.mismatched is not None and judged.mismatched_weight is not None:
            pairs = judged.mismatched_weight
            total = total + (judged.mismatched.conditional * pairs).sum() / pairs.sum()
    return total


def of_images(view: StepView) -> Tensor:
    return torch.stack([image.square().mean() for image in view.images.values()]).sum()


def needs_mismatched(view: StepView) -> Tensor:
    return torch.stack([j.mismatched.conditional.mean() for j in view.judged.values()]).sum()  # pyright: ignore


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (a_loss(lambda view: fakes(view).sum() * float("nan")), "its value is nan"),
        (a_loss(through_a_sigmoid), "with logits in the hundreds: its value is inf"),
        (a_loss(fakes), r"must be a float32 scalar, and is torch.float32 \[2\]"),
        (a_loss(lambda view: fakes(view).sum().double()), "is torch.float64"),
        (a_loss(lambda view: fakes(view).sum().detach()), "cannot be differentiated"),
        (
            a_loss(mean_over_pairs, sides=(Side.DISCRIMINATOR,)),
            "on the discriminator's side, with all pairs of the same picture: its value is nan",
        ),
        (a_loss(lambda view: fakes(view).sum(), reads=("conditions",)), "it reads 'judged', but"),
        (a_loss(of_images), "it reads 'images', but declares only judged"),
        (
            a_loss(lambda view: fakes(view).sum(), reads=("judged", "real")),
            "it reads 'fake', but declares only judged, real",
        ),
        (a_loss(lambda view: fakes(view).sum(), reads=("judge",)), "reads names judge, which no"),
        (
            a_loss(lambda view: fakes(view).sum(), sides=("painter",)),
            "sides must name discriminator",
        ),
        (
            a_loss(lambda view: fakes(view).sum() + torch.rand(())),
            "the same inputs give two results",
        ),
    ],
    ids=[
        "nan",
        "inf",
        "vector",
        "double",
        "cut",
        "no-pairs",
        "reads",
        "images",
        "field",
        "what",
        "side",
        "random",
    ],
)
def test_a_broken_loss_is_named(subject: MakeSubject, make: Callable[[], Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_loss(subject(make))


def test_a_crash_in_a_loss_is_shown_as_it_is(subject: MakeSubject) -> None:
    with pytest.raises(AttributeError, match="conditional"):
        check_loss(subject(a_loss(needs_mismatched, sides=(Side.DISCRIMINATOR,))))


def test_right_judges_pass(subject: MakeSubject) -> None:
    check_conditioner(subject(Augmentation))
    check_discriminator(subject(lambda: SampleDiscriminator(CONDITION_WIDTH)))
    check_loss(subject(a_loss(lambda view: fakes(view).sum(), reads=("judged", "fake"))))
    check_loss(subject(a_loss(of_images, reads=("images",))))
