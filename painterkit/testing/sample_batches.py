"""Small batches for training-steps to be checked with."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
from attrs import evolve
from torch import Tensor
from torch.nn import functional

from painterkit.data.batch import Batch
from painterkit.data.conversation import Turn
from painterkit.data.facts import UNKNOWN, UNSEEN
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import TextEncoder
from painterkit.interfaces.training_step import Extra, TextKind
from painterkit.testing.inputs import BATCH, normal, pictures
from painterkit.testing.sample_data import ATTRIBUTES
from painterkit.testing.subject import CAPTION_WIDTH, TURN_WIDTH

LENGTHS = (3, 1, 0, 3, 2)
SAID = ("a small red circle", "two squares", "a blue square", "stars", "one large star")
"""What the conversations of a batch are about."""


def sample_batch(resolutions: Sequence[int], number: int = 0) -> Batch:
    """Return a batch in which two conversations are about one picture and one has no turn.

    Each `number` has conversations, pictures and vectors of its own.
    """
    lengths = torch.tensor(LENGTHS)
    full = pictures(BATCH, max(resolutions, default=8), seed=3 * number)
    return Batch(
        rows=number * BATCH + torch.arange(BATCH),
        image_rows=number * BATCH + torch.tensor([0, 1, 1, 2, 3]),
        images={size: functional.adaptive_avg_pool2d(full, size) for size in resolutions},
        captions=normal(BATCH, CAPTION_WIDTH, seed=3 * number + 1),
        turns=normal(BATCH, max(LENGTHS), TURN_WIDTH, seed=3 * number + 2),
        turn_mask=torch.arange(max(LENGTHS)) < lengths[:, None],
        class_ids=torch.tensor([0, 1, 1, 0, 2]),
    )


def with_tokens(batch: Batch, parts: Parts, kinds: Collection[TextKind]) -> Batch:
    """Return a sample batch as a step is given it that trains the text encoders of `kinds`."""
    captions = [[said, f"some {said}"] for said in SAID]
    turns = [[f"{said}, {place} times." for place in range(max(LENGTHS))] for said in SAID]
    return evolve(
        batch,
        captions=batch.captions[..., :0],
        turns=batch.turns[..., :0],
        caption_tokens=_tokens(parts.caption_encoder, captions) if "captions" in kinds else {},
        turn_tokens=_tokens(parts.turn_encoder, turns) if "turns" in kinds else {},
    )


def with_extras(batch: Batch, extras: Collection[Extra]) -> Batch:
    """Return a sample batch with the extras that a step asks for.

    Each turn tells another attribute truly, and some pictures contradict what others were told.
    """
    if not extras:
        return batch
    moments = batch.turns.shape[1] + 1
    counts = torch.tensor([len(values) for values in ATTRIBUTES.values()])
    truth = torch.arange(BATCH)[:, None] % counts
    truth[0, 1] = UNSEEN
    said = torch.full((BATCH, moments, 3), UNKNOWN)
    for turn in range(min(moments - 1, 3)):
        said[:, turn + 1 :, turn] = truth[:, None, turn].clamp(min=0)
    batch = evolve(batch, said=said, truth=truth)
    if "matching" not in extras:
        return batch
    matching = {
        size: pictures(BATCH * moments, size, seed=3).unflatten(0, (BATCH, moments))
        for size in batch.images
    }
    shown = truth.unsqueeze(1).expand(-1, moments, -1)
    rows = BATCH + torch.arange(BATCH * moments).view(BATCH, moments)
    return evolve(
        batch,
        matching=matching,
        matching_truth=shown,
        matching_rows=rows,
        matching_class_ids=rows % 3,
    )


def _tokens(encoder: TextEncoder, texts: Sequence[Sequence[str]]) -> dict[str, Tensor]:
    prepared = encoder.prepare([Turn(text) for row in texts for text in row])
    return {name: tensor.unflatten(0, (len(texts), -1)) for name, tensor in prepared.items()}
