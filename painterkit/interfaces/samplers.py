"""What is drawn at random for a step or a picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor


class TurnSampler(Protocol):
    """Choose the turns at which a conversation is drawn."""

    @property
    def first(self) -> int | None:
        """The first moment at which a conversation is drawn, and from then on after every turn.

        -1 is before its first turn, from the caption alone, 0 after it; None where only the last
        turn is drawn.
        """
        ...

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Return [B, K] indices of turns, rising along K, for conversations of `lengths` [B].

        An index is -1 where nothing has been said. A conversation with fewer moments repeats its
        last one.
        """
        ...


class NoiseSampler(Protocol):
    """Draw the noise that pictures are made from."""

    @property
    def renewed(self) -> Collection[str]:
        """Names of the noises that are drawn anew at every turn; the others stay throughout."""
        ...

    def sample(
        self, widths: Mapping[str, int], batch_size: int, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Return {name: [B, width]} on the generator's device."""
        ...


def moments_of(sampler: TurnSampler, length: int) -> range:
    """Return every moment at which a conversation of `length` turns can be drawn."""
    return range(length - 1 if sampler.first is None else sampler.first, max(length, 0))


def drawing_most(samplers: Sequence[TurnSampler]) -> TurnSampler:
    """Return the sampler whose moments are those of all: each draws from one moment to the end."""
    return min(samplers, key=lambda one: float("inf") if one.first is None else one.first)


def noise_through(
    sampler: NoiseSampler, widths: Mapping[str, int], batch_size: int, generator: torch.Generator
) -> Callable[[Tensor], dict[str, Tensor]]:
    """Return the noise of a batch of conversations, as a function of the moments [B] drawn.

    What the sampler renews is drawn anew at every call, the rest once.
    """
    kept = sampler.sample(widths, batch_size, generator)
    renewed = {name: width for name, width in widths.items() if name in sampler.renewed}

    def noise(moments: Tensor) -> dict[str, Tensor]:
        return {**kept, **sampler.sample(renewed, batch_size, generator)} if renewed else kept

    return noise
