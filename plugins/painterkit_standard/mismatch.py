"""Whose words a real picture is mismatched with: section 4.3 of the ChatPainter paper.

Each way gives the order [B] of the other conversations and a weight [B]. The weight is 0 where the
batch has no fitting one: a mismatched pair is never a picture with words about itself.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from painterkit.data import Batch
from painterkit.interfaces.dataset import Dataset

Mismatch = Callable[[Batch, torch.Generator], tuple[Tensor, Tensor]]


def next_picture(batch: Batch, shared: torch.Generator) -> tuple[Tensor, Tensor]:
    """Take the next conversation of the batch; for the last one the first."""
    order = torch.arange(batch.size, device=batch.image_rows.device).roll(-1)
    return order, (batch.image_rows[order] != batch.image_rows).float()


def another_picture(batch: Batch, shared: torch.Generator) -> tuple[Tensor, Tensor]:
    """Take any conversation about another picture, each with the same chance."""
    return any_of(_differ(batch.image_rows), shared)


def another_class(batch: Batch, shared: torch.Generator) -> tuple[Tensor, Tensor]:
    """Take any conversation about another picture of another class, each with the same chance."""
    assert batch.class_ids is not None, "build() refuses data without classes"
    return any_of(_differ(batch.image_rows) & _differ(batch.class_ids), shared)


def any_of(fitting: Tensor, shared: torch.Generator) -> tuple[Tensor, Tensor]:
    """Choose a column of each row of `fitting` bool [B, B]; weight 0 where a row has none."""
    chances = torch.rand(fitting.shape, generator=shared, device=fitting.device)
    # One that does not fit has no chance, not even against the smallest number drawn.
    order = chances.masked_fill(~fitting, -1.0).argmax(dim=1)
    return order, fitting.any(dim=1).float()


def has_classes(dataset: Dataset | None) -> bool:
    """Tell whether the conversations of a data set have classes.

    Data that are not there yet may have them: they are asked again when they are.
    """
    if dataset is None or dataset.lacks():
        return True
    return any(one.class_id >= 0 for one in dataset.conversations("train"))


def _differ(values: Tensor) -> Tensor:
    """Return where two entries of [B] differ, [B, B]."""
    return values[:, None] != values[None, :]
