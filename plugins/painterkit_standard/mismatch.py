"""Whose words a real picture is mismatched with: section 4.3 of the ChatPainter paper.

Of N drawn moments each way gives the order [N] of the others and a weight [N]. The weight is 0
where there is no fitting one: a mismatched pair is never a picture with words about itself.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from attrs import frozen
from torch import Tensor

from painterkit.data import Batch
from painterkit.data.facts import UNKNOWN
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.unrolled import DrawnMoments


@frozen
class RealPictures:
    """The real pictures beside N drawn moments.

    `rows` [N] tell one picture from another; `truth` [N, A] is what they show, where a step asks
    for facts, and `class_ids` [N] are their classes, where the data have any.
    """

    rows: Tensor
    truth: Tensor | None = None
    class_ids: Tensor | None = None


Mismatch = Callable[[Batch, DrawnMoments, RealPictures, torch.Generator], tuple[Tensor, Tensor]]


def next_picture(
    batch: Batch, drawn: DrawnMoments, real: RealPictures, shared: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Take the next conversation of the batch; for the last one the first."""
    order = torch.arange(len(drawn.rows), device=drawn.rows.device).roll(-1)
    about_others = _about_others(batch, drawn, real)
    return order, about_others.gather(1, order.unsqueeze(1)).squeeze(1).float()


def another_picture(
    batch: Batch, drawn: DrawnMoments, real: RealPictures, shared: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Take any conversation about another picture, each with the same chance."""
    return any_of(_about_others(batch, drawn, real), shared)


def another_class(
    batch: Batch, drawn: DrawnMoments, real: RealPictures, shared: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Take any conversation about another picture of another class, each with the same chance."""
    assert batch.class_ids is not None, "build() refuses data without classes"
    assert real.class_ids is not None, "build() refuses data without classes"
    told = batch.class_ids[drawn.rows]
    others = _about_others(batch, drawn, real)
    return any_of(others & (real.class_ids[:, None] != told[None, :]), shared)


def contradicted(
    batch: Batch, drawn: DrawnMoments, real: RealPictures, shared: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Take any conversation whose history, up to its own moment, the picture contradicts.

    The first turns of another conversation often fit a picture by chance: told that the two do not
    belong together, a discriminator would learn falsehoods.
    """
    assert batch.said is not None, "the step asks for facts"
    assert real.truth is not None, "the step asks for facts"
    said = batch.said[drawn.rows, drawn.moments + 1]
    known = (said[None] != UNKNOWN) & (real.truth[:, None] != UNKNOWN)
    return any_of((known & (said[None] != real.truth[:, None])).any(dim=2), shared)


def any_of(fitting: Tensor, shared: torch.Generator) -> tuple[Tensor, Tensor]:
    """Choose a column of each row of `fitting` bool [N, N]; weight 0 where a row has none."""
    chances = torch.rand(fitting.shape, generator=shared, device=fitting.device)
    # One that does not fit has no chance, not even against the smallest number drawn.
    order = chances.masked_fill(~fitting, -1.0).argmax(dim=1)
    return order, fitting.any(dim=1).float()


def has_attributes(dataset: Dataset | None) -> bool:
    """Tell whether a data set knows what its pictures show; data that are not there may."""
    return dataset is None or bool(dataset.lacks()) or bool(dataset.attributes)


def _about_others(batch: Batch, drawn: DrawnMoments, real: RealPictures) -> Tensor:
    """Return where conversation j is not about the real picture i, [N, N].

    Nor is that the picture beside it, which fits it as well.
    """
    shown, about = real.rows[:, None], batch.image_rows[drawn.rows]
    return (shown != about) & (shown != real.rows)
