"""The `skip-thought` training-step: read a turn, predict the words of its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit_chatpainter.skip_thought.decoders import NeighbourDecoders, Neighbours
from painterkit_chatpainter.skip_thought.network import MODELS
from painterkit_chatpainter.skip_thought.trainable import SkipThought
from painterkit_chatpainter.skip_thought.vocabulary import END
from painterkit_chatpainter.skip_thought_settings import (
    SkipThoughtSettings,
    SkipThoughtStepSettings,
)

NOTHING_TO_TRAIN = (
    "the step skip-thought trains a turn encoder 'skip-thought' without 'folder'; name one in "
    "parts.turn_encoder"
)


class SkipThoughtStep(nn.Module):
    """Predict the turn after and the turn before from a turn's vector, word by word.

    The decoders have the sizes of the turn encoder, whose settings `sizes` are.
    """

    optimizers = ("encoder",)
    resolutions: Sequence[int] = ()
    tokens = ("turns",)
    extras = ()

    def __init__(self, settings: SkipThoughtStepSettings, sizes: SkipThoughtSettings) -> None:
        super().__init__()
        widths = (sizes.word_width, sizes.width, sizes.vocabulary)
        every_word = settings.conditioning == "every-word"
        self.decoders = nn.ModuleDict(
            {name: NeighbourDecoders(*widths, every_word) for name in MODELS[sizes.mode]}
        )

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield one update: the mean over uni and bi of the cross entropy of a word, in nats."""
        encoder = parts.turn_encoder
        assert isinstance(encoder, SkipThought), "build() refuses every other"
        words = batch.turn_tokens["words"]
        # Packed sequences want their lengths on the CPU: they are read back here once.
        mask = batch.turn_mask.cpu()
        lengths = batch.turn_tokens["lengths"].cpu() * mask
        states = encoder.states(words.flatten(0, 1), lengths.flatten())
        spoken = (lengths - int(encoder.settings.end_token)).clamp(min=0)
        after = _neighbours(words, spoken, mask, 1)
        before = _neighbours(words, spoken, mask, -1)
        losses = [
            self.decoders[name](state, encoder.word_vectors(name), after, before)
            for name, state in states.items()
        ]
        loss = torch.stack(losses).mean()
        known = {"encoder.loss": loss.detach(), "encoder.perplexity": loss.detach().exp()}
        yield Update(self.optimizers, loss, known)

    def misfits(self, parts: Parts) -> list[str]:
        """Say nothing: build() refuses a turn encoder that it cannot train."""
        return []


def _neighbours(words: Tensor, spoken: Tensor, mask: Tensor, by: int) -> Neighbours:
    """Return the turns `by` places later of turns [B, T, L], row by row: [B * T, L + 1].

    `spoken` [B, T] says how many words each has without its end, `mask` [B, T] whether it is
    there; both are on the CPU.
    """
    place = torch.arange(mask.shape[1]) + by
    inside = (place >= 0) & (place < mask.shape[1])
    told = mask & mask.roll(-by, 1) & inside
    # What follows the last word is the end, as it is padded with the end's number.
    with_end = functional.pad(words.roll(-by, 1), (0, 1), value=END)
    counts = torch.where(told, spoken.roll(-by, 1), 0) + 1
    return Neighbours(with_end.flatten(0, 1), counts.flatten(), told.flatten().to(words.device))


def build(settings: SkipThoughtStepSettings, context: BuildContext) -> SkipThoughtStep:
    """Build the step for the turn encoder. Raises WrongInput where that is not one to train."""
    encoder = context.turn_encoder
    if not isinstance(encoder, SkipThought):
        raise WrongInput(Problem("", NOTHING_TO_TRAIN))
    return SkipThoughtStep(settings, encoder.settings)
