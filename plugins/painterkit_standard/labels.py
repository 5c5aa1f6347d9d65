"""What pictures show, told by one head an attribute or by one for their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.dataset import Dataset
from painterkit.nn.means import mean_of

LabelKind = Literal["attributes", "class"]

NOTHING_KNOWN = {
    "attributes": "this data set does not know what its pictures show: it has no attributes",
    "class": "the pictures of this data set have no classes",
}


def judged(logits: Sequence[Tensor], truth: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean cross-entropy and mean accuracy over all that is known, two scalars.

    `logits` has [B, values] for each head; `truth` [B, heads] is negative where a value cannot be
    seen or is not known. Where nothing is known at all, both are 0.
    """
    columns = truth.clamp(min=0).unbind(dim=1)
    pairs = list(zip(logits, columns, strict=True))
    losses = [functional.cross_entropy(one, right, reduction="none") for one, right in pairs]
    hits = [(one.detach().argmax(dim=1) == right).float() for one, right in pairs]
    known = truth >= 0
    return mean_of(known, torch.stack(losses, dim=1)), mean_of(known, torch.stack(hits, dim=1))


def value_counts(of: LabelKind, dataset: Dataset | None, where: str, instead: str) -> list[int]:
    """Return how many values each head tells apart.

    Of data that are not there nobody knows: one head of one value stands for them, and they are
    asked again when they are. Raises WrongInput where the data know nothing of the sort.
    """
    if dataset is None or dataset.lacks():
        return [1]
    if of == "class":
        last = max(one.class_id for one in dataset.conversations("train"))
        counts = [last + 1] if last >= 0 else []
    else:
        # An attribute whose values nobody names is never known, and still has a column.
        counts = [max(1, len(values)) for values in dataset.attributes.values()]
    if not counts:
        other = "class" if of == "attributes" else "attributes"
        raise WrongInput(
            Problem(
                where,
                NOTHING_KNOWN[of],
                f"of = '{other}' classifies by those, and {instead}",
            )
        )
    return counts
