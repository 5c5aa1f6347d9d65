"""How far the drawn pictures of a batch are from each other, against the real ones."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from painterkit.data import Batch
from painterkit.interfaces.unrolled import DrawnMoments

SIDE = 8
"""Pictures are compared at this height: what a painter that collapses repeats is coarse."""


@torch.no_grad()
def spread_metrics(batch: Batch, drawn: DrawnMoments, resolution: int) -> dict[str, Tensor]:
    """Return `spread`: the drawn pictures' spread, divided by that of the real ones beside them.

    Near 1 the pictures differ as real ones do; near 0 they are all one, whatever is told.
    """
    real = spread(batch.images[resolution])
    return {"spread": spread(drawn.images[resolution]) / real.clamp(min=1e-6)}


def spread(images: Tensor) -> Tensor:
    """Return the root of the mean variance over the batch of `images` [B, 3, R, R], a scalar."""
    small = functional.adaptive_avg_pool2d(images.float(), min(SIDE, images.shape[-1]))
    return small.var(dim=0, correction=0).mean().sqrt()
