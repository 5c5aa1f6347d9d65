"""A batch of conversations, ready for a step."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from torch import Tensor


@frozen
class Batch:
    """B conversations with their pictures and what the frozen text encoders made of their words.

    `rows` [B] are the conversations' numbers in their split and `image_rows` [B] their pictures'.
    `images` {R: [B, 3, R, R] in [-1, 1]} all show the same crop. `captions` [B, Dc] is the chosen
    caption; `turns` [B, T, Dt] with `turn_mask` bool [B, T], True where there is a turn.
    """

    rows: Tensor
    image_rows: Tensor
    images: Mapping[int, Tensor]
    captions: Tensor
    turns: Tensor
    turn_mask: Tensor

    @property
    def size(self) -> int:
        """Return B."""
        return self.rows.shape[0]

    @property
    def lengths(self) -> Tensor:
        """Return the number of turns of each conversation, [B]."""
        return self.turn_mask.sum(dim=1)

    def repeated(self, count: int) -> Batch:
        """Return a batch of one `count` times over."""

        def repeat(tensor: Tensor) -> Tensor:
            return tensor.expand(count, *tensor.shape[1:])

        return Batch(
            rows=repeat(self.rows),
            image_rows=repeat(self.image_rows),
            images={size: repeat(image) for size, image in self.images.items()},
            captions=repeat(self.captions),
            turns=repeat(self.turns),
            turn_mask=repeat(self.turn_mask),
        )
