"""The `classify-image` training-step: an image encoder learns to tell what pictures show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.parts import Parts, has_weights
from painterkit.interfaces.training_step import Extra, StepContext, Update
from painterkit_standard.labels import judged, value_counts
from painterkit_standard.training_settings import ClassifyImageSettings

NO_IMAGE_ENCODER = "nothing sees the pictures; name an image encoder in parts.image_encoder"
NOTHING_TO_TRAIN = (
    "the image encoder has no weights to train; name one that has, such as convolutional, in "
    "parts.image_encoder"
)


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
        return [] if has_weights(parts.image_encoder) else [NOTHING_TO_TRAIN]

    def _truth(self, batch: Batch) -> Tensor:
        """Return the right value of each head, [B, heads]; negative where nobody knows."""
        if self.settings.of == "class":
            assert batch.class_ids is not None, "build() refuses data without classes"
            return batch.class_ids[:, None]
        assert batch.truth is not None, "the step asks for facts"
        return batch.truth


def build(settings: ClassifyImageSettings, context: BuildContext) -> ClassifyImage:
    """Build the step with a head for each attribute of the data, or one for their classes.

    Raises WrongInput where nothing sees pictures, or where the data know nothing of them.
    """
    if context.image_width == 0:
        raise WrongInput(Problem("", NO_IMAGE_ENCODER))
    counts = value_counts(
        settings.of,
        context.dataset,
        "classify-image.of",
        "joint-embedding needs words alone",
    )
    return ClassifyImage(settings, counts, context.image_width, context.resolution)
