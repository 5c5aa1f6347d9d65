from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.assembly import assemble
from painterkit.data.batch import Batch
from painterkit.data.conversation import Conversation
from painterkit.data.facts import UNKNOWN, UNSEEN
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.training_step import StepContext
from painterkit.interfaces.unrolled import DrawnMoments
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.structure import structure
from painterkit.testing import SampleDataset, sample_batch, sample_parts
from painterkit_standard.judging import MISMATCHES
from painterkit_standard.mismatch import (
    Mismatch,
    RealPictures,
    another_class,
    another_picture,
    contradicted,
    next_picture,
)
from painterkit_standard.samplers import Gaussian, LastTurn

from ...small_recipe import SMALL

Build = Callable[..., Any]


def batch_of(image_rows: list[int], class_ids: list[int] | None = None) -> Batch:
    count = len(image_rows)
    return Batch(
        rows=torch.arange(count),
        image_rows=torch.tensor(image_rows),
        images={},
        captions=torch.zeros(count, 1),
        turns=torch.zeros(count, 0, 1),
        turn_mask=torch.zeros(count, 0, dtype=torch.bool),
        class_ids=None if class_ids is None else torch.tensor(class_ids),
    )


def drawn_of(batch: Batch) -> tuple[DrawnMoments, RealPictures]:
    """Return every conversation drawn once, beside its own picture."""
    drawn = DrawnMoments(torch.arange(batch.size), batch.lengths - 1, {}, {})
    return drawn, RealPictures(batch.image_rows, batch.truth, batch.class_ids)


def paired(way: Mismatch, batch: Batch, shared: torch.Generator) -> tuple[Tensor, Tensor]:
    return way(batch, *drawn_of(batch), shared)


def drawn_often(way: Any, batch: Batch, times: int = 3000) -> list[Counter[int]]:
    """Count for each row how often which other row was taken, where the pair counts."""
    shared = torch.Generator().manual_seed(0)
    counts: list[Counter[int]] = [Counter() for _ in range(batch.size)]
    for _ in range(times):
        order, weight = paired(way, batch, shared)
        for row, (other, counted) in enumerate(zip(order.tolist(), weight.tolist(), strict=True)):
            counts[row][other if counted else -1] += 1
    return counts


def test_next_is_the_row_that_follows_if_it_shows_another_picture() -> None:
    shared = torch.Generator().manual_seed(0)
    before = shared.get_state()
    order, weight = paired(next_picture, batch_of([4, 4, 7, 8, 4]), shared)
    assert order.tolist() == [1, 2, 3, 4, 0]
    assert weight.tolist() == [0.0, 1.0, 1.0, 1.0, 0.0]
    assert paired(next_picture, batch_of([3, 3]), shared)[1].tolist() == [0.0, 0.0]
    assert torch.equal(shared.get_state(), before), "it needs no chance"


def test_another_picture_is_any_of_the_others_with_the_same_chance() -> None:
    counts = drawn_often(another_picture, batch_of([4, 4, 7, 8, 4]))
    assert [set(count) for count in counts] == [
        {2, 3}, {2, 3}, {0, 1, 3, 4}, {0, 1, 2, 4}, {2, 3}
    ]  # fmt: skip
    for count in counts:
        for times in count.values():
            assert times / 3000 == pytest.approx(1 / len(count), abs=0.05)


def test_another_class_is_never_the_same_picture_nor_the_same_class() -> None:
    batch = batch_of([0, 1, 2, 3, 3], [7, 7, 8, 9, 7])  # a picture that has two classes, somehow
    counts = drawn_often(another_class, batch, times=500)
    assert [set(count) for count in counts] == [
        {2, 3}, {2, 3}, {0, 1, 3, 4}, {0, 1, 2}, {2}
    ]  # fmt: skip


def test_where_a_batch_has_none_the_pair_is_left_out() -> None:
    shared = torch.Generator().manual_seed(0)
    assert paired(another_picture, batch_of([3, 3]), shared)[1].tolist() == [0.0, 0.0]
    _, weight = paired(another_class, batch_of([0, 1, 2], [5, 5, 5]), shared)
    assert weight.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("way", [another_picture, another_class])
def test_chance_comes_from_the_shared_generator_alone(way: Any) -> None:
    batch = batch_of([0, 1, 2, 3, 4, 5], [0, 0, 1, 1, 2, 2])
    torch.manual_seed(1)
    first = paired(way, batch, torch.Generator().manual_seed(5))[0]
    torch.manual_seed(2)
    assert torch.equal(paired(way, batch, torch.Generator().manual_seed(5))[0], first)
    seeds = [torch.Generator().manual_seed(seed) for seed in range(9)]
    orders = {tuple(paired(way, batch, shared)[0].tolist()) for shared in seeds}
    assert len(orders) > 1


