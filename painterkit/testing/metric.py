"""The checks of a metric."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import torch
from attrs import evolve
from torch import Tensor

from painterkit.data.conversation import Conversation
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit.testing.sample_readers import SampleRegionEncoder, SampleWordEncoder
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import require

CONVERSATIONS = 16

ENCODED = 8
"""Width of what the encoders give that a metric may compare by."""


def check_metric(subject: Subject) -> None:
    """Check a metric on its own truth: the real pictures, as if they had been drawn.

    They are the first held-out pictures of the context's data set. Raises AssertionError with a
    sentence about the first fault.
    """
    context = evolve(
        subject.context,
        caption_encoder=SampleWordEncoder(ENCODED),
        turn_encoder=SampleWordEncoder(ENCODED),
        image_encoder=SampleRegionEncoder(ENCODED, subject.context.resolution),
    )
    subject = evolve(subject, context=context)
    part = subject.build()
    check_declarations(subject.place, part)
    result = _measure(part, subject)
    check_result(subject.place, result)
    check_repeats(subject, result, part.result())


def check_declarations(place: str, part: Any) -> None:
    """Check that `conversations` is a number, and `draws` says how they are drawn."""
    require(
        isinstance(part.conversations, int) and part.conversations > 0,
        f"{place}: 'conversations' must be a number of conversations to draw",
    )
    require(
        isinstance(part.draws, Draws) and part.draws.noises > 0,
        f"{place}: 'draws' must be Draws, which say how it wants conversations drawn",
    )


def check_repeats(subject: Subject, first: MetricResult, again: MetricResult) -> None:
    """Check that the same pictures have the same values: asked for twice, and measured twice."""
    require(
        dict(first.values) == dict(again.values),
        f"{subject.place}: asked twice for its result, it gives two",
    )
    twin = _measure(subject.build(1), subject)
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
        part.add(_drawn(part.draws, conversations[chosen], truth[chosen]))
    return part.result()


def _drawn(draws: Draws, conversations: Sequence[Conversation], truth: Tensor) -> Drawn:
    """Return the truth as if it had been drawn at every turn and with every noise."""
    told = [one for one in conversations for _ in range(draws.noises)]
    shown = truth.repeat_interleave(draws.noises, dim=0)
    if not draws.every_turn:
        return Drawn(told, shown.clone(), shown.clone())
    last = torch.tensor([len(one.turns) - 1 for one in told])
    moments = torch.minimum(torch.arange(max(int(last.max()), 0) + 1), last[:, None])
    turns = shown.unsqueeze(1).repeat(1, moments.shape[1], 1, 1, 1)
    return Drawn(told, shown.clone(), shown.clone(), turns, moments)
