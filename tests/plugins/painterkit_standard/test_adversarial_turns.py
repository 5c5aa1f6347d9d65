"""What the adversarial step draws and judges where a conversation has several moments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn

from painterkit.data.batch import Batch
from painterkit.errors import WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.interfaces.unrolled import DrawnMoments
from painterkit.roles import Role
from painterkit.testing import SampleDataset, sample_batch, sample_parts
from painterkit.testing.sample_batches import with_extras
from painterkit.testing.subject import EMBEDDING_WIDTH
from painterkit_standard.samplers import EveryTurn, Gaussian, LastTurn

Build = Callable[..., Any]
LOSSES = {"matching": "matching-aware"}


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return sample_parts((8,)).train()


@pytest.fixture
def step_of(build: Build) -> Build:
    def made(**settings: Any) -> Any:
        table = {"resolutions": [8], "losses": LOSSES, **settings}
        return build(Role.TRAINING_STEP, "adversarial", table)

    return made


def run(
    step: Any, parts: Parts, turns: TurnSampler | None = None, batch: Batch | None = None
) -> list[Update]:
    shared, local = (torch.Generator().manual_seed(seed) for seed in (1, 2))
    context = StepContext(0, 0, shared, local, turns or LastTurn(), Gaussian(1.0))
    given = batch or sample_batch(step.resolutions)
    return list(step.step(parts, with_extras(given, step.extras), context))


def seen_by(module: nn.Module, method: str) -> list[Tensor]:
    """Record the first thing that each call of a method is given."""
    calls: list[Tensor] = []
    original = getattr(module, method)

    def recording(first: Tensor, *given: Any, **named: Any) -> Any:
        calls.append(first.detach())
        return original(first, *given, **named)

    setattr(module, method, recording)
    return calls


def test_at_every_turn_each_fake_is_judged_beside_its_own_picture(
    parts: Parts, step_of: Build
) -> None:
    seen = seen_by(parts.discriminator(8), "features")
    judged = seen_by(parts.discriminator(8), "logits")
    run(step_of(), parts, EveryTurn(0))
    batch = sample_batch((8,))
    moments = int(batch.lengths.clamp(min=1).sum())
    assert [len(images) for images in seen] == [batch.size, moments, moments]
    assert len(judged[1]) == moments
    distinct = {tuple(one.flatten().tolist()) for one in judged[1].round(decimals=3)}
    assert len(distinct) == batch.size, "each conversation's picture, as often as it was drawn"


def test_a_phase_can_have_turns_of_its_own(parts: Parts, step_of: Build) -> None:
    seen = seen_by(parts.discriminator(8), "features")
    run(step_of(turns={"use": "every-turn", "caption": True}), parts, LastTurn())
    lengths = sample_batch((8,)).lengths
    assert len(seen[1]) == int((lengths + 1).sum())


def test_without_memory_each_moment_is_drawn_alone(parts: Parts, step_of: Build) -> None:
    begun: list[int] = []
    parts.generator.begin = lambda size, device: begun.append(size)
    run(step_of(memory=False), parts, EveryTurn(0))
    assert not begun


def test_told_the_picture_the_painter_is_given_what_is_seen(parts: Parts, step_of: Build) -> None:
    step = step_of(told="image")
    [sentence] = step.misfits(parts)
    assert sentence == (
        "the painter is to be told the image's vector of 14 numbers in place of what was read, "
        "which has 20; give both one width"
    )
    assert parts.image_encoder is not None
    parts.image_encoder.width = EMBEDDING_WIDTH
    parts.image_encoder.linear = nn.Linear(48, EMBEDDING_WIDTH)
    assert not step.misfits(parts)
    assert set(step.resolutions) == {8, 16}, "the image encoder's height as well"
    given = seen_by(parts.generator, "forward")
    batch = sample_batch(step.resolutions)
    run(step, parts, batch=batch)
    pooled = parts.image_encoder(batch.images[parts.image_encoder.resolution]).pooled
    assert torch.equal(given[0], pooled)
    parts.image_encoder = None
    assert "nothing sees them" in step.misfits(parts)[0]


def test_told_the_caption_the_painter_is_given_its_vector_alone(
    parts: Parts, step_of: Build
) -> None:
    step = step_of(told="caption")
    assert "the caption's vector of 12 numbers" in step.misfits(parts)[0]
    given = seen_by(parts.generator, "forward")
    batch = evolve(sample_batch((8,)), captions=torch.randn(5, EMBEDDING_WIDTH))
    run(step, parts, batch=batch)
    assert torch.equal(given[0], batch.captions)


def test_matching_supervision_shows_pictures_that_fit_what_was_said_so_far(
    parts: Parts, step_of: Build
) -> None:
    step = step_of(supervision="matching")
    assert set(step.extras) == {"facts", "matching"}
    seen = seen_by(parts.discriminator(8), "features")
    run(step, parts, EveryTurn(-1))
    batch = with_extras(sample_batch((8,)), step.extras)
    shown = {tuple(one.flatten().tolist()) for one in seen[0]}
    expected = {
        tuple(batch.matching[8][row, moment].flatten().tolist())
        for row, length in enumerate(batch.lengths.tolist())
        for moment in range(length + 1)
    }
    assert shown == expected


def test_a_matching_picture_is_not_mismatched_with_words_about_itself(
    parts: Parts, step_of: Build
) -> None:
    step = step_of(supervision="matching", mismatch="next")
    given, found = step.judging.all_pairs, list[Tensor]()

    def judged(parts: Parts, batch: Batch, *rest: Any) -> Any:
        # Beside each conversation stands the picture of the next but for the last one.
        rows = batch.image_rows.roll(-1)
        rows[-1] = 99
        assert batch.matching_rows is not None
        beside = rows[:, None].expand_as(batch.matching_rows)
        pairs = given(parts, evolve(batch, matching_rows=beside), *rest)
        found.append(pairs[8].mismatched_weight)
        return pairs

    step.judging.all_pairs = judged
    run(step, parts)
    assert found[0].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_the_losses_are_told_which_picture_is_shown(parts: Parts, step_of: Build) -> None:
    batch = with_extras(sample_batch((8,)), ("facts", "matching"))
    drawn = DrawnMoments(torch.tensor([0, 3]), torch.tensor([-1, 0]), {}, {})
    contrastive = {"losses": {**LOSSES, "contrastive": "contrastive"}}
    own = step_of(**contrastive).judging.facts(batch, drawn)
    assert own.shown_rows.tolist() == own.image_rows.tolist() == [0, 2]
    assert own.shown_class_ids.tolist() == own.class_ids.tolist() == [0, 0]
    fitting = step_of(**contrastive, supervision="matching").judging.facts(batch, drawn)
    assert fitting.image_rows.tolist() == [0, 2]
    assert batch.matching_rows is not None
    assert fitting.shown_rows.tolist() == batch.matching_rows[[0, 3], [0, 1]].tolist()
    assert fitting.class_ids.tolist() == [0, 0]
    assert fitting.shown_class_ids.tolist() == (fitting.shown_rows % 3).tolist()


def test_no_mismatch_leaves_the_pairs_out(parts: Parts, step_of: Build) -> None:
    judged = seen_by(parts.discriminator(8), "logits")
    run(step_of(mismatch="none"), parts)
    assert len(judged) == 3, "fake and real, and the fake once more"


def test_contradicting_histories_need_facts(parts: Parts, step_of: Build) -> None:
    step = step_of(mismatch="contradicting")
    assert tuple(step.extras) == ("facts",)
    judged = seen_by(parts.discriminator(8), "logits")
    run(step, parts)
    assert len(judged) == 4


class WithoutAttributes(SampleDataset):
    def __init__(self) -> None:
        super().__init__()
        self.attributes = {}


@pytest.mark.parametrize(
    ("key", "value"), [("supervision", "matching"), ("mismatch", "contradicting")]
)
def test_data_that_do_not_know_what_they_show_are_refused(
    build: Build, key: str, value: str
) -> None:
    table = {"resolutions": [8], "losses": LOSSES, key: value}
    with pytest.raises(WrongInput, match=rf"adversarial\.{key}   this data set does not know"):
        build(Role.TRAINING_STEP, "adversarial", table, dataset=WithoutAttributes())
