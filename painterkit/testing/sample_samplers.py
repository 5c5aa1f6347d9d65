"""Turn- and noise-samplers that a step is checked with."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from attrs import frozen
from torch import Tensor


@frozen
class LastTurn:
    """Draw after the last turn."""

    first = None

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, 1]."""
        return (lengths - 1).unsqueeze(1)


@frozen
class EveryTurn:
    """Draw after every turn."""

    first = 0

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, longest]."""
        return torch.minimum(torch.arange(int(lengths.max())), lengths[:, None] - 1)


@frozen
class Gaussian:
    """Draw standard normal noise."""

    renewed = ()

    def sample(
        self, widths: Mapping[str, int], batch_size: int, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Return {name: [B, width]}."""
        return {n: torch.randn(batch_size, w, generator=generator) for n, w in widths.items()}
