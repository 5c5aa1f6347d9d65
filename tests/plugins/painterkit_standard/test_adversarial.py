from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from painterkit.data.batch import Batch
from painterkit.interfaces.loss import Side, StepView
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, TrainingStep, Update
from painterkit.registry import Registry
from painterkit.settings import Use
from painterkit.testing import sample_batch, sample_parts
from painterkit.testing.subject import CAPTION_WIDTH, TURN_WIDTH
from painterkit_standard.adversarial import Adversarial
from painterkit_standard.kl import KL
from painterkit_standard.loss_settings import MatchingAwareSettings
from painterkit_standard.matching_aware import MatchingAware
from painterkit_standard.samplers import Gaussian, LastTurn
from painterkit_standard.training_settings import AdversarialSettings

from ...small_recipe import SMALL, assemble_table

MATCHING = MatchingAware(MatchingAwareSettings())


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return sample_parts((8, 16)).train()


def step_of(*resolutions: int, **losses: Any) -> Adversarial:
    slots = {"matching": Use("matching-aware", MatchingAwareSettings())}
    settings = AdversarialSettings(resolutions=resolutions, losses=slots)
    return Adversarial(settings, losses or {"matching": MATCHING, "kl": KL(2.0)})


def updates(step: TrainingStep, parts: Parts, batch: Batch) -> Iterator[Update]:
    context = StepContext(
        step=0,
        images_seen=0,
        shared=torch.Generator().manual_seed(1),
        local=torch.Generator().manual_seed(2),
        turns=LastTurn(),
        noise=Gaussian(1.0),
    )
    return iter(step.step(parts, batch, context))


def watched(module: nn.Module, method: str) -> list[tuple[Any, ...]]:
    """Record what a method of a module is given."""
    calls: list[tuple[Any, ...]] = []
    original = getattr(module, method)

    def recording(*given: Any, **named: Any) -> Any:
        calls.append((*given, *named.values()))
        return original(*given, **named)

    setattr(module, method, recording)
    return calls


def reached(loss: Tensor, parts: Parts) -> set[str]:
    named = dict(parts.named_parameters())
    gradients = torch.autograd.grad(
        loss, list(named.values()), allow_unused=True, retain_graph=True
    )
    return {
        name.split(".")[0]
        for name, gradient in zip(named, gradients, strict=True)
        if gradient is not None
    }


def test_the_discriminators_come_first(parts: Parts) -> None:
    found = list(updates(step_of(8, 16), parts, sample_batch((8, 16))))
    assert [tuple(update.optimizers) for update in found] == [("discriminator",), ("generator",)]


def test_a_batch_is_drawn_once_and_judged_again_after_the_first_update(parts: Parts) -> None:
    drawn = watched(parts.generator, "forward")
    seen = watched(parts.discriminator(16), "features")
    list(updates(step_of(8, 16), parts, sample_batch((8, 16))))
    assert len(drawn) == 1
    (real,), (fake,), (again,) = seen
    assert torch.equal(real, sample_batch((8, 16)).images[16])
    assert torch.equal(fake, again), "the generator improves on other pictures than were judged"
    assert not fake.requires_grad
    assert again.requires_grad


def test_a_normalised_weight_is_computed_once_an_update(parts: Parts) -> None:
    """The trunk sees real and drawn pictures in the first update, drawn ones in the second."""
    trunk = parts.discriminator(16).trunk  # pyright: ignore[reportAttributeAccessIssue]
    spectral_norm(trunk)
    made = watched(trunk.parametrizations.weight, "forward")
    counts: list[int] = []
    for update in updates(step_of(16), parts, sample_batch((16,))):
        counts.append(len(made))
        update.loss.backward()
    assert counts == [1, 2]


def test_each_update_reaches_the_parts_that_it_is_for(parts: Parts) -> None:
    first, second = updates(step_of(8, 16), parts, sample_batch((8, 16)))
    assert reached(first.loss, parts) == {"discriminators"}
    assert reached(second.loss, parts) >= {"generator", "dialogue_encoder"}


