"""The `damsm` training-step: encoders of text and pictures learn to tell what belongs together."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from painterkit.data import Batch
from painterkit.data.words import Words
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.loss import Facts
from painterkit.interfaces.parts import Parts, has_weights
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.interfaces.training_step import Extra, StepContext, TextKind, Update
from painterkit_attngan.damsm import Spoken, match
from painterkit_attngan.damsm_pairs import data_problems, parts_lack, same_pairs, spoken
from painterkit_attngan.settings_damsm import DAMSMStepSettings

BEFORE = -1
"""The moment before the first turn, when the caption alone has been said."""


class DAMSMStep:
    """Match the pictures of a batch with their words, and learn from it.

    Turns are read up to the moment that the turn-sampler draws, the last one where it draws
    several.
    """

    optimizers = ("encoder",)

    def __init__(self, settings: DAMSMStepSettings, resolution: int) -> None:
        self.settings = settings
        self.resolutions = (resolution,)
        self.reads_turns = bool({"dialogue", "turns"} & {*settings.reads})
        kinds: dict[TextKind, bool] = {
            "captions": "caption" in settings.reads,
            "turns": self.reads_turns,
        }
        self.tokens: tuple[TextKind, ...] = tuple(kind for kind, read in kinds.items() if read)
        self.extras: tuple[Extra, ...] = ("facts",) if settings.same == "fits" else ()

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield one update of the encoders."""
        moments = torch.full_like(batch.rows, BEFORE)
        if self.reads_turns:
            moments = context.turns.sample(batch.lengths, context.shared)[:, -1]
        said = self._spoken(parts, batch, moments)
        assert parts.image_encoder is not None, "misfits() refuses parts without one"
        # One that no optimizer lists is frozen: nothing is kept for its gradient.
        seen = parts.image_encoder(batch.images[parts.image_encoder.resolution])
        same = same_pairs(self.settings.same, facts_at(batch, moments))
        found = match(seen, said, same, self.settings)
        metrics = {
            "encoder.loss": found.loss.detach(),
            "encoder.accuracy": found.by_words,
            "encoder.sentence_accuracy": found.by_sentence,
        }
        yield Update(self.optimizers, found.loss, metrics)

    def misfits(self, parts: Parts) -> list[str]:
        """Say what it needs and the parts lack, or that they have nothing to train."""
        sentences = [f"the step {what}" for what in parts_lack(parts, self.settings.reads)]
        encoders: list[object] = [parts.image_encoder]
        encoders += [parts.caption_encoder] if "captions" in self.tokens else []
        encoders += [parts.turn_encoder] if "turns" in self.tokens else []
        if not any(map(has_weights, encoders)):
            sentences.append(
                "neither what is read nor what is seen has weights to train; name a text encoder "
                "that has, such as 'word-lstm', or an image encoder such as 'convolutional'"
            )
        return sentences

    def _spoken(self, parts: Parts, batch: Batch, moments: Tensor) -> Spoken:
        """Encode what was said up to a moment of each conversation, [B]."""
        found: dict[WordSource, Words] = {}
        captions: Tensor | None = None
        if "captions" in self.tokens:
            first = {name: both[:, 0] for name, both in batch.caption_tokens.items()}
            features = parts.caption_encoder.forward(first)
            captions = features.sentence
            found["caption"] = words_of(features)
        if self.reads_turns:
            # Turns come one by one here, also where the dialogue encoder reads them joined.
            tokens = {name: turns.flatten(0, 1) for name, turns in batch.turn_tokens.items()}
            features = parts.turn_encoder.forward(tokens)
            said = batch.turn_mask & up_to(moments, batch.turn_mask.shape[1])
            found["turns"] = Words(features.sentence.unflatten(0, said.shape), said)
            if "dialogue" in self.settings.reads:
                words = words_of(features)
                mask = said.unsqueeze(2) & words.mask.unflatten(0, said.shape)
                vectors = words.vectors.unflatten(0, said.shape)
                found["dialogue"] = Words(vectors.flatten(1, 2), mask.flatten(1))
        return spoken(found, captions, self.settings.reads)


def facts_at(batch: Batch, moments: Tensor) -> Facts:
    """Return what had been said at a moment of each conversation [B], and what is true."""
    said = batch.said
    if said is not None:
        rows = torch.arange(batch.size, device=moments.device)
        said = said[rows, moments + 1]
    return Facts(said, batch.truth, batch.class_ids, batch.image_rows)


def up_to(moments: Tensor, turns: int) -> Tensor:
    """Return bool [B, T]: which turns have been said at a moment of each conversation, [B]."""
    return torch.arange(turns, device=moments.device) <= moments.unsqueeze(1)


def words_of(features: TextFeatures) -> Words:
    """Return the words that an encoder gives."""
    assert features.words is not None, "misfits() refuses an encoder without words"
    assert features.mask is not None, "where there are words there is a mask"
    return Words(features.words, features.mask)


def build(settings: DAMSMStepSettings, context: BuildContext) -> DAMSMStep:
    """Build the step.

    Raises WrongInput where nothing sees pictures, or the data have no classes or no attributes
    that `same` asks for.
    """
    if context.image_width == 0:
        what = "nothing sees the pictures"
        raise WrongInput(Problem("", what, "name an image encoder in parts.image_encoder"))
    # The data of a training that is under way were looked at when it began.
    where = "damsm.same"
    problems = [] if context.restoring else data_problems(where, settings.same, context.dataset)
    if problems:
        raise WrongInput(problems)
    return DAMSMStep(settings, context.resolution)
