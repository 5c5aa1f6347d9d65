"""The `predict-image` training-step: read the words, predict what is seen in the picture."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit_standard.settings import PredictImageSettings

NO_IMAGE_ENCODER = "nothing sees the pictures; name an image encoder in parts.image_encoder"


class PredictImage(nn.Module):
    """Predict the image encoder's pooled vector from what was read, by mean squared error."""

    optimizers = ("reader",)
    tokens = ()

    def __init__(self, embedding_width: int, image_width: int, resolution: int) -> None:
        super().__init__()
        self.resolutions = (resolution,) if resolution else ()
        self.head = nn.Linear(embedding_width, image_width)

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield one update, averaged over the drawn moments."""
        drawn = context.turns.sample(batch.lengths, context.shared)
        embedding = parts.embed(batch, drawn)
        assert parts.image_encoder is not None, "misfits() refuses parts without one"
        with torch.no_grad():
            seen = parts.image_encoder(batch.images[parts.image_encoder.resolution]).pooled
        predicted = self.head(embedding).float()
        loss = functional.mse_loss(predicted, seen.unsqueeze(1).expand_as(predicted))
        yield Update(self.optimizers, loss, {"reader.error": loss.detach()})

    def misfits(self, parts: Parts) -> list[str]:
        """Say that there is no image encoder, or nothing that reads."""
        sentences: list[str] = []
        if parts.image_encoder is None:
            sentences.append(NO_IMAGE_ENCODER)
        if parts.dialogue_encoder.width == 0:
            sentences.append("the dialogue encoder reads nothing, so there is nothing to train")
        return sentences


def build(settings: PredictImageSettings, context: BuildContext) -> PredictImage:
    """Build the step for the agreed widths. Raises WrongInput where nothing sees pictures."""
    if context.image_width == 0:
        raise WrongInput(Problem("", NO_IMAGE_ENCODER))
    return PredictImage(context.embedding_width, context.image_width, context.resolution)
