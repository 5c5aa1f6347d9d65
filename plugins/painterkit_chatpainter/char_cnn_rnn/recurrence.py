"""The two recurrences of Reed et al. (2016): the mean over the states of a GRU or a ReLU RNN.

Neither is PyTorch's: the first state is made of the first input alone, without the recurrent
weights and their bias, and the GRU resets the state before the recurrent weights see it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class MeanGRU(nn.Module):
    """Give the mean of the states h_1 .. h_S.

    h_1 = tanh(W x_1), then u, r = sigmoid(W_u x + U_u h), sigmoid(W_r x + U_r h),
    h~ = tanh(W x + U (r * h)) and h = u * h~ + (1 - u) * h; every W and U with a bias.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inputs = nn.Linear(width, 3 * width)  # W_u, W_r, W: one product for all steps
        self.gates = nn.Linear(width, 2 * width)  # U_u, U_r
        self.candidate = nn.Linear(width, width)  # U

    def forward(self, steps: Tensor) -> Tensor:
        """Return [N, D] for `steps` [N, S, D]."""
        width = steps.shape[2]
        gate_inputs, candidate_inputs = self.inputs(steps).split([2 * width, width], dim=2)
        state = total = torch.tanh(candidate_inputs[:, 0])
        for step in range(1, steps.shape[1]):
            gates = torch.sigmoid(gate_inputs[:, step] + self.gates(state))
            update, reset = gates.chunk(2, dim=1)
            candidate = torch.tanh(candidate_inputs[:, step] + self.candidate(reset * state))
            state = torch.lerp(state, candidate, update)  # (1 - u) * h + u * h~
            total = total + state
        return total / steps.shape[1]


class MeanReLURNN(nn.Module):
    """Give the mean of the states h_1 = relu(W x_1), h = relu(W x + U h); each with a bias."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inputs = nn.Linear(width, width)
        self.hidden = nn.Linear(width, width)

    def forward(self, steps: Tensor) -> Tensor:
        """Return [N, D] for `steps` [N, S, D]."""
        inputs = self.inputs(steps)
        state = total = functional.relu(inputs[:, 0])
        for step in range(1, steps.shape[1]):
            state = functional.relu(inputs[:, step] + self.hidden(state))
            total = total + state
        return total / steps.shape[1]
