"""The arithmetic of the score, against a slow loop and against torch-fidelity."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from painterkit_metrics.score import CHUNK, split_scores
from painterkit_metrics.splits import DISJOINT, RANDOM, Splits, membership


def logits_of(pictures: int, classes: int, seed: int = 0, scale: float = 3.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(pictures, classes, generator=generator) * scale


def slow_score(rows: list[list[float]]) -> float:
    """Return exp of the mean KL divergence from the mean, picture by picture, class by class."""
    each: list[list[float]] = []
    for row in rows:
        largest = max(row)
        weights = [math.exp(value - largest) for value in row]
        each.append([weight / sum(weights) for weight in weights])
    mean = [sum(column) / len(each) for column in zip(*each, strict=True)]
    divergences = [
        sum(p * (math.log(p) - math.log(q)) for p, q in zip(one, mean, strict=True) if p > 0)
        for one in each
    ]
    return math.exp(sum(divergences) / len(divergences))


@pytest.mark.parametrize("protocol", [RANDOM, DISJOINT])
def test_it_is_what_a_slow_loop_says(protocol: str) -> None:
    logits = logits_of(57, 12)
    members = membership(Splits(protocol, pictures=57, count=4, size=14, seed=3))
    expected = [slow_score(logits[row].tolist()) for row in members]
    assert split_scores(logits, members).tolist() == pytest.approx(expected, rel=1e-12)


def test_chunks_do_not_show() -> None:
    pictures = 2 * CHUNK + 7
    logits = logits_of(pictures, 5)
    members = membership(Splits(RANDOM, pictures, count=2, size=CHUNK + 3, seed=0))
    expected = [slow_score(logits[row].tolist()) for row in members]
    assert split_scores(logits, members).tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("pictures", [100, 103])
def test_disjoint_splits_give_the_numbers_of_torch_fidelity(pictures: int) -> None:
    fidelity = pytest.importorskip("torch_fidelity.metric_isc")
    logits = logits_of(pictures, 40)
    expected = fidelity.isc_features_to_metric(logits, splits=10, shuffle=True, rng_seed=2020)
    members = membership(Splits(DISJOINT, pictures, count=10, size=pictures // 10, seed=2020))
    scores = split_scores(logits, members)
    assert float(scores.mean()) == pytest.approx(expected["inception_score_mean"], rel=1e-12)
    assert float(scores.std(correction=0)) == pytest.approx(
        expected["inception_score_std"], rel=1e-9
    )


def test_its_bounds_are_reached() -> None:
    everything = torch.ones(1, 8, dtype=torch.bool)
    same = logits_of(1, 6).repeat(8, 1)
    sure = torch.eye(4).repeat(2, 1) * 1e4
    assert split_scores(same, everything).item() == pytest.approx(1, abs=1e-12)
    assert split_scores(sure, everything).item() == pytest.approx(4, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(
    pictures=st.integers(2, 30),
    classes=st.integers(2, 9),
    scale=st.floats(0, 1e5),
    seed=st.integers(0, 1000),
)
def test_it_lies_between_one_and_the_number_of_classes(
    pictures: int, classes: int, scale: float, seed: int
) -> None:
    logits = logits_of(pictures, classes, seed, scale)
    members = membership(Splits(RANDOM, pictures, count=3, size=pictures // 2 + 1, seed=seed))
    scores = split_scores(logits, members)
    assert bool((scores >= 1 - 1e-9).all())
    assert bool((scores <= classes + 1e-9).all())


def test_pictures_sorted_by_class_score_as_shuffled_ones_do() -> None:
    """Cut up in their own order, every split would hold one class, and the score would be 1."""
    sorted_by_class = torch.eye(10).repeat_interleave(40, dim=0) * 12
    shuffled = sorted_by_class[torch.randperm(400, generator=torch.Generator().manual_seed(1))]
    members = membership(Splits(DISJOINT, 400, count=10, size=40, seed=2020))
    scores = [float(split_scores(rows, members).mean()) for rows in (sorted_by_class, shuffled)]
    assert scores[0] == pytest.approx(scores[1], rel=0.05)
    assert scores[0] > 7
