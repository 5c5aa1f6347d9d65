"""The built parts of a recipe."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.data.batch import Batch
from painterkit.data.words import Words
from painterkit.interfaces.generator import (
    GeneratorOutput,
    LooksAtWords,
    Noise,
    State,
    WordSource,
)
from painterkit.interfaces.reading import Reading, Told
from painterkit.interfaces.text_encoder import TextEncoder


def has_weights(part: object) -> bool:
    """Tell whether there is anything to train in a part."""
    return isinstance(part, nn.Module) and next(part.parameters(), None) is not None


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

    @property
    def word_sources(self) -> Collection[WordSource]:
        """Where the words come from that the generator looks at; empty for one that does not."""
        generator = self.generator
        return generator.word_sources if isinstance(generator, LooksAtWords) else ()

    @property
    def reads_caption(self) -> bool:
        """Whether pictures depend on the caption, which may be there for training-steps alone."""
        told = self.caption_told or "caption" in self.word_sources
        return told and self.caption_encoder.width > 0

    def read(self, batch: Batch, drawn: Tensor) -> Reading:
        """Read a batch as the generator is told it at the moments `drawn` [B, K]."""
        return Reading(self.embed(batch, drawn), self.words(batch, drawn))

    def words(self, batch: Batch, drawn: Tensor) -> dict[WordSource, Words]:
        """Return the words that the generator looks at, [B, L, W]; their mask is [B, K, L].

        Where the dialogue encoder reads turns joined into one text, that of the moment is all.
        """
        moments = drawn.shape[1]
        found: dict[WordSource, Words] = {}
        if "caption" in self.word_sources and batch.caption_words is not None:
            words = batch.caption_words
            found["caption"] = Words(words.vectors, words.mask.unsqueeze(1).expand(-1, moments, -1))
        places = torch.arange(batch.turns.shape[1], device=drawn.device)
        here = places == drawn.unsqueeze(2)
        said = here if self.dialogue_encoder.reads == "joined" else places <= drawn.unsqueeze(2)
        said = said & batch.turn_mask.unsqueeze(1)
        if "turns" in self.word_sources:
            found["turns"] = Words(batch.turns, said)
        if "dialogue" in self.word_sources and batch.turn_words is not None:
            words = batch.turn_words
            mask = said.unsqueeze(3) & words.mask.unsqueeze(1)
            found["dialogue"] = Words(words.vectors.flatten(1, 2), mask.flatten(2))
        return found

    def draw(
        self, told: Told, noise: Noise, state: State | None = None, largest: int | None = None
    ) -> GeneratorOutput:
        """Draw one moment of each conversation."""
        if self.word_sources:
            return self.generator(told.embedding, noise, state, largest, told.words)
        return self.generator(told.embedding, noise, state, largest)

    def told(self, caption: Tensor, dialogue: Tensor) -> Tensor:
        """Join vectors of a caption [..., Dc] and a dialogue [..., H] to [..., E]."""
        if not self.caption_told:
            return dialogue
        return torch.cat([caption.to(dialogue.dtype), dialogue], dim=-1)
