"""What draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from attrs import frozen
from torch import Tensor, device

from painterkit.interfaces.conditioner import Condition

Noise = Mapping[str, Tensor]
"""Standard normal noise by name, each [B, width]: everything random that a picture depends on."""


State = Mapping[Any, Tensor]
"""What is remembered, each [B, ...], by names of the generator's own."""


@frozen
class GeneratorOutput:
    """One turn drawn.

    `images` {R: [B, 3, R, R] in [-1, 1]} and `conditions` {R: Condition} by resolution; `state`
    is what the next turn is given, None for a generator without memory.
    """

    images: Mapping[int, Tensor]
    conditions: Mapping[int, Condition]
    state: State | None = None


class Generator(Protocol):
    """Draw one turn, from coarse to fine."""

    resolutions: Sequence[int]
    """Heights of the pictures that it draws, rising; all are square."""

    noise_widths: Mapping[str, int]
    """Width of each noise that `forward` needs, by name."""

    condition_widths: Mapping[int, int]
    """Width of the condition's code at each resolution."""

    def begin(self, batch_size: int, device: device) -> State | None:
        """Return the state before the first turn, or None for a generator without memory."""
        ...

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: State | None = None,
        largest: int | None = None,
    ) -> GeneratorOutput:
        """Draw one turn from `embedding` [B, E].

        `state=None` draws the turn alone: recurrence is bypassed. With `largest`, what is finer
        than that resolution is not computed.
        """
        ...


@runtime_checkable
class Gated(Protocol):
    """A recurrent cell in a generator, called as `cell(x, state)`, that can show its gates."""

    def gates(self, x: Tensor, state: Tensor) -> Mapping[str, Tensor]:
        """Return its gates by name, each [B, C, H, W] between 0 and 1.

        The first of them says where something new is let in.
        """
        ...
