"""Parts that are fitted on the training pictures or texts before the first step."""

from __future__ import annotations

from itertools import chain
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import LearnsVocabulary

FITTED_ON = 8000
"""At most so many training pictures are shown."""

CHUNK = 1000


@runtime_checkable
class Fitted(Protocol):
    """A part that has something to learn from pictures alone, all at once."""

    resolution: int

    def fit(self, images: Tensor) -> None:
        """Learn from `images` [N, 3, R, R] in [-1, 1]; what is learnt is in its buffers."""
        ...


def fit_parts(parts: Parts, train: PreparedSplit) -> None:
    """Show the first training pictures, and all texts, to the parts that are to be fitted."""
    shared = parts.turn_encoder is parts.caption_encoder
    for encoder, lists in (
        (parts.caption_encoder, [*train.captions, *(train.spoken if shared else [])]),
        (None if shared else parts.turn_encoder, train.spoken),
    ):
        if isinstance(encoder, LearnsVocabulary):
            encoder.fit_texts(list(chain.from_iterable(lists)))
    batches = train.with_tokens(())
    for part in parts.children():
        if not isinstance(part, Fitted):
            continue
        count = min(FITTED_ON, len(train.conversations))
        chunks = [
            batches.pictures(np.arange(start, min(start + CHUNK, count)), [part.resolution])
            for start in range(0, count, CHUNK)
        ]
        part.fit(torch.cat([chunk[part.resolution] for chunk in chunks]))
