"""What reads the turns of a conversation."""

from __future__ import annotations

from typing import Literal, Protocol

from torch import Tensor


class DialogueEncoder(Protocol):
    """Read turns into one vector for each moment that is drawn."""

    width: int
    """Width H of what it gives; 0 for one that reads nothing."""

    reads: Literal["turns", "joined"]
    """What the vector of turn t is made of: the turn, or turns 0 to t joined into one string."""

    causal: bool
    """Whether a turn's result is computed from the state of the turn before; one that is not
    reads the whole conversation again for every moment."""

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, H]: entry k has read the turns up to `drawn[:, k]` and nothing later.

        `features` [B, T, D], `mask` bool [B, T] (True where there is a turn), `drawn` [B, K]
        indices of turns, -1 where nothing has been said: then the result is zero.
        """
        ...
