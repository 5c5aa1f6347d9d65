from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from painterkit.assembly import Assembly
from painterkit.errors import WrongInput
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.registry import Registry
from painterkit.testing import sample_batch
from painterkit.testing.sample_batches import with_extras
from painterkit.testing.sample_data import ATTRIBUTES
from painterkit.testing.subject import CAPTION_WIDTH, TURN_WIDTH
from painterkit_standard.samplers import Gaussian, LastTurn
from painterkit_standard.spread import spread

from ...small_recipe import SMALL, Table, assemble_table

SPECTRAL = {"use": "stackgan", "channels": 4, "norm": "spectral"}
LABELLED = {"use": "labelled", "inner": SPECTRAL}
MATCHING = {"matching": "matching-aware"}

PENALTIES = ["r1", "wgan-gp", "matching-aware-gradient-penalty"]

Assembled = Callable[..., Assembly]


@pytest.fixture
def assembled(registry: Registry, tmp_path: Path) -> Assembled:
    """Return a function that assembles a small recipe with one adversarial step of 8 px."""

    def assemble(judge: Table, losses: Table, **settings: Any) -> Assembly:
        table = deepcopy({**SMALL, "phases": [PHASE]})
        table["parts"]["caption_encoder"]["width"] = CAPTION_WIDTH
        table["parts"]["turn_encoder"] = {"use": "hashed-words", "width": TURN_WIDTH}
        table["parts"]["discriminators"] = {"8": judge, "16": judge}
        step = {"use": "adversarial", "resolutions": [8], "losses": {**MATCHING, **losses}}
        table["phases"][0]["step"] = {**step, **settings}
        return assemble_table(table, registry, tmp_path)

    return assemble


PHASE = {
    "name": "joint",
    "until": {"steps": 1},
    "batch": 5,
    "optimizers": {
        "generator": {"train": ["generator.stage1", "dialogue_encoder"]},
        "discriminator": {"train": ["discriminators.8"]},
    },
}


def updates(assembly: Assembly) -> list[Update]:
    [step] = assembly.steps
    context = StepContext(
        step=0,
        images_seen=0,
        shared=torch.Generator().manual_seed(1),
        local=torch.Generator().manual_seed(2),
        turns=LastTurn(),
        noise=Gaussian(1.0),
        another=lambda number: with_extras(sample_batch((8,), number), step.extras),
    )
    batch = with_extras(sample_batch((8,)), step.extras)
    return list(step.step(assembly.parts, batch, context))


def refused(assembled: Assembled, judge: Table, losses: Table, **settings: Any) -> list[str]:
    with pytest.raises(WrongInput) as caught:
        assembled(judge, losses, **settings)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("judge", ["stackgan", "gan-cls"])
@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_refuses_batch_normalisation_and_nothing_else(
    assembled: Assembled, penalty: str, judge: str
) -> None:
    batch_norm = {"use": judge, "channels": 4}
    assert refused(assembled, batch_norm, {"flat": penalty}) == [
        "phases.joint.step   the loss 'flat' needs discriminators that judge each picture by "
        "itself, and the batch normalisation of that of 8 px mixes those of a batch; give it "
        "another norm, such as 'spectral' or 'layer'"
    ]
    for norm in ("spectral", "layer", "none"):
        other = {**batch_norm, "norm": norm}
        first, second = updates(assembled(other, {"flat": penalty}))
        assert float(first.metrics["discriminator.flat"]) >= 0
        assert "generator.flat" not in second.metrics


def test_the_auxiliary_loss_needs_heads_that_fit(assembled: Assembled) -> None:
    sentence = (
        "phases.joint.step   the loss 'labels' needs discriminators that tell the {} of pictures, "
        "and that of 8 px does not; write it as the inner one of 'labelled'"
    )
    assert refused(assembled, SPECTRAL, {"labels": "auxiliary"}) == [sentence.format("attributes")]
    by_class = {"labels": {"use": "auxiliary", "of": "class"}}
    assert refused(assembled, LABELLED, by_class) == [sentence.format("class")]
    assert updates(assembled({**LABELLED, "of": "class"}, by_class))


