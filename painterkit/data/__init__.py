"""Conversations, their pictures, and the batches made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painterkit.data.conversation import Conversation, Turn

if TYPE_CHECKING:
    from painterkit.data.batch import Batch

__all__ = ["Batch", "Conversation", "Turn"]


def __getattr__(name: str) -> object:
    # Batch holds tensors: importing it lazily keeps conversations free of torch.
    if name == "Batch":
        from painterkit.data.batch import Batch

        return Batch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
