"""What a step is trained on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from attrs import field, frozen
from torch import Generator, Tensor

from painterkit.data.words import Words
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.discriminator import Discriminator, Logits
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.parts import Parts


class Side(StrEnum):
    """Whose update a loss belongs to."""

    DISCRIMINATOR = "discriminator"
    GENERATOR = "generator"


@frozen
class Judged:
    """What a discriminator says at one resolution: the three pairs of a matching-aware one.

    On the generator's side only `fake` is there, and `interpolated` where pictures are drawn
    between two conversations' words. `mismatched` is None where a batch holds no two pictures;
    `mismatched_weight` [B] is 0 where the other conversation is of the same picture. The features
    [B, C, M, M] are what was judged; on the generator's side the real ones are cut from the graph,
    and there only where a loss reads them.
    """

    fake: Logits
    real: Logits | None = None
    mismatched: Logits | None = None
    mismatched_weight: Tensor | None = None
    interpolated: Logits | None = None
    fake_features: Tensor | None = None
    real_features: Tensor | None = None


@frozen
class Shown:
    """What one discriminator is shown in its own update.

    `real` and `fake` [B, 3, R, R] in [-1, 1] and `condition` are cut from the graph. A loss that
    differentiates the logits asks `judge` anew.
    """

    real: Tensor
    fake: Tensor
    condition: Condition
    judge: Discriminator

    def logits(self, images: Tensor, condition: Condition) -> Logits:
        """Return what the discriminator says of pictures [B, 3, R, R]."""
        return self.judge.logits(self.judge.features(images), condition)


@frozen
class Facts:
    """What was said up to the drawn moments, and what the real pictures beside them show.

    `said` and `truth` int64 [B, A] hold values as `painterkit.data.Batch` has them, `class_ids`
    [B] the classes, `image_rows` [B] the numbers of the pictures that the conversations are about;
    None where the data have none. `shown_class_ids` and `shown_rows` [B] are those of the real
    pictures beside the moments, which may be others that fit what was said so far; None where they
    are the conversations' own. `heard` [B] is how many turns had been said, of `turns` [B] in all.
    """

    said: Tensor | None = None
    truth: Tensor | None = None
    class_ids: Tensor | None = None
    image_rows: Tensor | None = None
    shown_class_ids: Tensor | None = None
    shown_rows: Tensor | None = None
    heard: Tensor | None = None
    turns: Tensor | None = None


@frozen
class StepView:
    """What a loss may read of one update.

    `judged` and `conditions` are by resolution; a condition shared by several resolutions is the
    same object in each. `images` {R: [B, 3, R, R] in [-1, 1]} are the drawn pictures, those that
    nobody judges as well; on the discriminator's side they are cut from the graph. `shown`, by
    resolution, is there on the discriminator's side; it and `facts` only where a loss reads them.
    `words` are those of each source that the generator looked at, [B, L, W] and [B, L], and
    `captions` [B, Dc] the caption's vectors. `seen` is what the image encoder sees in the drawn
    picture of its own height, on the generator's side, where a loss reads it.
    Random numbers come from `random`; `step` is the number of the step in its phase. `judges` are
    the discriminators, by resolution, for a loss that asks them more than the step does.
    """

    side: Side
    judged: Mapping[int, Judged]
    conditions: Mapping[int, Condition]
    images: Mapping[int, Tensor] = field(factory=dict)
    shown: Mapping[int, Shown] = field(factory=dict)
    facts: Facts | None = None
    random: Generator | None = None
    words: Mapping[WordSource, Words] = field(factory=dict)
    captions: Tensor | None = None
    seen: ImageFeatures | None = None
    step: int = 0
    judges: Mapping[int, Discriminator] = field(factory=dict)


class Loss(Protocol):
    """Compute one term of an update."""

    sides: Collection[Side]
    """The updates that the term belongs to."""

    reads: Collection[str]
    """The parts of a StepView and of Judged that it reads, such as `judged`, `images`: what no
    loss reads may not be there."""

    def __call__(self, view: StepView) -> Tensor:
        """Return a scalar, float32."""
        ...


@runtime_checkable
class AsksOfDiscriminators(Protocol):
    """A loss that not every discriminator will do for."""

    def misfits(self, discriminators: Mapping[int, Any]) -> Sequence[str]:
        """Say in whole sentences what the discriminators, by resolution, lack; nothing if they fit.

        A sentence begins with what is asked of them, as in 'needs discriminators that ...'.
        """
        ...


@runtime_checkable
class AsksOfParts(Protocol):
    """A loss that wants more of the other parts than that they are there."""

    def parts_misfits(self, parts: Parts) -> Sequence[str]:
        """Say in sentences what the parts lack for it; nothing if they fit.

        A sentence begins with what is asked of them, as in 'needs an image encoder that ...'.
        """
        ...


@runtime_checkable
class UnboundedCritic(Protocol):
    """A loss that may fall without end as the discriminators' logits grow steeper, as WGAN's does.

    It goes with discriminators that have spectral normalisation in every layer, or beside a loss
    that is BoundsCritic. `misfits` of AsksOfDiscriminators need not say so.
    """

    needs_bound: bool
    """Whether it does fall so with its settings."""


@runtime_checkable
class BoundsCritic(Protocol):
    """A loss that keeps the slope of the discriminators' logits bounded, as a gradient penalty."""

    gives_bound: bool
    """Whether it does so with its settings; with a weight of 0 it does not."""
