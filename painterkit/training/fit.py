"""Parts that are fitted on the training pictures or texts before the first step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from torch import Tensor

from painterkit.data.batches import Batches
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.image_encoder import Fitted
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import LearnsVocabulary
from painterkit.interfaces.training_step import TrainingStep, own_modules

FITTED_ON = 8000
"""At most so many training pictures are shown."""

CHUNK = 200
"""So many are in memory at once, at the height that the data set has: 160 MB at 256 px."""


def fit_parts(parts: Parts, train: PreparedSplit) -> None:
    """Show the first training pictures, and all texts, to the parts that are to be fitted."""
    shared = parts.turn_encoder is parts.caption_encoder
    for encoder, lists in (
        (parts.caption_encoder, [*train.captions, *(train.spoken if shared else [])]),
        (None if shared else parts.turn_encoder, train.spoken),
    ):
        if isinstance(encoder, LearnsVocabulary):
            encoder.fit_texts(list(chain.from_iterable(lists)))
    _fit(parts.children(), train)


def fit_steps(steps: Sequence[TrainingStep], train: PreparedSplit) -> None:
    """Show the first training pictures to the steps whose own image encoders are to be fitted.

    A checkpoint has what belongs to a step while its phase is under way alone: a training that goes
    on fits the steps again.
    """
    _fit(own_modules(steps), train)


def _fit(candidates: Iterable[object], train: PreparedSplit) -> None:
    count = min(FITTED_ON, len(train.conversations))
    for one in candidates:
        if isinstance(one, Fitted):
            one.fit(first_pictures(train.with_tokens(()), count, one.resolution))


def first_pictures(batches: Batches, count: int, resolution: int) -> Iterator[Tensor]:
    """Yield the pictures of the first `count` conversations in chunks, each made when it is due."""
    for start in range(0, count, CHUNK):
        rows = np.arange(start, min(start + CHUNK, count))
        yield batches.pictures(rows, [resolution])[resolution]
