"""What reads the turns of a conversation."""

from __future__ import annotations

from typing import Any, Literal, Protocol, runtime_checkable

from torch import Tensor


class DialogueEncoder(Protocol):
    """Read turns into one vector for each moment that is drawn."""

    width: int
    """Width H of what it gives; 0 for one that reads nothing."""

    reads: Literal["turns", "joined"]
    """What the vector of turn t is made of: the turn, or turns 0 to t joined into one string."""

    causal: bool
    """Whether a turn's result is computed from the state of the turn before, by `step` of
    `ReadsTurnByTurn`; one that is not reads the whole conversation again for every moment."""

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, H]: entry k has read the turns up to `drawn[:, k]` and nothing later.

        `features` [B, T, D], `mask` bool [B, T] (True where there is a turn), `drawn` [B, K]
        indices of turns, -1 where nothing has been said: then the result is zero.
        """
        ...


@runtime_checkable
class ReadsTurnByTurn(DialogueEncoder, Protocol):
    """What a causal dialogue encoder does besides: a turn costs the same, however late it comes."""

    def step(self, features: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Read one more turn [B, D] after `state`, which is None before the first.

        Returns what `forward` gives for the turn, [B, H], and the next state. `state` stays as it
        is: a conversation can go on from it more than once.
        """
        ...
