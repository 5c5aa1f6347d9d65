"""The built parts of a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.data.batch import Batch
from painterkit.interfaces.text_encoder import TextEncoder


class Parts(nn.Module):
    """Hold the parts of a recipe under the names that a recipe's `train` prefixes use.

    A part that is a torch module has its weights in checkpoints; a packaged text encoder that
    is not one keeps its weights where they came from.
    """

    def __init__(
        self,
        caption_encoder: TextEncoder,
        turn_encoder: TextEncoder,
        dialogue_encoder: Any,
        generator: Any,
        discriminators: Mapping[int, Any],
        image_encoder: Any | None = None,
        caption_told: bool = True,
    ) -> None:
        super().__init__()
        self.caption_told = caption_told
        self.caption_encoder = caption_encoder
        self.turn_encoder = turn_encoder
        self.dialogue_encoder = dialogue_encoder
        self.generator = generator
        self.discriminators = nn.ModuleDict(
            {str(resolution): module for resolution, module in discriminators.items()}
        )
        self.image_encoder = image_encoder

    def discriminator(self, resolution: int) -> Any:
        """Return the discriminator of a resolution."""
        return self.discriminators[str(resolution)]

    def embed(self, batch: Batch, drawn: Tensor) -> Tensor:
        """Read a batch into [B, K, E]: what was read up to each drawn moment.

        Caption and dialogue vectors joined, the concatenation of section 4 of the ChatPainter
        paper; the dialogue's alone where the caption is not told. `drawn` [B, K] as a TurnSampler
        gives it.
        """
        dialogue = self.dialogue_encoder(batch.turns, batch.turn_mask, drawn)
        return self.told(batch.captions.unsqueeze(1).expand(-1, drawn.shape[1], -1), dialogue)

    def told(self, caption: Tensor, dialogue: Tensor) -> Tensor:
        """Join vectors of a caption [..., Dc] and a dialogue [..., H] to [..., E]."""
        if not self.caption_told:
            return dialogue
        return torch.cat([caption.to(dialogue.dtype), dialogue], dim=-1)