def test_the_generators_update_leaves_the_discriminators_gradients_alone(parts: Parts) -> None:
    found = updates(step_of(8), parts, sample_batch((8, 16)))
    judge = list(parts.discriminators.parameters())
    next(found).loss.backward(inputs=judge)
    before = [None if p.grad is None else p.grad.clone() for p in judge]
    next(found).loss.backward(inputs=list(parts.generator.parameters()))
    for parameter, gradient in zip(judge, before, strict=True):
        assert (parameter.grad is None) == (gradient is None)
        if parameter.grad is not None and gradient is not None:
            assert torch.equal(parameter.grad, gradient)


def test_the_generator_meets_the_discriminators_as_they_have_become(parts: Parts) -> None:
    unchanged = list(updates(step_of(8), parts, sample_batch((8, 16))))[1].loss
    found = updates(step_of(8), parts, sample_batch((8, 16)))
    next(found)
    with torch.no_grad():
        parts.discriminator(8).alone.bias.add_(3.0)
    assert next(found).loss.item() < unchanged.item() - 1.0


def test_real_pictures_meet_their_own_words_and_those_of_the_next(parts: Parts) -> None:
    told = watched(parts.discriminator(8), "logits")
    found = updates(step_of(8), parts, sample_batch((8, 16)))
    next(found)
    (fake, own), (real, matching), (same, others) = told
    assert torch.equal(real, same), "the trunk saw the real pictures twice"
    assert not torch.equal(real, fake)
    assert torch.equal(own.mu, matching.mu)
    assert torch.equal(others.mu, own.mu.roll(-1, dims=0))
    assert not own.mu.requires_grad


def test_the_losses_are_those_of_both_sides(parts: Parts) -> None:
    first, second = updates(step_of(8, 16), parts, sample_batch((8, 16)))
    assert set(first.metrics) == {
        "discriminator.matching", "real.8", "fake.8", "real.16", "fake.16", "spread"
    }  # fmt: skip
    assert set(second.metrics) == {"generator.matching", "generator.kl"}
    torch.testing.assert_close(first.loss, first.metrics["discriminator.matching"])
    torch.testing.assert_close(second.loss, sum(second.metrics.values()))


def test_the_discriminators_loss_is_the_formula_of_the_first_stage(parts: Parts) -> None:
    batch = sample_batch((8,))
    told = watched(parts.discriminator(8), "logits")
    loss = next(updates(step_of(8, matching=MATCHING), parts, batch)).loss
    conditional = [parts.discriminator(8).logits(*call).conditional for call in told[:3]]
    alone = [parts.discriminator(8).logits(*call).unconditional for call in told[:3]]
    fake, real, wrong = conditional
    other = torch.tensor([True, False, True, True, True])  # rows 1 and 2 are about one picture
    bce = functional.binary_cross_entropy_with_logits
    one, zero = torch.ones(5), torch.zeros(5)
    expected = (bce(real, one) + bce(alone[1], one)) / 2 + (
        bce(fake, zero) + bce(wrong[other], zero[other]) + bce(alone[0], zero)
    ) / 3
    torch.testing.assert_close(loss, expected)


class Seeing:
    """A term that sees what was drawn."""

    sides = tuple(Side)
    reads = ("images",)

    def __init__(self) -> None:
        self.views: list[StepView] = []

    def __call__(self, view: StepView) -> Tensor:
        self.views.append(view)
        return torch.stack([image.mean() for image in view.images.values()]).sum()


def test_losses_see_every_picture_that_was_drawn(parts: Parts) -> None:
    """Those that nobody judges as well; only the generator learns from them."""
    seeing = Seeing()
    step = step_of(16, matching=MATCHING, seeing=seeing)
    first, second = updates(step, parts, sample_batch((8, 16)))
    judges, draws = seeing.views
    assert list(judges.images) == list(draws.images) == [8, 16]
    for size in (8, 16):
        assert torch.equal(judges.images[size], draws.images[size])
    assert not any(image.requires_grad for image in judges.images.values())
    assert all(image.requires_grad for image in draws.images.values())
    assert reached(first.loss, parts) == {"discriminators"}
    torch.testing.assert_close(second.loss, sum(second.metrics.values()))


def test_what_is_finer_than_it_judges_is_not_drawn(parts: Parts) -> None:
    drawn = watched(parts.generator, "_picture")
    list(updates(step_of(8), parts, sample_batch((8,))))
    assert [size for _, size in drawn] == [8]


