"""What is drawn at random for a step or a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor


class TurnSampler(Protocol):
    """Choose the turns at which a conversation is drawn."""

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, K] indices of turns, rising along K, for conversations of `lengths` [B].

        An index is -1 where a conversation has no turn.
        """
        ...

    def moments(self, length: int) -> Sequence[int]:
        """Return every index that `sample` can give for a conversation of `length` turns."""
        ...


class NoiseSampler(Protocol):
    """Draw the noise that pictures are made from."""

    def sample(
        self, widths: Mapping[str, int], batch_size: int, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Return {name: [B, width]} on the generator's device."""
        ...
