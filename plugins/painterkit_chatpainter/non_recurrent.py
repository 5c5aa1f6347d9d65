"""The `non-recurrent` dialogue encoder: the whole dialogue as one string."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from painterkit.interfaces.context import BuildContext
from painterkit_chatpainter.settings import NonRecurrentSettings


class NonRecurrent(nn.Module):
    """Give the vector of everything said so far, read by the turn encoder as one text.

    ChatPainter, section 4: the dialogue collapsed into a single string. It has no parameters.
    """

    reads = "joined"
    causal = False

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, D]: the vectors of the texts that end with turn `drawn`, zero for -1."""
        if features.shape[1] == 0:
            return features.new_zeros(*drawn.shape, self.width)
        places = drawn.clamp(min=0).unsqueeze(2).expand(-1, -1, self.width)
        said = (drawn >= 0).unsqueeze(2)
        return torch.where(said, features.gather(1, places), 0.0)


def build(settings: NonRecurrentSettings, context: BuildContext) -> NonRecurrent:
    """Build the encoder for the turn encoder's width."""
    return NonRecurrent(context.turn_width)
