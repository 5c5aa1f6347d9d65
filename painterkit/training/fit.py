"""Parts that are fitted on the training pictures before the first step."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from painterkit.data.batches import Batches
from painterkit.interfaces.parts import Parts

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


def fit_parts(parts: Parts, train: Batches) -> None:
    """Show the first training pictures to the parts that are to be fitted."""
    for part in parts.children():
        if not isinstance(part, Fitted):
            continue
        count = min(FITTED_ON, len(train.conversations))
        chunks = [
            train.pictures(np.arange(start, min(start + CHUNK, count)), [part.resolution])
            for start in range(0, count, CHUNK)
        ]
        part.fit(torch.cat([chunk[part.resolution] for chunk in chunks]))
