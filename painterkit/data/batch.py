"""A batch of conversations, ready for a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import field, frozen
from torch import Tensor

from painterkit.data.words import Words


@frozen
class Batch:
    """B conversations with their pictures and what the frozen text encoders made of their words.

    `rows` [B] are the conversations' numbers in their split and `image_rows` [B] their pictures'.
    `images` {R: [B, 3, R, R] in [-1, 1]} all show the same crop. `captions` [B, Dc] is the chosen
    caption; `turns` [B, T, Dt] with `turn_mask` bool [B, T], True where there is a turn.
    `class_ids` [B] are the pictures' classes, None where the data set has none.

    Where a step trains a text encoder, `caption_tokens` and `turn_tokens` hold what that encoder
    prepared, by its own names: two captions of each conversation, [B, 2, ...] (the chosen one and
    another; the same again where there is only one), and the turns, [B, T, ...]. Vectors have
    width 0 then.

    Where the generator looks at words, `caption_words` [B, L, W] are the chosen caption's and
    `turn_words` [B, T, L, W] those of each turn.

    Where a step asks for facts, `said` int64 [B, T + 1, A] holds the value that was last said of
    each attribute before the first turn and after every turn, by its place in the data set's
    values, and `truth` int64 [B, A] what the picture shows. It is UNKNOWN where nobody said or
    knows, UNSEEN where it cannot be seen. Where a step asks for matching pictures, `matching` {R:
    [B, T + 1, 3, R, R]} are real ones that fit what was said so far, `matching_truth` [B, T + 1,
    A] what they show, `matching_rows` [B, T + 1] their numbers, as in `image_rows`, and
    `matching_class_ids` [B, T + 1] their classes.
    """

    rows: Tensor
    image_rows: Tensor
    images: Mapping[int, Tensor]
    captions: Tensor
    turns: Tensor
    turn_mask: Tensor
    class_ids: Tensor | None = None
    caption_tokens: Mapping[str, Tensor] = field(factory=dict)
    turn_tokens: Mapping[str, Tensor] = field(factory=dict)
    said: Tensor | None = None
    truth: Tensor | None = None
    matching: Mapping[int, Tensor] = field(factory=dict)
    matching_truth: Tensor | None = None
    matching_rows: Tensor | None = None
    matching_class_ids: Tensor | None = None
    caption_words: Words | None = None
    turn_words: Words | None = None

    @property
    def size(self) -> int:
        """Return B."""
        return self.rows.shape[0]

    @property
    def lengths(self) -> Tensor:
        """Return the number of turns of each conversation, [B]."""
        return self.turn_mask.sum(dim=1)

    def repeated(self, count: int) -> Batch:
        """Return a batch of one, without tokens and extras, `count` times over."""
        return self._with_rows(lambda tensor: tensor.expand(count, *tensor.shape[1:]))

    def taken(self, rows: Tensor) -> Batch:
        """Return what stands in `rows` [B'], without tokens and extras; a row may come twice."""
        return self._with_rows(lambda tensor: tensor[rows])

    def _with_rows(self, change: Callable[[Tensor], Tensor]) -> Batch:
        def changed(words: Words | None) -> Words | None:
            return None if words is None else Words(change(words.vectors), change(words.mask))

        return Batch(
            rows=change(self.rows),
            image_rows=change(self.image_rows),
            images={size: change(image) for size, image in self.images.items()},
            captions=change(self.captions),
            turns=change(self.turns),
            turn_mask=change(self.turn_mask),
            class_ids=None if self.class_ids is None else change(self.class_ids),
            caption_words=changed(self.caption_words),
            turn_words=changed(self.turn_words),
        )
