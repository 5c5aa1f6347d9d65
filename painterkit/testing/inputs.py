"""What components are given in the checks: seeded, and the same in every run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.interfaces.conditioner import Condition
from painterkit.testing.subject import CONDITION_WIDTH, EMBEDDING_WIDTH

BATCH = 5


def normal(*shape: int, seed: int = 0) -> Tensor:
    """Return standard normal numbers that depend on the shape and the seed alone."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def pictures(batch: int, resolution: int, seed: int = 0) -> Tensor:
    """Return [B, 3, R, R] uniform in [-1, 1]."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(batch, 3, resolution, resolution, generator=generator) * 2 - 1


def noises(widths: Mapping[str, int], batch: int, seed: int = 0) -> dict[str, Tensor]:
    """Return {name: [B, width]}, another noise for each name."""
    return {
        name: normal(batch, width, seed=seed * 101 + place + 1)
        for place, (name, width) in enumerate(sorted(widths.items()))
    }


def condition(
    batch: int,
    seed: int = 0,
    width: int = CONDITION_WIDTH,
    embedding_width: int = EMBEDDING_WIDTH,
) -> Condition:
    """Return a condition whose fields have nothing to do with each other."""
    return Condition(
        embedding=normal(batch, embedding_width, seed=seed * 101 + 1),
        code=normal(batch, width, seed=seed * 101 + 2),
        mu=normal(batch, width, seed=seed * 101 + 3),
        log_variance=normal(batch, width, seed=seed * 101 + 4),
    )


def set_mode(part: Any, training: bool) -> Any:
    """Put a part in train or eval mode, if it is a module; return it."""
    return part.train(training) if isinstance(part, nn.Module) else part


def shaken(part: Any) -> Any:
    """Move every weight a little off its start, in place; return the part.

    Some layers start at zero on purpose, a residual branch for one: at the start nothing that
    runs through them matters, after the first step it does.
    """
    if isinstance(part, nn.Module):
        with torch.no_grad():
            for number, (_, parameter) in enumerate(sorted(part.named_parameters())):
                parameter.add_(0.05 * normal(*parameter.shape, seed=number))
    return part
