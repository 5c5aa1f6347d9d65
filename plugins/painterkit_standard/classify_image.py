"""The `classify-image` training-step: an image encoder learns to tell what pictures show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import Extra, StepContext, Update
from painterkit_standard.training_settings import ClassifyImageSettings

NO_IMAGE_ENCODER = "nothing sees the pictures; name an image encoder in parts.image_encoder"
NOTHING_TO_TRAIN = (
    "the image encoder has no weights to train; name one that has, such as convolutional, in "
    "parts.image_encoder"
)
NOTHING_KNOWN = {
    "attributes": "this data set does not know what its pictures show: it has no attributes",
    "class": "the pictures of this data set have no classes",
}


class ClassifyImage(nn.Module):
    """Classify pictures by linear heads on what the image encoder sees, kept for this phase alone.

    A classifier as the Neural Painter compares its embedding with ("networks pretrained for CUB
    classification", section 5.1). `counts` are the values that each head tells apart: one head an
    attribute, or one for the classes.
    """

    optimizers = ("encoder",)
    tokens = ()

    def __init__(
        self, settings: ClassifyImageSettings, counts: Sequence[int], width: int, resolution: int
    ) -> None:
        super().__init__()
        self.settings = settings
        self.counts = list(counts)
        self.resolutions = (resolution,)
        self.extras: tuple[Extra, ...] = ("facts",) if settings.of == "attributes" else ()
        self.heads = nn.Linear(width, sum(counts))

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield one update of the image encoder and the heads."""
        assert parts.image_encoder is not None, "misfits() refuses parts without one"
        seen = parts.image_encoder(batch.images[parts.image_encoder.resolution]).pooled
        logits = self.heads(seen).float().split(self.counts, dim=1)
        loss, accuracy = judged(logits, self._truth(batch))
        metrics = {"encoder.loss": loss.detach(), "encoder.accuracy": accuracy}
        yield Update(self.optimizers, loss, metrics)

    def misfits(self, parts: Parts) -> list[str]:
        """Say that nothing sees the pictures, or that what sees them has nothing to train."""
        if parts.image_encoder is None:
            return [NO_IMAGE_ENCODER]
        encoder = parts.image_encoder
        if not isinstance(encoder, nn.Module) or next(encoder.parameters(), None) is None:
            return [NOTHING_TO_TRAIN]
        return []

    def _truth(self, batch: Batch) -> Tensor:
        """Return the right value of each head, [B, heads]; negative where nobody knows."""
        if self.settings.of == "class":
            assert batch.class_ids is not None, "build() refuses data without classes"
            return batch.class_ids[:, None]
        assert batch.truth is not None, "the step asks for facts"
        return batch.truth


def judged(logits: Sequence[Tensor], truth: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean cross-entropy and mean accuracy over all that is known, two scalars.

    `logits` has [B, values] for each head; `truth` [B, heads] is negative where a value cannot be
    seen or is not known. Where nothing is known at all, both are 0.
    """
    columns = truth.clamp(min=0).unbind(dim=1)
    pairs = list(zip(logits, columns, strict=True))
    losses = [functional.cross_entropy(one, right, reduction="none") for one, right in pairs]
    hits = [(one.detach().argmax(dim=1) == right).float() for one, right in pairs]
    known = truth >= 0
    return mean_of(known, torch.stack(losses, dim=1)), mean_of(known, torch.stack(hits, dim=1))


def mean_of(known: Tensor, values: Tensor) -> Tensor:
    """Return the mean of those of `values` that are `known` bool; 0 if none is."""
    return (values * known).sum() / known.sum().clamp(min=1)


def value_counts(settings: ClassifyImageSettings, dataset: Dataset | None) -> list[int]:
    """Return how many values each head tells apart.

    Of data that are not there nobody knows: one head of one value stands for them, and they are
    asked again when they are. Raises WrongInput where the data know nothing of the sort.
    """
    if dataset is None or dataset.lacks():
        return [1]
    if settings.of == "class":
        last = max(one.class_id for one in dataset.conversations("train"))
        counts = [last + 1] if last >= 0 else []
    else:
        # An attribute whose values nobody names is never known, and still has a column.
        counts = [max(1, len(values)) for values in dataset.attributes.values()]
    if not counts:
        other = "class" if settings.of == "attributes" else "attributes"
        raise WrongInput(
            Problem(
                "classify-image.of",
                NOTHING_KNOWN[settings.of],
                f"of = '{other}' classifies by those, and joint-embedding needs words alone",
            )
        )
    return counts


def build(settings: ClassifyImageSettings, context: BuildContext) -> ClassifyImage:
    """Build the step with a head for each attribute of the data, or one for their classes.

    Raises WrongInput where nothing sees pictures, or where the data know nothing of them.
    """
    if context.image_width == 0:
        raise WrongInput(Problem("", NO_IMAGE_ENCODER))
    counts = value_counts(settings, context.dataset)
    return ClassifyImage(settings, counts, context.image_width, context.resolution)
