"""The `joint-embedding` training-step: the structured joint embedding of Reed et al. (2016).

With `same = "class"` it is their class-conditional one, which the Neural Painter credits for the
embeddings that it pretrains with (section 5.1); the image encoder is to learn as well then.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset, has_classes
from painterkit.interfaces.parts import Parts, has_weights
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.nn.means import mean_of
from painterkit_chatpainter.char_cnn_rnn_settings import JointEmbeddingSettings

NO_IMAGE_ENCODER = (
    "nothing sees the pictures; name an image encoder in parts.image_encoder, or compare captions "
    'with each other: against = "captions"'
)
NOTHING_TO_TRAIN = (
    "the caption encoder has no weights to train; name one that has, such as char-cnn-rnn, in "
    "parts.caption_encoder"
)
OR_AN_IMAGE_ENCODER = ", or an image encoder that has, such as convolutional"


class JointEmbedding(nn.Module):
    """Bring each caption's vector near its own picture's, or near its picture's other caption.

    Whatever the recipe's optimizer lists learns: the caption encoder, the image encoder, or both.
    """

    optimizers = ("encoder",)
    tokens = ("captions",)
    extras = ()

    def __init__(
        self,
        settings: JointEmbeddingSettings,
        caption_width: int,
        image_width: int,
        resolution: int,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.image: nn.Linear | None = None
        self.resolutions: tuple[int, ...] = ()
        if settings.against == "images":
            self.image = nn.Linear(image_width, caption_width)
            self.resolutions = (resolution,)

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield one update of the encoders, and of the linear layer."""
        anchors, texts = self._pairs(parts, batch)
        same = self._same(batch)
        counted = torch.ones_like(batch.image_rows, dtype=torch.bool)
        if self.image is None:
            counted = captions_differ(batch)
        # In bfloat16 an inner product of a thousand terms is too coarse for a margin of 1.
        with torch.autocast(texts.device.type, enabled=False):
            scores = anchors.float() @ texts.float().T
        loss = structured_hinge(scores, same, counted, self.settings.margin)
        right = accuracy(scores, same, counted)
        if self.settings.symmetric:
            loss = loss + structured_hinge(scores.T, same, counted, self.settings.margin)
            right = (right + accuracy(scores.T, same, counted)) / 2
        metrics = {"encoder.loss": loss.detach(), "encoder.accuracy": right}
        yield Update(self.optimizers, loss, metrics)

    def misfits(self, parts: Parts) -> list[str]:
        """Say that there is nothing to train, or nothing that sees pictures."""
        sentences: list[str] = []
        against_images = self.image is not None
        seer = parts.image_encoder if against_images else None
        if not has_weights(parts.caption_encoder) and not has_weights(seer):
            sentences.append(NOTHING_TO_TRAIN + (OR_AN_IMAGE_ENCODER if against_images else ""))
        if against_images and parts.image_encoder is None:
            sentences.append(NO_IMAGE_ENCODER)
        return sentences

    def _same(self, batch: Batch) -> Tensor:
        """Return where two conversations are about one picture, or one class, bool [B, B]."""
        same = batch.image_rows[:, None] == batch.image_rows
        if self.settings.same == "picture":
            return same
        assert batch.class_ids is not None, "build() refuses data without classes"
        # A picture of no class, -1, is of one class with nothing but itself.
        of_a_class = batch.class_ids >= 0
        return same | (of_a_class & (batch.class_ids[:, None] == batch.class_ids))

    def _pairs(self, parts: Parts, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return pictures, or second captions, and first captions: two sets of vectors [B, D]."""
        tokens = batch.caption_tokens
        first = {name: captions[:, 0] for name, captions in tokens.items()}
        if self.image is None:
            # Both captions in one pass: a text's vector does not depend on those beside it.
            both = {name: torch.cat([first[name], tokens[name][:, 1]]) for name in tokens}
            texts, anchors = parts.caption_encoder.forward(both).sentence.chunk(2)
            return anchors, texts
        assert parts.image_encoder is not None, "misfits() refuses parts without one"
        # One that no optimizer lists is frozen: nothing is kept for its gradient.
        seen = parts.image_encoder(batch.images[parts.image_encoder.resolution]).pooled
        return self.image(seen), parts.caption_encoder.forward(first).sentence


def captions_differ(batch: Batch) -> Tensor:
    """Return bool [B]: whether the encoder reads a picture's two captions as different texts."""
    different = [
        (captions[:, 0] != captions[:, 1]).reshape(batch.size, -1).any(dim=1)
        for captions in batch.caption_tokens.values()
    ]
    return torch.stack(different).any(dim=0)


def structured_hinge(scores: Tensor, same: Tensor, counted: Tensor, margin: float) -> Tensor:
    """Return the mean over the pairs of max(0, margin + F(i, j) - F(i, i)), a scalar.

    `scores` [B, B] holds F(i, j). Where `same` bool [B, B] is true, j is no other of i, and the
    pair adds 0, but is among those that the sum is divided by: B * B, as in the authors'
    code. Where `counted` bool [B] is false, i has no pair at all.
    """
    cost = functional.relu(margin + scores - scores.diagonal().unsqueeze(1))
    return mean_of(counted, cost.masked_fill(same, 0.0).mean(dim=1))


@torch.no_grad()
def accuracy(scores: Tensor, same: Tensor, counted: Tensor) -> Tensor:
    """Return how often F(i, i) is larger than every F(i, j) that is not the `same`, a scalar.

    Only rows i that are `counted` bool [B] are looked at; 0 where there is none.
    """
    others = scores.masked_fill(same, float("-inf")).amax(dim=1)
    return mean_of(counted, (scores.diagonal() > others).float())


def has_second_captions(dataset: Dataset | None) -> bool:
    """Tell whether any conversation of a data set has two captions.

    Data that are not there yet may have them: they are asked again when they are.
    """
    if dataset is None or dataset.lacks():
        return True
    return any(len(set(one.captions)) > 1 for one in dataset.conversations("train"))


def data_problems(settings: JointEmbeddingSettings, dataset: Dataset | None) -> list[Problem]:
    """Return what the settings ask of the data that these do not have."""
    problems: list[Problem] = []
    if settings.against == "captions" and not has_second_captions(dataset):
        problems.append(
            Problem(
                "joint-embedding.against",
                "the pictures of these data have one caption each, so captions cannot be compared",
                'give against = "images"',
            )
        )
    if settings.same == "class" and not has_classes(dataset):
        problems.append(
            Problem(
                "joint-embedding.same",
                "the pictures of these data have no classes",
                'same = "picture" tells every picture from every other',
            )
        )
    return problems


def build(settings: JointEmbeddingSettings, context: BuildContext) -> JointEmbedding:
    """Build the step for the agreed widths.

    Raises WrongInput where nothing sees pictures, where captions are to be compared and no picture
    has a second one, or where classes count and the data have none.
    """
    if settings.against == "images" and context.image_width == 0:
        raise WrongInput(Problem("", NO_IMAGE_ENCODER))
    # The data of a training that is under way were looked at when it began.
    problems = [] if context.restoring else data_problems(settings, context.dataset)
    if problems:
        raise WrongInput(problems)
    return JointEmbedding(settings, context.caption_width, context.image_width, context.resolution)