def test_the_auxiliary_loss_counts_what_was_told(assembled: Assembled) -> None:
    assembly = assembled(LABELLED, {"labels": "auxiliary"})
    judge = assembly.parts.discriminator(8)
    logits: list[Tensor] = []
    forward = judge.labels.forward

    def recorded(seen: Tensor) -> Tensor:
        logits.append(forward(seen))
        return logits[-1]

    judge.labels.forward = recorded
    first, second = updates(assembly)
    batch = with_extras(sample_batch((8,)), ("facts",))
    assert batch.said is not None
    assert batch.truth is not None
    said = batch.said[torch.arange(5), batch.lengths]
    fake, real, _mismatched, drawn = logits

    def expected(found: Tensor, right: Tensor) -> Tensor:
        heads = found.split([len(values) for values in ATTRIBUTES.values()], dim=1)
        known = [(row, column) for row, column in (right >= 0).nonzero().tolist()]
        terms = [
            functional.cross_entropy(heads[column][row], right[row, column])
            for row, column in known
        ]
        return torch.stack(terms).mean()

    told = torch.where(said >= 0, batch.truth, -1)
    assert (told >= 0).sum() < (batch.truth >= 0).sum(), "nothing was left untold"
    torch.testing.assert_close(first.metrics["discriminator.labels"], expected(real, told))
    torch.testing.assert_close(second.metrics["generator.labels"], expected(drawn, said))
    assert fake.shape == (5, 9)


def test_the_auxiliary_loss_takes_the_classes_of_the_pictures_that_are_shown(
    assembled: Assembled,
) -> None:
    by_class = {"labels": {"use": "auxiliary", "of": "class"}}
    assembly = assembled({**LABELLED, "of": "class"}, by_class, supervision="matching")
    logits: list[Tensor] = []
    assembly.parts.discriminator(8).labels.register_forward_hook(
        lambda module, given, found: logits.append(found)
    )
    first, second = updates(assembly)
    batch = with_extras(sample_batch((8,)), ("facts", "matching"))
    assert batch.matching_class_ids is not None
    assert batch.class_ids is not None
    shown = batch.matching_class_ids[torch.arange(5), batch.lengths]
    _fake, real, _mismatched, drawn = logits
    found = first.metrics["discriminator.labels"], second.metrics["generator.labels"]
    torch.testing.assert_close(found[0], functional.cross_entropy(real, shown))
    torch.testing.assert_close(found[1], functional.cross_entropy(drawn, batch.class_ids))


def test_a_head_of_labels_leaves_the_inner_judgement_as_it_is(assembled: Assembled) -> None:
    assembly = assembled(LABELLED, {})
    judge = assembly.parts.discriminator(8).eval()
    seen = judge.features(sample_batch((8,)).images[8])
    condition = assembly.parts.generator(
        torch.zeros(5, assembly.context.embedding_width),
        {name: torch.zeros(5, w) for name, w in assembly.parts.generator.noise_widths.items()},
        largest=8,
    ).conditions[8]
    both = judge.logits(seen, condition)
    assert torch.equal(both.conditional, judge.inner.logits(seen, condition).conditional)
    assert both.labels is not None
    assert both.labels.shape == (5, 9)


def test_feature_matching_compares_means_and_teaches_the_generator_alone(
    assembled: Assembled,
) -> None:
    assembly = assembled(SPECTRAL, {"features": {"use": "feature-matching", "weight": 3.0}})
    judge = assembly.parts.discriminator(8)
    seen: list[Tensor] = []
    forward = judge.features

    def recorded(image: Tensor) -> Tensor:
        seen.append(forward(image))
        return seen[-1]

    judge.features = recorded
    first, second = updates(assembly)
    _, _, drawn, real = seen
    assert drawn.requires_grad
    assert not real.requires_grad
    expected = 3.0 * functional.mse_loss(drawn.mean(dim=0), real.mean(dim=0))
    torch.testing.assert_close(second.metrics["generator.features"], expected)
    assert "discriminator.features" not in first.metrics


