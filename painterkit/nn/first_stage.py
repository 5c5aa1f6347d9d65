"""The first stage of StackGAN-v2: the coarsest map from a condition and noise."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from painterkit.nn.blocks import doublings
from painterkit.nn.glu import GLU, glu_up_block
from painterkit.nn.recompute import run_each

SEED_SIZE = 4
"""Height of the map that it starts from."""


class FirstStage(nn.Module):
    """Make the coarsest map, of `channels`; each map before it is half as high, twice as wide.

    With `save_memory` the inputs of its blocks alone are kept for the backward pass.
    """

    def __init__(self, told: int, channels: int, resolution: int, save_memory: bool) -> None:
        super().__init__()
        self.save_memory = save_memory
        ups = doublings(SEED_SIZE, resolution)
        widths = [channels * 2 ** (ups - i) for i in range(ups + 1)]
        self.seed_channels = widths[0]
        gated = 2 * widths[0] * SEED_SIZE**2
        self.seed = nn.Sequential(nn.Linear(told, gated, bias=False), nn.BatchNorm1d(gated), GLU())
        self.up = nn.Sequential(*(glu_up_block(a, b) for a, b in pairwise(widths)))

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        """Return [B, C, R, R] for noise `z` and a condition's `code`, together [B, told]."""
        seed = self.seed(torch.cat([code, z], dim=1))
        seed = seed.view(-1, self.seed_channels, SEED_SIZE, SEED_SIZE)
        return run_each(self.up, seed, self.save_memory)
