"""What draws."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

from attrs import field, frozen
from torch import Tensor, device

from painterkit.data.words import Words
from painterkit.interfaces.conditioner import Condition

Noise = Mapping[str, Tensor]
"""Standard normal noise by name, each [B, width]: everything random that a picture depends on."""


WordSource = Literal["caption", "dialogue", "turns"]
"""Where words that a generator looks at come from: the caption's words, those of all turns so far,
or the vector of each turn so far as if it were a word."""


State = Mapping[Any, Tensor]
"""What is remembered, each [B, ...], by names of the generator's own."""


@frozen
class GeneratorOutput:
    """One turn drawn.

    `images` {R: [B, 3, R, R] in [-1, 1]} and `conditions` {R: Condition} by resolution; `state`
    is what the next turn is given, None for a generator without memory. `attention` {R: {source:
    [B, L, M, M]}} is how much each place of a map of height M looked at each word before the
    picture of R was drawn; what a place gives all words of all sources is 1.
    """

    images: Mapping[int, Tensor]
    conditions: Mapping[int, Condition]
    state: State | None = None
    attention: Mapping[int, Mapping[WordSource, Tensor]] = field(factory=dict)


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
class LooksAtWords(Protocol):
    """A generator that is given words besides the embedding."""

    word_sources: Collection[WordSource]
    """Where its words come from."""

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: State | None = None,
        largest: int | None = None,
        words: Mapping[WordSource, Words] | None = None,
    ) -> GeneratorOutput:
        """Draw as a Generator does; `words` holds those of each source, [B, L, W] and [B, L].

        A text has no words at all where nothing was said; then there is nothing to look at.
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