def test_a_critic_is_updated_so_often_with_other_pictures(assembled: Assembled) -> None:
    assembly = assembled(SPECTRAL, {"gp": "wgan-gp"}, critic_steps=3)
    drawn: list[Tensor] = []
    seen: list[Tensor] = []
    forward = assembly.parts.generator.forward
    judge = assembly.parts.discriminator(8)
    judge.trunk.register_forward_hook(lambda module, given, found: seen.append(given[0]))

    def recorded(*given: Any, **named: Any) -> Any:
        output = forward(*given, **named)
        drawn.append(output.images[8])
        return output

    assembly.parts.generator.forward = recorded
    found = updates(assembly)
    assert [tuple(update.optimizers) for update in found] == [("discriminator",)] * 3 + [
        ("generator",)
    ]
    assert len(drawn) == 3
    assert [image.requires_grad for image in drawn] == [False, False, True]
    assert not torch.equal(drawn[0], drawn[1])
    assert reaches_generator(found[-1].loss, assembly)
    for number in (0, 1, 2):
        real = sample_batch((8,), number).images[8]
        places = [place for place, one in enumerate(seen) if torch.equal(one, real)]
        # Real, drawn and between: three looks an update; the step's own batch comes last.
        assert places == [3 * ((number - 1) % 3)], number


def test_pictures_between_two_conversations_are_half_a_batch(assembled: Assembled) -> None:
    assembly = assembled(SPECTRAL, {}, interpolated=True)
    sizes: list[int] = []
    forward = assembly.parts.generator.forward

    def recorded(embedding: Tensor, *given: Any, **named: Any) -> Any:
        sizes.append(len(embedding))
        return forward(embedding, *given, **named)

    assembly.parts.generator.forward = recorded
    first, second = updates(assembly)
    assert sizes == [5, 2]
    plain = updates(assembled(SPECTRAL, {}))
    assert first.loss.item() == pytest.approx(plain[0].loss.item())
    assert second.loss.item() > plain[1].loss.item(), "the pictures between add a term above 0"
    assert reaches_generator(second.loss, assembly)


def test_a_batch_with_less_than_two_pairs_is_refused(registry: Registry, tmp_path: Path) -> None:
    """Batch normalisation cannot do with one picture."""
    table = deepcopy({**SMALL, "phases": [deepcopy(PHASE)]})
    table["phases"][0]["step"] = {
        "use": "adversarial",
        "resolutions": [8],
        "losses": MATCHING,
        "interpolated": True,
    }
    table["phases"][0]["batch"] = 3
    with pytest.raises(WrongInput) as caught:
        assemble_table(table, registry, tmp_path)
    assert [str(problem) for problem in caught.value.problems] == [
        "phases.joint.batch   its step needs batches of at least 4, got 3"
    ]


def test_a_generator_with_a_memory_draws_nothing_between(
    assembled: Assembled, registry: Registry, tmp_path: Path
) -> None:
    table = deepcopy({**SMALL, "phases": [deepcopy(PHASE)]})
    table["parts"]["generator"] |= {"use": "stackgan-pp", "memory": "gru"}
    table["parts"]["discriminators"] = {"8": SPECTRAL, "16": SPECTRAL}
    table["phases"][0]["optimizers"]["generator"]["train"] = ["generator.stages.8"]
    step = {"use": "adversarial", "resolutions": [8], "losses": MATCHING, "interpolated": True}
    table["phases"][0]["step"] = step
    with pytest.raises(WrongInput) as caught:
        assemble_table(table, registry, tmp_path)
    assert [str(problem) for problem in caught.value.problems] == [
        "phases.joint.step   pictures between two conversations are drawn alone, and this "
        "generator remembers the turns before; give memory = false, or leave interpolated out"
    ]
    step["memory"] = False
    assert assemble_table(table, registry, tmp_path)


def test_the_spread_is_of_coarse_pictures() -> None:
    assert float(spread(torch.zeros(4, 3, 16, 16))) == 0.0
    noise = torch.randn(64, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    coarse = functional.adaptive_avg_pool2d(noise, 8)
    expected = coarse.std(dim=0, correction=0).square().mean().sqrt()
    torch.testing.assert_close(spread(noise), expected)


def reaches_generator(loss: Tensor, assembly: Assembly) -> bool:
    parameters = list(assembly.parts.generator.parameters())
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    return any(gradient is not None for gradient in found)
