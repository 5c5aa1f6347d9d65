"""The `predict-from-caption` training-step: read a caption, predict what is seen in the picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.parts import Parts, has_weights
from painterkit.interfaces.training_step import StepContext, Update
from painterkit_standard.predicting import NO_IMAGE_ENCODER, head_of, own_image_encoder
from painterkit_standard.training_settings import PredictFromCaptionSettings

NOTHING_TO_TRAIN = (
    "the caption encoder has no weights to train; name one that has, such as word-lstm, in "
    "parts.caption_encoder"
)


class PredictFromCaption(nn.Module):
    """Predict an embedding of the picture from its caption alone, by mean squared error.

    The picture is seen by an `image_encoder` of the step's own, or else by the one of the parts.
    """

    optimizers = ("encoder",)
    tokens = ("captions",)
    extras = ()

    def __init__(self, head: nn.Module, resolution: int, image_encoder: Any = None) -> None:
        super().__init__()
        self.resolutions = (resolution,)
        self.head = head
        self.image_encoder = image_encoder

    @property
    def asks_image_encoder(self) -> bool:
        """Whether it predicts what the image encoder of the parts sees."""
        return self.image_encoder is None

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield one update of the caption encoder and the head."""
        first = {name: both[:, 0] for name, both in batch.caption_tokens.items()}
        predicted = self.head(parts.caption_encoder.forward(first).sentence).float()
        encoder = self._image_encoder(parts)
        with torch.no_grad():
            seen = encoder(batch.images[encoder.resolution]).pooled.float()
        loss = functional.mse_loss(predicted, seen)
        yield Update(self.optimizers, loss, {"encoder.error": loss.detach()})

    def misfits(self, parts: Parts) -> list[str]:
        """Say that there is no image encoder, or a caption encoder that cannot learn."""
        sentences: list[str] = []
        if self._image_encoder(parts) is None:
            sentences.append(NO_IMAGE_ENCODER)
        if not has_weights(parts.caption_encoder):
            sentences.append(NOTHING_TO_TRAIN)
        return sentences

    def _image_encoder(self, parts: Parts) -> Any:
        return parts.image_encoder if self.image_encoder is None else self.image_encoder


def build(settings: PredictFromCaptionSettings, context: BuildContext) -> PredictFromCaption:
    """Build the step for the agreed widths.

    Raises WrongInput where nothing sees pictures, where captions are not read, or where an image
    encoder of its own would have to be trained.
    """
    own = own_image_encoder(settings.image_encoder, "predict-from-caption", context)
    seen, resolution = context.image_width, context.resolution
    if own is not None:
        seen, resolution = own.width, own.resolution
    if seen == 0:
        raise WrongInput(Problem("", NO_IMAGE_ENCODER))
    if context.caption_width == 0:  # of which torch makes a layer, with a warning
        raise WrongInput(Problem("", NOTHING_TO_TRAIN))
    head = head_of(context.caption_width, settings.hidden, seen)
    return PredictFromCaption(head, resolution, own)
