"""The `reader` dialogue encoder: the Neural Painter's reader."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from painterkit.interfaces.context import BuildContext
from painterkit_neural_painter.settings import ReaderSettings

SLOPE = 0.2


class Reader(nn.Module):
    """Read attributes and values, turn by turn, with a GRU: section 4.2 of the Neural Painter.

    `embed`, a linear layer without bias, is the paper's embedding of attributes and values: over
    the one-hots of `attribute-value` its weights are a table of attributes and one of values, whose
    rows for a turn are added. So vectors of sentences are read alike. `join` is the linear layer
    that encodes both together; `stack` the nonlinear transformations after the GRU.

    Figure 2, which is to specify the stack, cannot be read in the paper's text. The choice here:
    layers as wide as the GRU, each with the LeakyReLU of StackGAN++'s discriminators, of which no
    unit can die, then a linear layer, since the result is compared with embeddings of pictures,
    which may have either sign and any size.
    """

    reads = "turns"
    causal = True

    def __init__(
        self, turn_width: int, embedding: int, layer: int, hidden: int, stack: int, width: int
    ) -> None:
        super().__init__()
        self.width = width
        self.embed = nn.Linear(turn_width, embedding, bias=False)
        self.join = nn.Linear(embedding, layer)
        self.gru = nn.GRU(layer, hidden, batch_first=True)
        layers = [part for _ in range(stack) for part in _nonlinear(hidden)]
        self.stack = nn.Sequential(*layers, nn.Linear(hidden, width))

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, H] for turns [B, T, D], mask [B, T] and moments drawn [B, K]."""
        if features.shape[1] == 0:
            return features.new_zeros(*drawn.shape, self.width)
        # Padding stands after the turns, and what is read there reaches no turn before.
        states, _ = self.gru(self.join(self.embed(features)))
        last = drawn.minimum(mask.sum(dim=1, keepdim=True) - 1)
        places = last.clamp(min=0).unsqueeze(2).expand(-1, -1, states.shape[2])
        return torch.where((last >= 0).unsqueeze(2), self.stack(states.gather(1, places)), 0.0)

    def step(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Read one more turn [B, D]; return [B, H] and the GRU's next state [1, B, hidden]."""
        states, following = self.gru(self.join(self.embed(features)).unsqueeze(1), state)
        return self.stack(states[:, 0]), following


def _nonlinear(width: int) -> tuple[nn.Module, nn.Module]:
    return nn.Linear(width, width), nn.LeakyReLU(SLOPE)


def build(settings: ReaderSettings, context: BuildContext) -> Reader:
    """Build the reader for the agreed width of a turn."""
    return Reader(
        context.turn_width,
        settings.embedding,
        settings.layer,
        settings.hidden,
        settings.stack,
        settings.width,
    )
