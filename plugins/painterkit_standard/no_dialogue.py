"""The `none` dialogue encoder."""

from __future__ import annotations

from torch import Tensor, nn

from painterkit.interfaces.context import BuildContext
from painterkit_standard.settings import NoDialogueSettings


class NoDialogue(nn.Module):
    """Read nothing."""

    width = 0
    reads = "turns"
    causal = True

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, 0] whatever was said."""
        return features.new_zeros(features.shape[0], drawn.shape[1], 0)

    def step(self, features: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Return [B, 0] whatever was said; there is nothing to remember."""
        return features.new_zeros(features.shape[0], 0), None


def build(settings: NoDialogueSettings, context: BuildContext) -> NoDialogue:
    """Build the encoder."""
    return NoDialogue()
