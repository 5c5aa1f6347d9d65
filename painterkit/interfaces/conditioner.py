"""What turns an embedding into the condition of a generator."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from attrs import evolve, frozen
from torch import Tensor


@frozen
class Condition:
    """What a generator draws from and a discriminator is told.

    `embedding` [B, E] is raw: caption and dialogue vectors joined. `code` [B, C] is the sample
    that the generator draws from; `mu` and `log_variance` [B, C] are its distribution.
    """

    embedding: Tensor
    code: Tensor
    mu: Tensor
    log_variance: Tensor

    def detach(self) -> Condition:
        """Return the same condition, cut from the graph."""
        return Condition(
            self.embedding.detach(),
            self.code.detach(),
            self.mu.detach(),
            self.log_variance.detach(),
        )

    def rows(self, order: Tensor) -> Condition:
        """Return the condition with its rows in the given order [B']."""
        return evolve(
            self,
            embedding=self.embedding[order],
            code=self.code[order],
            mu=self.mu[order],
            log_variance=self.log_variance[order],
        )


@runtime_checkable
class Conditioner(Protocol):
    """Make a condition from an embedding."""

    width: int
    """Width C of the code."""

    noise_width: int
    """Width of the noise that `forward` needs; 0 for none, then the code is no sample and there
    is no distribution to speak of."""

    def forward(self, embedding: Tensor, noise: Tensor) -> Condition:
        """Return the condition for `embedding` [B, E] and normal `noise` [B, noise_width]."""
        ...
