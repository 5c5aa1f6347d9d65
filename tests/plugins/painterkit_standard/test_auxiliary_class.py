"""When a class counts: no data know when it was told, so it is said by `from_turn`."""

from __future__ import annotations

import math

import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.interfaces.discriminator import Logits
from painterkit.interfaces.loss import Facts, Judged, Side, StepView
from painterkit.interfaces.training_step import StepContext
from painterkit.settings import Use
from painterkit.testing import sample_batch, sample_parts
from painterkit.testing.sample_batches import with_extras
from painterkit_standard.adversarial import Adversarial
from painterkit_standard.auxiliary import Auxiliary
from painterkit_standard.loss_settings import AuxiliarySettings, MatchingAwareSettings
from painterkit_standard.matching_aware import MatchingAware
from painterkit_standard.samplers import EveryTurn, Gaussian
from painterkit_standard.training_settings import AdversarialSettings

CLASSES = 4
HEARD = torch.tensor([0, 1, 2, 3, 1, 0])
TURNS = torch.tensor([3, 3, 3, 3, 1, 0])
CLASS_IDS = torch.tensor([0, 1, 2, 3, 0, 1])
FACTS = Facts(class_ids=CLASS_IDS, heard=HEARD, turns=TURNS)


def labelled(right: Tensor, sure: float) -> Judged:
    """Return what a discriminator says that is as sure of the right class as another is not."""
    labels = torch.zeros(len(right), CLASSES)
    labels[torch.arange(len(right)), right] = sure
    logits = Logits(torch.zeros(len(right)), labels=labels.requires_grad_())
    return Judged(fake=logits, real=logits)


def counted(side: Side, from_turn: int, facts: Facts = FACTS) -> list[bool]:
    """Return which rows have a gradient."""
    loss = Auxiliary(AuxiliarySettings(of="class", from_turn=from_turn), (CLASSES,))
    judged = labelled(CLASS_IDS, sure=1.0)
    loss(StepView(side, {8: judged}, {}, facts=facts)).backward()
    assert judged.fake.labels is not None
    assert judged.fake.labels.grad is not None
    return judged.fake.labels.grad.abs().sum(dim=1).bool().tolist()


def test_a_class_counts_from_the_caption_on() -> None:
    assert counted(Side.GENERATOR, 0) == [True] * 6


@pytest.mark.parametrize(
    ("from_turn", "expected"),
    [
        (1, [False, True, True, True, True, True]),
        (2, [False, False, True, True, True, True]),
        (100, [False, False, False, True, True, True]),
    ],
)
def test_or_from_a_turn_on_and_after_the_last_of_fewer(
    from_turn: int, expected: list[bool]
) -> None:
    assert counted(Side.GENERATOR, from_turn) == expected


def test_the_discriminators_learn_the_class_of_every_real_picture() -> None:
    assert counted(Side.DISCRIMINATOR, 100) == [True] * 6


def test_it_is_the_mean_over_those_that_count() -> None:
    loss = Auxiliary(AuxiliarySettings(of="class", from_turn=2), (CLASSES,))
    judged = labelled(CLASS_IDS, sure=2.0)
    value = loss(StepView(Side.GENERATOR, {8: judged}, {}, facts=FACTS))
    assert value.item() == pytest.approx(math.log(1 + 3 * math.exp(-2.0)))
    nobody = evolve(FACTS, heard=torch.zeros(6, dtype=torch.long), turns=torch.full((6,), 3))
    assert loss(StepView(Side.GENERATOR, {8: judged}, {}, facts=nobody)).item() == 0.0


class Hearing:
    """A term that keeps the facts of both updates."""

    sides = tuple(Side)
    reads = ("images", "facts")

    def __init__(self) -> None:
        self.facts: list[Facts | None] = []

    def __call__(self, view: StepView) -> Tensor:
        self.facts.append(view.facts)
        return torch.stack([image.mean() for image in view.images.values()]).sum()


def test_a_step_says_how_many_turns_of_how_many_had_been_heard() -> None:
    hearing, batch = Hearing(), sample_batch((8,))
    losses = {"matching": MatchingAware(MatchingAwareSettings()), "hearing": hearing}
    slots = {"matching": Use("matching-aware", MatchingAwareSettings())}
    step = Adversarial(AdversarialSettings(resolutions=(8,), losses=slots), losses)
    random = torch.Generator().manual_seed(0)
    context = StepContext(0, 0, random, random, EveryTurn(-1), Gaussian(1.0))
    list(step.step(sample_parts((8,)), with_extras(batch, step.extras), context))
    expected = sorted((turn, n) for n in batch.lengths.tolist() for turn in range(n + 1))
    assert len(hearing.facts) == 2
    for facts in hearing.facts:
        assert facts is not None
        assert facts.heard is not None
        assert facts.turns is not None
        assert sorted(zip(facts.heard.tolist(), facts.turns.tolist(), strict=True)) == expected


def test_attributes_count_as_they_are_told() -> None:
    with pytest.raises(ValueError, match="from_turn goes with of = 'class'"):
        AuxiliarySettings(from_turn=1)
