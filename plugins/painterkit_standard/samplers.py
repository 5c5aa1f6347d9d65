"""The `last-turn` turn-sampler and the `gaussian` noise-sampler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from attrs import frozen
from torch import Tensor

from painterkit.interfaces.context import BuildContext
from painterkit_standard.settings import GaussianSettings, LastTurnSettings


@frozen
class LastTurn:
    """Draw once, after the last turn."""

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, 1]: the index of each conversation's last turn, -1 where it has none."""
        return (lengths - 1).unsqueeze(1)

    def moments(self, length: int) -> Sequence[int]:
        """Return the last index alone."""
        return [length - 1]


@frozen
class Gaussian:
    """Draw normal noise of a given standard deviation."""

    scale: float

    def sample(
        self, widths: Mapping[str, int], batch_size: int, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Return {name: [B, width]} on the generator's device."""
        return {
            name: self.scale
            * torch.randn(batch_size, width, generator=generator, device=generator.device)
            for name, width in widths.items()
        }


def build_last_turn(settings: LastTurnSettings, context: BuildContext) -> LastTurn:
    """Build the turn-sampler."""
    return LastTurn()


def build_gaussian(settings: GaussianSettings, context: BuildContext) -> Gaussian:
    """Build the noise-sampler."""
    return Gaussian(settings.scale)
