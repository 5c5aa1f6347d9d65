"""The checks of a metric."""

from __future__ import annotations

import json
import math
from typing import Any

import torch

from painterkit.interfaces.metric import Drawn, MetricResult
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import require

CONVERSATIONS = 16


def check_metric(subject: Subject) -> None:
    """Check a metric on its own truth: the real pictures, as if they had been drawn.

    They are the first held-out pictures of the context's data set. Raises AssertionError with a
    sentence about the first fault.
    """
    part = subject.build()
    require(
        isinstance(part.conversations, int) and part.conversations > 0,
        f"{subject.place}: 'conversations' must be a number of conversations to draw",
    )
    first, again = _measure(part, subject), part.result()
    check_result(subject.place, first)
    require(
        dict(first.values) == dict(again.values),
        f"{subject.place}: asked twice for its result, it gives two",
    )
    twin = _measure(subject.build(seed=1), subject)
    require(
        dict(first.values) == dict(twin.values),
        f"{subject.place}: measured twice, the same pictures have other values",
    )


def check_result(place: str, result: MetricResult) -> None:
    """Check that values are finite, the table is one, and the protocol can be kept as JSON."""
    require(bool(result.values), f"{place}: its result has no values")
    for name, value in result.values.items():
        require(
            isinstance(value, int | float) and math.isfinite(value),
            f"{place}: on real pictures its value '{name}' is {value!r}",
        )
    for row in result.rows:
        require(
            len(row) == len(result.columns),
            f"{place}: its table has {len(result.columns)} columns and a row of {len(row)}",
        )
    try:
        json.dumps(dict(result.protocol))
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{place}: its protocol cannot be kept as JSON: {error}") from error


def _measure(part: Any, subject: Subject) -> MetricResult:
    dataset = subject.context.dataset
    assert dataset is not None, "sample_context gives a data set"
    conversations = dataset.conversations("validation")[: min(part.conversations, CONVERSATIONS)]
    rows = [one.image for one in conversations]
    pixels = torch.from_numpy(dataset.images("validation")[rows])
    truth = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
    half = max(1, len(rows) // 2)
    for start in range(0, len(rows), half):
        chosen = slice(start, start + half)
        part.add(Drawn(conversations[chosen], truth[chosen].clone(), truth[chosen].clone()))
    return part.result()
