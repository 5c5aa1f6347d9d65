"""The exponential moving average of parts: parameters and buffers."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


class Average:
    """Follow live tensors with a moving average.

    What cannot be averaged, such as batch-norm's count of batches, is copied.
    """

    def __init__(self, live: Mapping[str, Tensor], decay: float) -> None:
        self.decay = decay
        self.live = dict(live)
        self.tensors = {name: tensor.detach().clone() for name, tensor in live.items()}
        smooth = [name for name, tensor in live.items() if tensor.is_floating_point()]
        self._smooth = [self.tensors[name] for name in smooth]
        self._smooth_live = [self.live[name].detach() for name in smooth]
        self._counted = [name for name in live if name not in set(smooth)]

    @torch.no_grad()
    def update(self) -> None:
        """Move the average one step towards the live tensors."""
        # The fused way of torch's own optimizers: one pass over all tensors.
        torch._foreach_lerp_(  # pyright: ignore[reportPrivateImportUsage]
            self._smooth, self._smooth_live, 1 - self.decay
        )
        for name in self._counted:
            self.tensors[name].copy_(self.live[name])

    @torch.no_grad()
    def adopt(self) -> None:
        """Give the live tensors the average's values."""
        for name, tensor in self.tensors.items():
            self.live[name].copy_(tensor)

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take the average's values from a checkpoint."""
        for name, tensor in self.tensors.items():
            tensor.copy_(tensors[name])

    @contextmanager
    def applied(self) -> Generator[None]:
        """Lend the live tensors the average's values, exactly as they are given back after."""
        with torch.no_grad():
            kept = {name: tensor.detach().clone() for name, tensor in self.live.items()}
            self.adopt()
        try:
            yield
        finally:
            with torch.no_grad():
                for name, tensor in kept.items():
                    self.live[name].copy_(tensor)
