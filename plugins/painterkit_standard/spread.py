"""How far drawn pictures are from each other, against the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Batch
from painterkit.interfaces.unrolled import DrawnMoments

SIDE = 8
"""Pictures are compared at this height: what a painter that collapses repeats is coarse."""

LOOK_EVERY = 40
"""Every so many steps a few conversations are drawn twice; see benchmarks/noise_spread.py."""

CONVERSATIONS = 4
"""How many conversations are drawn twice."""

DrawTwice = Callable[[Batch, torch.Generator], DrawnMoments]
"""Draws the two halves of a batch, which are the same conversations, at the same moments."""


@torch.no_grad()
def spread_metrics(batch: Batch, drawn: DrawnMoments, resolution: int) -> dict[str, Tensor]:
    """Return `spread`: the drawn pictures' spread, divided by that of the real ones beside them.

    Near 1 the pictures differ as real ones do; near 0 they are all one, whatever is told.
    """
    return {"spread": spread(drawn.images[resolution]) / _of_real(batch, resolution)}


@torch.no_grad()
def noise_spread_metrics(
    parts: nn.Module, batch: Batch, step: int, resolution: int, draw: DrawTwice
) -> dict[str, Tensor]:
    """Return `noise_spread` in every 40th step: how far noise alone drives two pictures apart.

    Conversations are drawn twice, in eval mode, with random numbers of the step alone: the
    training is the same without it. On the scale of `spread`: as large as that, words change
    nothing; near 0, noise changes nothing.
    """
    if (step + 1) % LOOK_EVERY:
        return {}
    device = batch.rows.device
    few = min(CONVERSATIONS, batch.size)
    twice = batch.taken(torch.arange(few, device=device).repeat(2))
    with _in_eval_mode(parts):
        drawn = draw(twice, torch.Generator(device).manual_seed(step))
    one, other = _coarse(drawn.images[resolution]).split(few)
    # The variance of two numbers is half the square of their difference.
    apart = (0.5 * (one - other).square()).mean().sqrt()
    return {"noise_spread": apart / _of_real(batch, resolution)}


def spread(images: Tensor) -> Tensor:
    """Return the root of the mean variance over the batch of `images` [B, 3, R, R], a scalar."""
    return _coarse(images).var(dim=0, correction=0).mean().sqrt()


def _coarse(images: Tensor) -> Tensor:
    return functional.adaptive_avg_pool2d(images.float(), min(SIDE, images.shape[-1]))


def _of_real(batch: Batch, resolution: int) -> Tensor:
    return spread(batch.images[resolution]).clamp(min=1e-6)


@contextmanager
def _in_eval_mode(parts: nn.Module) -> Iterator[None]:
    """Draw as a painter that is talked to does: no statistics are gathered, nothing drops out."""
    modes = [(module, module.training) for module in parts.modules()]
    parts.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
