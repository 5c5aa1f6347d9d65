"""Which pictures a split has, and numbers that make no splits."""

from __future__ import annotations

import pytest
import torch

from painterkit.errors import WrongInput
from painterkit_metrics.settings import InceptionScoreSettings
from painterkit_metrics.splits import DISJOINT, RANDOM, Splits, membership, splits_of


def settings_of(**given: object) -> InceptionScoreSettings:
    return InceptionScoreSettings(weights="w.pth", **given)  # pyright: ignore[reportArgumentType]


def test_the_defaults_are_chatpainters() -> None:
    assert splits_of("it", settings_of()) == Splits(RANDOM, 40_000, 10, 30_000, 2020)


def test_disjoint_splits_share_all_pictures() -> None:
    splits = splits_of("it", settings_of(protocol=DISJOINT, conversations=103))
    assert splits == Splits(DISJOINT, 103, 10, 10, 2020)
    members = membership(splits)
    assert members.sum(0).tolist() == [1] * 103
    assert sorted(set(members.sum(1).tolist())) == [10, 11]


def test_random_splits_overlap_and_have_no_picture_twice() -> None:
    members = membership(Splits(RANDOM, 100, 10, 75, seed=0))
    assert members.sum(1).tolist() == [75] * 10
    assert len({tuple(row.tolist()) for row in members}) == 10
    assert int((members[0] & members[1]).sum()) >= 50


@pytest.mark.parametrize("protocol", [RANDOM, DISJOINT])
def test_they_depend_on_the_seed_alone(protocol: str) -> None:
    first, again, other = (membership(Splits(protocol, 60, 3, 20, seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"conversations": 1000, "per_split": 30_000},
            "it.per_split   a split of 30,000 pictures cannot be drawn from 1,000; leave it out "
            "for three quarters of them, or draw more conversations",
        ),
        (
            {"protocol": DISJOINT, "conversations": 19},
            "it.conversations   19 pictures are too few for 10 disjoint splits: each needs two at "
            "least; draw 20 conversations or more, or make fewer splits",
        ),
        (
            {"protocol": DISJOINT, "per_split": 3000},
            "it.per_split   disjoint splits have 40,000 / 10 pictures each; leave it out, or set "
            "protocol to random-splits",
        ),
    ],
)
def test_numbers_that_make_no_splits(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(WrongInput) as error:
        splits_of("it", settings_of(**given))
    assert str(error.value) == sentence


def test_fewest_pictures() -> None:
    assert splits_of("it", settings_of(conversations=2)).size == 2
    assert splits_of("it", settings_of(conversations=20, protocol=DISJOINT)).size == 2
