"""How large the weights of a discriminator can make what they are given."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from painterkit.testing.inputs import condition, pictures


def largest_singular_values(part: Any) -> dict[str, float]:
    """Make every weight a hundred times larger, run, and return what is left of that by layer."""
    weighted = {
        name: layer
        for name, layer in part.named_modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    }
    with torch.no_grad():
        for layer in weighted.values():
            wrapped = getattr(layer, "parametrizations", None)
            (wrapped.weight.original if wrapped else layer.weight).mul_(100)
        part.train()
        for _ in range(200):  # each forward pass is one power iteration
            part.logits(part.features(pictures(2, 16)), condition(2))
    part.eval()
    return {
        name: torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2).item()
        for name, layer in weighted.items()
    }