@pytest.mark.parametrize("mismatch", ["next", "other-image", "other-class"])
def test_the_step_mismatches_as_its_setting_says(build: Build, mismatch: str) -> None:
    table = {
        "resolutions": [8],
        "losses": {"matching": "matching-aware"},
        "mismatch": mismatch,
    }
    step = build(Role.TRAINING_STEP, "adversarial", table)
    parts, batch = sample_parts((8,)), sample_batch((8,))
    batch = evolve(batch, class_ids=torch.tensor([0, 1, 1, 0, 0]))
    told: list[torch.Tensor] = []
    judge = parts.discriminator(8)
    original = judge.logits
    judge.logits = lambda features, condition: (
        told.append(condition.mu) or original(features, condition)
    )
    context = StepContext(
        step=0,
        images_seen=0,
        shared=torch.Generator().manual_seed(1),
        local=torch.Generator().manual_seed(2),
        turns=LastTurn(),
        noise=Gaussian(1.0),
    )
    next(iter(step.step(parts, batch, context)))
    _, own, others = told[:3]
    rows = [int((own == row).all(dim=1).nonzero()[0]) for row in others]
    order, weight = paired(MISMATCHES[mismatch], batch, torch.Generator().manual_seed(1))
    assert rows == order.tolist()
    assert bool(weight.any())


@pytest.mark.parametrize("way", [next_picture, another_picture, another_class])
def test_a_picture_that_only_fits_is_not_mismatched_with_words_about_itself(way: Mismatch) -> None:
    batch = batch_of([0, 1, 2, 3], [0, 1, 2, 3])
    drawn, _ = drawn_of(batch)
    # Beside the first stands the picture of the second; beside the last two the same one.
    shown = torch.tensor([1, 9, 8, 8])
    real = RealPictures(shown, None, torch.tensor([1, 0, 8, 8]))
    for seed in range(30):
        order, weight = way(batch, drawn, real, torch.Generator().manual_seed(seed))
        pairs = [(row, other) for row, other in enumerate(order.tolist()) if weight[row]]
        assert pairs
        assert not {(0, 1), (2, 3), (3, 2)} & set(pairs)
        assert way is not another_class or (1, 0) not in pairs, "the picture has that class"


def test_a_history_that_the_picture_contradicts_is_no_history_that_it_fits() -> None:
    batch = batch_of([0, 1, 2, 3])
    nothing, unseen = UNKNOWN, UNSEEN
    said = torch.tensor(
        [
            [[nothing, nothing], [0, nothing]],
            [[nothing, nothing], [1, nothing]],
            [[nothing, nothing], [nothing, 2]],
            [[nothing, nothing], [nothing, nothing]],
        ]
    )
    truth = torch.tensor([[0, 2], [1, unseen], [0, 2], [nothing, 1]])
    batch = evolve(batch, said=said, truth=truth)
    drawn = DrawnMoments(torch.arange(4), torch.zeros(4, dtype=torch.int64), {}, {})
    real = RealPictures(batch.image_rows, truth)
    shared = torch.Generator().manual_seed(0)
    taken: list[set[int]] = [set() for _ in range(4)]
    for _ in range(300):
        order, weight = contradicted(batch, drawn, real, shared)
        for row in range(4):
            taken[row].add(int(order[row]) if weight[row] else -1)
    # The second and third histories contradict a picture by one attribute each; an attribute that
    # cannot be seen contradicts any value, one that nobody knows contradicts none.
    assert taken == [{1}, {0, 2}, {1}, {2}]
    before = DrawnMoments(torch.arange(4), torch.full((4,), -1), {}, {})
    assert not contradicted(batch, before, real, shared)[1].any(), "nothing had been said yet"


class WithoutClasses(SampleDataset):
    missing: tuple[Problem, ...] = ()

    def conversations(self, split: Any) -> list[Conversation]:
        assert not self.missing, "nobody can read what is missing"
        return [evolve(one, class_id=-1) for one in super().conversations(split)]

    def lacks(self) -> tuple[Problem, ...]:
        return self.missing


OTHER_CLASS = {
    "resolutions": [8],
    "losses": {"matching": "matching-aware"},
    "mismatch": "other-class",
}


def test_data_without_classes_are_refused(build: Build) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.TRAINING_STEP, "adversarial", OTHER_CLASS, dataset=WithoutClasses())
    assert str(raised.value) == (
        "adversarial.mismatch   the conversations of this data set have no classes to tell apart; "
        "'other-image' mismatches with any other picture"
    )


def test_one_conversation_with_a_class_is_enough(build: Build) -> None:
    class WithOneClass(SampleDataset):
        def conversations(self, split: Any) -> list[Conversation]:
            *others, last = super().conversations(split)
            return [*(evolve(one, class_id=-1) for one in others), evolve(last, class_id=0)]

    build(Role.TRAINING_STEP, "adversarial", OTHER_CLASS, dataset=WithOneClass())


def test_data_that_are_missing_are_asked_when_they_are_there(build: Build) -> None:
    dataset = WithoutClasses()
    dataset.missing = (Problem("data", "is not there"),)
    build(Role.TRAINING_STEP, "adversarial", OTHER_CLASS, dataset=dataset)


def test_check_tells_it_with_the_phase(registry: Registry, tmp_path: Path) -> None:
    phase = {
        "name": "stage-1",
        "until": {"epochs": 1},
        "batch": 4,
        "optimizers": {
            "generator": {"train": ["generator.stage1"]},
            "discriminator": {"train": ["discriminators.8"]},
        },
        "step": {"use": "adversarial", **OTHER_CLASS},
    }
    recipe = structure({**SMALL, "phases": [phase]}, Recipe, registry)
    with pytest.raises(WrongInput) as raised:
        assemble(recipe, registry, tmp_path, WithoutClasses(16), "meta")
    assert str(raised.value).startswith("phases.stage-1.step (adversarial.mismatch)   the conv")
    assert assemble(recipe, registry, tmp_path, SampleDataset(16), "meta").steps
