"""Blocks that keep their input alone for the backward pass, and are computed again there."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized
from torch.utils.checkpoint import checkpoint


def run(block: nn.Module, x: Tensor, save_memory: bool, *more: Tensor) -> Any:
    """Run a block on `x` and `more`; with `save_memory` nothing inside it is kept for backward.

    The backward pass computes it again, from the same random numbers and the same buffers, so
    that results are those of a block that keeps everything.
    """
    learnt = (x, *more, *block.parameters())
    if not (save_memory and torch.is_grad_enabled() and any(t.requires_grad for t in learnt)):
        return block(x, *more)
    # Both passes are lent them: within an update the first may find them made already.
    weights = MadeWeights(block)
    return checkpoint(
        block,
        x,
        *more,
        use_reentrant=False,
        context_fn=lambda: (weights, BuffersOfNow(block, weights)),
    )


def run_each(blocks: nn.Sequential, x: Tensor, save_memory: bool) -> Tensor:
    """Run blocks in order; with `save_memory` only what passes between them is kept."""
    if not save_memory:
        return blocks(x)
    for block in blocks:
        x = run(block, x, save_memory)
    return x


class MadeWeights(AbstractContextManager[None]):
    """Make every weight of a block that is not itself a parameter, and lend it those inside.

    Such are the weights under spectral normalisation. Outside, the block makes them anew.
    """

    def __init__(self, block: nn.Module) -> None:
        self._weights = [
            (maker, getattr(module, name))
            for module in block.modules()
            if is_parametrized(module) and isinstance(module.parametrizations, nn.ModuleDict)
            for name, maker in module.parametrizations.items()
        ]

    def __enter__(self) -> None:
        for maker, weight in self._weights:
            maker.__dict__["forward"] = lambda weight=weight: weight

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for maker, _ in self._weights:
            del maker.__dict__["forward"]


class BuffersOfNow(AbstractContextManager[None]):
    """Remember a block's buffers, and lend it copies of them and `weights` inside the context.

    A second pass inside it sees what the first one saw. What it writes, such as the running
    statistics of batch normalisation, goes to the copies: the first pass wrote it already. The
    block's own buffers are put back as the same tensors.
    """

    def __init__(self, block: nn.Module, weights: MadeWeights) -> None:
        self._weights = weights
        self._remembered = [
            (module, name, buffer.clone())
            for module in block.modules()
            for name, buffer in module.named_buffers(recurse=False)
        ]
        self._own: list[Tensor] = []

    def __enter__(self) -> None:
        self._weights.__enter__()
        self._own = [getattr(module, name) for module, name, _ in self._remembered]
        for module, name, buffer in self._remembered:
            setattr(module, name, buffer.clone())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for (module, name, _), own in zip(self._remembered, self._own, strict=True):
            setattr(module, name, own)
        self._own = []
        self._weights.__exit__(kind, error, traceback)
