"""The checks of a data set."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from attrs import evolve

from painterkit.data.conversation import Conversation
from painterkit.errors import Problem
from painterkit.interfaces.dataset import SPLITS, Split
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import Unchecked, require


def check_dataset(subject: Subject) -> None:
    """Check a data set; raises AssertionError with a sentence about the first fault.

    It is built twice, each time with an empty cache folder of its own.
    """
    place = subject.place
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as one,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as other,
    ):
        dataset = _build(subject, Path(one), seed=0)
        check_lacks(place, dataset)
        for split in SPLITS:
            check_pictures(place, dataset, split)
            check_conversations(place, dataset, split)
        check_disjoint(place, dataset)
        check_same(place, dataset, _build(subject, Path(other), seed=1))


def check_lacks(place: str, dataset: Any) -> None:
    """Check that it says in problems what it lacks, and that here it lacks nothing."""
    lacks = dataset.lacks()
    require(
        isinstance(lacks, Sequence) and all(isinstance(one, Problem) for one in lacks),
        f"{place}: lacks() must give painterkit.errors.Problem, and gives {lacks!r}",
    )
    if lacks:
        sentences = "; ".join(str(one) for one in lacks)
        raise Unchecked(f"{place}: cannot be checked for what it lacks: {sentences}")


def check_pictures(place: str, dataset: Any, split: Split) -> None:
    """Check that a split's pictures are uint8 [N, R, R, 3], and the same when asked for twice."""
    reports: list[tuple[int, int]] = []
    images = dataset.images(split, lambda done, total: reports.append((done, total)))
    size = dataset.resolution
    require(
        images.dtype == np.uint8 and images.shape[1:] == (size, size, 3),
        f"{place}: its {split} pictures are {images.dtype} {list(images.shape)} instead of uint8 "
        f"[N, {size}, {size}, 3]",
    )
    require(len(images) > 0, f"{place}: it has no {split} picture")
    if reports:
        require(
            all(0 < done <= total for done, total in reports) and len(set(reports[-1])) == 1,
            f"{place}: the progress of its {split} pictures ends at {reports[-1]}",
        )
    require(
        np.array_equal(images, dataset.images(split)),
        f"{place}: asked twice, it gives other {split} pictures",
    )
    require(
        dataset.is_prepared(split) is True,
        f"{place}: its {split} pictures were asked for, but is_prepared() does not say True",
    )
    require(dataset.prepared_bytes(split) >= 0, f"{place}: its prepared bytes are below zero")


def check_conversations(place: str, dataset: Any, split: Split) -> None:
    """Check that each conversation has a picture that is there, and no empty caption or turn."""
    count = len(dataset.images(split))
    for one in dataset.conversations(split):
        where = f"{place}: the {split} conversation '{one.id}'"
        require(0 <= one.image < count, f"{where} is about row {one.image} of {count} pictures")
        require(bool(one.captions), f"{where} has no caption")
        require(
            (one.captions == ("",) or all(one.captions)) and all(turn.text for turn in one.turns),
            f"{where} has an empty caption or turn",
        )
        check_attributes(where, one, dataset.attributes)


def check_disjoint(place: str, dataset: Any) -> None:
    """Check that no conversation has the id of another, in its own split or the other."""
    ids = Counter(one.id for split in SPLITS for one in dataset.conversations(split))
    twice = [name for name, count in ids.items() if count > 1]
    require(not twice, f"{place}: two of its conversations have the id '{''.join(twice[:1])}'")


def check_same(place: str, one: Any, other: Any) -> None:
    """Check that two data sets of the same settings have the same conversations and pictures."""
    for split in SPLITS:
        require(
            list(one.conversations(split)) == list(other.conversations(split)),
            f"{place}: made twice from the same settings, its {split} conversations differ",
        )
        require(
            np.array_equal(one.images(split), other.images(split)),
            f"{place}: made twice from the same settings, its {split} pictures differ",
        )


def check_attributes(
    where: str, one: Conversation, declared: Mapping[str, tuple[str, ...]]
) -> None:
    """Check that its attributes and values are declared, and that what tells of one is there."""
    turns = [(turn.attribute, turn.value) for turn in one.turns if turn.attribute]
    for name, value in [*one.attributes.items(), *turns]:
        require(name in declared, f"{where} has the attribute '{name}', which is not declared")
        require(
            value is None or value in declared[name],
            f"{where} has the {name} {value!r}; declared are {', '.join(declared[name])}",
        )
    for name, teller in one.told_in.items():
        require(name in one.attributes, f"{where} tells of '{name}', whose truth it does not know")
        told = teller == "caption" or (isinstance(teller, int) and 0 <= teller < len(one.turns))
        require(
            told,
            f"{where} says that {name} is told in {teller!r}; it has {len(one.turns)} turns and "
            "'caption'",
        )


def _build(subject: Subject, cache: Path, seed: int) -> Any:
    """Build it with an empty cache; the seeds of the libraries must not matter."""
    random.seed(seed)
    np.random.seed(seed)
    with torch.random.fork_rng(devices=[]):
        return subject.build(seed, evolve(subject.context, cache=cache, dataset=None))
