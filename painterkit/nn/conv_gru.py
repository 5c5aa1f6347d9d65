"""Recurrent cells whose state is a feature map: a memory at every place of a picture.

Both are called alike: `output, state = cell(x, state)`. A state is one tensor
[B, state_channels, H, W], zeros before the first turn; the next one has the type of x. `gates`
gives the cell's gates, each [B, C, H, W] between 0 and 1, by name; the first says where something
new is let in. Weights and biases start as PyTorch starts a convolution's.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ConvGRUCell(nn.Module):
    """A gated recurrent unit of convolutions: equation 1 of the Neural Painter paper, as printed.

        z = sigmoid(W_z * [h, x])        r = sigmoid(W_r * [h, x])
        h~ = tanh(W * [r . h, x])        h' = (1 - z) . h + z . h~

    The gate z says how much becomes new; that of `torch.nn.GRU` says how much stays. The equation
    prints no biases. Output and state are both h'. An even kernel would shift the map: it is odd.
    """

    def __init__(self, channels: int, kernel: int = 1, bias: bool = True) -> None:
        super().__init__()
        self.state_channels = channels
        padding = kernel // 2
        self.update_and_reset = nn.Conv2d(
            2 * channels, 2 * channels, kernel, padding=padding, bias=bias
        )
        self.candidate = nn.Conv2d(2 * channels, channels, kernel, padding=padding, bias=bias)

    def gates(self, x: Tensor, state: Tensor) -> dict[str, Tensor]:
        """Return {"update": z, "reset": r} for `x` and `state` [B, C, H, W]."""
        both = self.update_and_reset(torch.cat([state, x], dim=1))
        update, reset = torch.sigmoid(both).chunk(2, dim=1)
        return {"update": update, "reset": reset}

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return the output and the next state, [B, C, H, W] both."""
        state = state.to(x.dtype)
        gates = self.gates(x, state)
        kept = gates["reset"] * state
        candidate = torch.tanh(self.candidate(torch.cat([kept, x], dim=1)))
        following = state + gates["update"] * (candidate - state)
        return following, following


class ConvLSTMCell(nn.Module):
    """A long short-term memory of convolutions, without peepholes (after Shi et al., 2015).

        i, f, o = sigmoid(W_ifo * [h, x])        g = tanh(W_g * [h, x])
        c' = f . c + i . g                       h' = o . tanh(c')

    The output is h'; the state holds h and c, joined in this order.
    """

    def __init__(self, channels: int, kernel: int = 1, bias: bool = True) -> None:
        super().__init__()
        self.state_channels = 2 * channels
        padding = kernel // 2
        self.input_forget_output = nn.Conv2d(
            2 * channels, 3 * channels, kernel, padding=padding, bias=bias
        )
        self.candidate = nn.Conv2d(2 * channels, channels, kernel, padding=padding, bias=bias)

    def gates(self, x: Tensor, state: Tensor) -> dict[str, Tensor]:
        """Return {"input": i, "forget": f, "output": o} for `x` [B, C, H, W] and `state`."""
        hidden, _ = state.chunk(2, dim=1)
        all_three = self.input_forget_output(torch.cat([hidden, x], dim=1))
        names = ("input", "forget", "output")
        return dict(zip(names, torch.sigmoid(all_three).chunk(3, dim=1), strict=True))

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return the output [B, C, H, W] and the next state [B, 2C, H, W]."""
        hidden, cell = state.to(x.dtype).chunk(2, dim=1)
        gates = self.gates(x, state)
        candidate = torch.tanh(self.candidate(torch.cat([hidden, x], dim=1)))
        cell = gates["forget"] * cell + gates["input"] * candidate
        hidden = gates["output"] * torch.tanh(cell)
        return hidden, torch.cat([hidden, cell], dim=1)
