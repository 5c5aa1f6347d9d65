"""The `predict-image` training-step: read the words, predict what is seen in the picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit_standard.predicting import NO_IMAGE_ENCODER, head_of, own_image_encoder
from painterkit_standard.training_settings import PredictImageSettings


class PredictImage(nn.Module):
    """Predict an embedding of the picture from what was read, by mean squared error.

    Section 5.1 of the Neural Painter, where the prediction is made at every turn. The picture is
    seen by an `image_encoder` of the step's own, or else by the one of the parts.
    """

    optimizers = ("reader",)
    tokens = ()
    extras = ()

    def __init__(
        self,
        head: nn.Module,
        resolution: int,
        turns: TurnSampler | None = None,
        image_encoder: Any = None,
    ) -> None:
        super().__init__()
        self.resolutions = (resolution,) if resolution else ()
        self.head = head
        self.turns = turns
        self.image_encoder = image_encoder

    @property
    def asks_image_encoder(self) -> bool:
        """Whether it predicts what the image encoder of the parts sees."""
        return bool(self.resolutions) and self.image_encoder is None

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield one update, averaged over the drawn moments."""
        drawn = (self.turns or context.turns).sample(batch.lengths, context.shared)
        predicted = self.head(parts.embed(batch, drawn)).float()
        seen = self._seen(parts, batch).float().unsqueeze(1).expand_as(predicted)
        # A moment that is repeated counts once.
        counted = torch.ones_like(drawn, dtype=torch.bool)
        counted[:, 1:] = drawn[:, 1:] != drawn[:, :-1]
        loss = functional.mse_loss(predicted[counted], seen[counted])
        norms = norms_by_moment(predicted.detach(), drawn, counted)
        metrics = {"reader.error": loss.detach(), "seen.norm": seen[:, 0].norm(dim=1).mean()}
        yield Update(self.optimizers, loss, {**metrics, **norms})

    def misfits(self, parts: Parts) -> list[str]:
        """Say that there is no image encoder, nothing that reads, or no head where one is due."""
        sentences: list[str] = []
        if self.resolutions and self._image_encoder(parts) is None:
            sentences.append(NO_IMAGE_ENCODER)
        if parts.dialogue_encoder.width == 0:
            sentences.append("the dialogue encoder reads nothing, so there is nothing to train")
        return sentences

    def _seen(self, parts: Parts, batch: Batch) -> Tensor:
        if not self.resolutions:
            return batch.captions
        encoder = self._image_encoder(parts)
        with torch.no_grad():
            return encoder(batch.images[encoder.resolution]).pooled

    def _image_encoder(self, parts: Parts) -> Any:
        return parts.image_encoder if self.image_encoder is None else self.image_encoder


def norms_by_moment(predicted: Tensor, drawn: Tensor, counted: Tensor) -> dict[str, Tensor]:
    """Return the mean length of what is predicted, by moment, where there is more than one.

    The mean of all that may still come is shorter than any of it: what was read grows towards the
    length of what is seen as more is said.
    """
    if drawn.shape[1] == 1:
        return {}
    lengths = predicted.norm(dim=2) * counted
    sums = lengths.sum(dim=0) / counted.sum(dim=0).clamp(min=1)
    return {f"reader.norm.{place}": sums[place] for place in range(drawn.shape[1])}


def build(settings: PredictImageSettings, context: BuildContext) -> PredictImage:
    """Build the step for the agreed widths.

    Raises WrongInput where nothing sees pictures, where there is to be no head and the widths
    differ or it is to have a hidden layer, or where an image encoder of its own would have to be
    trained.
    """
    if not settings.head and settings.hidden is not None:
        raise WrongInput(
            Problem(
                "predict-image.hidden",
                "is a layer of the head, and there is none: head = false",
                "leave out head = false, or hidden",
            )
        )
    by_image = settings.target == "image"
    own = own_image_encoder(settings.image_encoder, "predict-image", context) if by_image else None
    seen, resolution = context.image_width, context.resolution
    if own is not None:
        seen, resolution = own.width, own.resolution
    if by_image and seen == 0:
        raise WrongInput(Problem("", NO_IMAGE_ENCODER))
    width = seen if by_image else context.caption_width
    if not settings.head and width != context.embedding_width:
        raise WrongInput(
            Problem(
                "predict-image.head",
                f"is false, so what was read is the prediction: it has {context.embedding_width} "
                f"numbers, and what is predicted has {width}",
                "give both one width, or head = true",
            )
        )
    head: nn.Module = nn.Identity()
    if settings.head:
        head = head_of(context.embedding_width, settings.hidden, width)
    turns = None if settings.turns is None else context.build(Role.TURN_SAMPLER, settings.turns)
    return PredictImage(head, resolution if by_image else 0, turns, own)
