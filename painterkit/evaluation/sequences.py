"""Held-out conversations drawn turn by turn, for the eye: as in Fig. 1 of the Neural Painter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from torch import Tensor

from painterkit.data.batches import Batches
from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, Problem
from painterkit.evaluation.evaluate import draw_rows
from painterkit.generation.draw import to_pixels
from painterkit.generation.painter import Painter
from painterkit.generation.strip import below, strip
from painterkit.interfaces.metric import Draws

COUNT = 8
"""Conversations on a picture."""


def write_sequences(painter: Painter, split: Batches, file: Path, seed: int = 0) -> Path:
    """Write random conversations of a split as a PNG file and return it.

    Raises Failure where it cannot be written.
    """
    return save(draw_sequences(painter, split, seed), file)


def draw_sequences(
    painter: Painter, split: Batches, seed: int = 0, count: int = COUNT
) -> Image.Image:
    """Draw random conversations of a split, one below the other, the true picture at the left.

    `seed` chooses the conversations and their noise.
    """
    return draw_these(painter, split, random_rows(split, seed, count), seed)


def draw_these(
    painter: Painter, split: Batches, rows: npt.NDArray[np.int64], seed: int = 0
) -> Image.Image:
    """Draw the conversations at `rows` of a split likewise, with the noise of `seed`."""
    drawn = draw_rows(painter, split, rows, Draws(every_turn=True), seed)
    assert drawn.turns is not None, "they were asked for"
    assert drawn.moments is not None, "they were asked for"
    strips: list[Image.Image] = []
    for row, conversation in enumerate(drawn.conversations):
        by_turn = dict(zip(drawn.moments[row].tolist(), drawn.turns[row], strict=True))
        pictures = [picture_of(image) for image in by_turn.values()]
        words = [words_of(conversation, turn) for turn in by_turn]
        strips.append(strip(pictures, words, picture_of(drawn.truth[row])))
    return below(strips)


def random_rows(split: Batches, seed: int, count: int) -> npt.NDArray[np.int64]:
    """Return the rows of some conversations of a split, chosen by `seed`."""
    order = np.random.Generator(np.random.Philox(seed)).permutation(len(split.conversations))
    return order[:count]


def words_of(conversation: Conversation, turn: int) -> str:
    """Return what was said at a turn; before the first it is the caption."""
    return conversation.turns[turn].text if turn >= 0 else conversation.captions[0]


def picture_of(image: Tensor) -> Image.Image:
    """Return a picture [3, R, R] in [-1, 1] as one that can be looked at."""
    return Image.fromarray(to_pixels(image.unsqueeze(0))[0].numpy())


def save(image: Image.Image, file: Path) -> Path:
    """Write a picture as PNG and return the file. Raises Failure where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        image.save(file)
    except OSError as error:
        raise Failure(Problem(str(file), f"cannot be written ({error})")) from error
    return file
