"""Which pictures each split of a score has."""

from __future__ import annotations

import numpy as np
import torch
from attrs import frozen
from torch import Tensor

from painterkit.errors import Problem, WrongInput
from painterkit_metrics.settings import ClassifierScoreSettings, InceptionScoreSettings

RANDOM = "random-splits"
DISJOINT = "disjoint-splits"


@frozen
class Splits:
    """A protocol with its numbers: `count` splits of `pictures` pictures, `size` in each.

    Where disjoint splits do not come out even, some have one picture more than `size`.
    """

    protocol: str
    pictures: int
    count: int
    size: int
    seed: int


def splits_of(where: str, settings: InceptionScoreSettings | ClassifierScoreSettings) -> Splits:
    """Return the splits that settings ask for.

    `where` is the metric's name. Raises WrongInput where a split would have fewer than two
    pictures, or more than there are.
    """
    pictures, count, size = settings.conversations, settings.splits, settings.per_split
    if settings.protocol == RANDOM:
        size = max(2, pictures * 3 // 4) if size is None else size
        if size > pictures:
            raise WrongInput(
                Problem(
                    f"{where}.per_split",
                    f"a split of {size:,} pictures cannot be drawn from {pictures:,}",
                    "leave it out for three quarters of them, or draw more conversations",
                )
            )
    elif size is not None:
        raise WrongInput(
            Problem(
                f"{where}.per_split",
                f"disjoint splits have {pictures:,} / {count:,} pictures each",
                "leave it out, or set protocol to random-splits",
            )
        )
    else:
        size = pictures // count
        if size < 2:
            raise WrongInput(
                Problem(
                    f"{where}.conversations",
                    f"{pictures:,} pictures are too few for {count:,} disjoint splits: each "
                    "needs two at least",
                    f"draw {2 * count:,} conversations or more, or make fewer splits",
                )
            )
    return Splits(settings.protocol, pictures, count, size, settings.seed)


def membership(splits: Splits) -> Tensor:
    """Return whether a split has a picture, [splits, pictures] bool.

    The disjoint splits are those of torch-fidelity, to which seed 2020 is the default.
    """
    # A stream that numpy promises never to change, which that of its newer generators may.
    random = np.random.RandomState(splits.seed)
    members = torch.zeros(splits.count, splits.pictures, dtype=torch.bool)
    if splits.protocol == RANDOM:
        for row in members:
            row[torch.from_numpy(random.permutation(splits.pictures)[: splits.size])] = True
        return members
    order = torch.from_numpy(random.permutation(splits.pictures))
    for number, row in enumerate(members):
        start, stop = (n * splits.pictures // splits.count for n in (number, number + 1))
        row[order[start:stop]] = True
    return members