def test_noise_is_its_ranks_own_and_turns_are_shared(parts: Parts) -> None:
    shared, local = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    before = shared.get_state(), local.get_state()
    context = StepContext(0, 0, shared, local, LastTurn(), Gaussian(1.0))
    list(step_of(8).step(parts, sample_batch((8,)), context))
    assert torch.equal(shared.get_state(), before[0]), "the last turn needs no chance"
    assert not torch.equal(local.get_state(), before[1])


def moved(loss: Tensor, parts: Parts) -> set[str]:
    """Return the modules whose weights the loss moves."""
    named = {n: p for n, p in parts.named_parameters() if not n.startswith("discriminators")}
    gradients = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    return {
        next(module for module in (*WITH_WEIGHTS, name) if name.startswith(module))
        for name, gradient in zip(named, gradients, strict=True)
        if gradient is not None and bool(gradient.abs().sum() > 0)
    }


CONDITIONER, READER = "generator.stage1.conditioner", "dialogue_encoder"
WITH_WEIGHTS = (CONDITIONER, READER)


@pytest.mark.parametrize(
    ("reads", "reached"),
    [
        ("mu", {CONDITIONER, READER}),
        ("code", {CONDITIONER, READER}),
        ("embedding", {READER}),
    ],
)
def test_the_conditioner_learns_through_the_discriminator_only_if_told_so(
    registry: Registry, tmp_path: Path, reads: str, reached: set[str]
) -> None:
    for through, expected in ((False, set[str]()), (True, reached)):
        step = {
            "use": "adversarial",
            "resolutions": [8],
            "losses": {"matching": "matching-aware"},
            "gradient_through_condition": through,
        }
        phase = {
            "name": "stage-1",
            "until": {"steps": 1},
            "batch": 5,
            "optimizers": {
                "generator": {"train": ["generator.stage1", "dialogue_encoder"]},
                "discriminator": {"train": ["discriminators.8"]},
            },
            "step": step,
        }
        table = deepcopy({**SMALL, "phases": [phase]})
        table["parts"]["caption_encoder"]["width"] = CAPTION_WIDTH
        table["parts"]["turn_encoder"] = {"use": "hashed-words", "width": TURN_WIDTH}
        table["parts"]["discriminators"]["8"] |= {"norm": "none", "reads": reads}
        assembly = assemble_table(table, registry, tmp_path)
        parts = assembly.parts
        with torch.no_grad():  # a blind trunk: the picture itself sends no gradient
            parts.discriminator(8).trunk[0][0].weight.zero_()
            parts.discriminator(8).trunk[0][0].bias.fill_(1.0)
        found = updates(assembly.steps[0], parts, sample_batch((8,)))
        first = next(found).loss
        assert moved(first, parts) == set(), "the discriminator's update reached the generator"
        assert moved(next(found).loss, parts) == expected


def test_misfits_are_whole_sentences(parts: Parts) -> None:
    assert step_of(8, 16).misfits(parts) == []
    assert step_of(8, 64).misfits(parts) == [
        "the generator draws no picture of 64 px; it draws 8, 16"
    ]
    parts.discriminators = nn.ModuleDict({"16": parts.discriminators["16"]})
    assert step_of(8, 16).misfits(parts) == [
        "nobody judges pictures of 8 px; name a discriminator in parts.discriminators.8"
    ]


def test_it_asks_the_image_encoder_to_tell_what_is_seen_and_where_a_loss_reads_it() -> None:
    class Sees(KL):
        reads = ("seen",)

    plain = step_of(8)
    assert not plain.asks_image_encoder
    assert step_of(8, matching=MATCHING, sees=Sees(1.0)).asks_image_encoder
    assert Adversarial(evolve(plain.settings, told="image"), plain.losses).asks_image_encoder


def test_an_update_without_a_loss_is_a_misfit(parts: Parts) -> None:
    assert step_of(8, kl=KL(1.0)).misfits(parts) == [
        "no loss belongs to the discriminator's update; name one in step.losses"
    ]
    assert step_of(8, matching=MATCHING).misfits(parts) == []
