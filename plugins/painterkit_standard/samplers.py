"""The turn-samplers and the noise-sampler."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
from attrs import frozen
from torch import Tensor

from painterkit.interfaces.context import BuildContext
from painterkit_standard.settings import (
    EveryTurnSettings,
    GaussianSettings,
    LastTurnSettings,
    UniformTimeSettings,
)


@frozen
class LastTurn:
    """Draw once, after the last turn."""

    first = None

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, 1]: the index of each conversation's last turn, -1 where it has none."""
        return (lengths - 1).unsqueeze(1)


@frozen
class EveryTurn:
    """Draw at every moment from `first` on."""

    first: int

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, K]: first, first + 1 and so on; the last again where there is no more."""
        moments = torch.arange(self.first, max(int(lengths.max()), self.first + 1))
        return torch.minimum(moments.to(lengths.device), lengths[:, None] - 1)


@frozen
class UniformTime:
    """Draw once, at one of the moments from `first` on: line 2 of algorithm 1.

    The paper's t is one number for a batch, whose conversations are equally long there. Here a
    batch shares u, so that each conversation's own t is uniform however long it is.
    """

    first: int

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, 1]: first + floor(u n) for a conversation of n such moments."""
        u = torch.rand((), generator=generator, device=generator.device).to(lengths.device)
        moments = self.first + (u * (lengths - self.first)).floor().long()
        return torch.minimum(moments, lengths - 1).unsqueeze(1)


@frozen
class Gaussian:
    """Draw normal noise of a given standard deviation."""

    scale: float
    renewed: Collection[str] = ()

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


def build_every_turn(settings: EveryTurnSettings, context: BuildContext) -> EveryTurn:
    """Build the turn-sampler."""
    return EveryTurn(-1 if settings.caption else 0)


def build_uniform_time(settings: UniformTimeSettings, context: BuildContext) -> UniformTime:
    """Build the turn-sampler."""
    return UniformTime(-1 if settings.caption else 0)


def build_gaussian(settings: GaussianSettings, context: BuildContext) -> Gaussian:
    """Build the noise-sampler."""
    return Gaussian(settings.scale, settings.renewed)
