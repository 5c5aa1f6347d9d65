"""What draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import frozen
from torch import Tensor, device

from painterkit.interfaces.conditioner import Condition

Noise = Mapping[str, Tensor]
"""Standard normal noise by name, each [B, width]: everything random that a picture depends on."""


@frozen
class GeneratorOutput:
    """One turn drawn.

    `images` {R: [B, 3, R, R] in [-1, 1]} and `conditions` {R: Condition} by resolution; `state`
    is what the next turn is given, None for a generator without memory.
    """

    images: Mapping[int, Tensor]
    conditions: Mapping[int, Condition]
    state: Any = None


class Generator(Protocol):
    """Draw one turn, from coarse to fine."""

    resolutions: Sequence[int]
    """Heights of the pictures that it draws, rising; all are square."""

    noise_widths: Mapping[str, int]
    """Width of each noise that `forward` needs, by name."""

    condition_widths: Mapping[int, int]
    """Width of the condition's code at each resolution."""

    def begin(self, batch_size: int, device: device) -> Any:
        """Return the state before the first turn, or None for a generator without memory."""
        ...

    def forward(
        self, embedding: Tensor, noise: Noise, state: Any = None, largest: int | None = None
    ) -> GeneratorOutput:
        """Draw one turn from `embedding` [B, E].

        `state=None` draws the turn alone: recurrence is bypassed. With `largest`, what is finer
        than that resolution is not computed.
        """
        ...
