"""What was looked at, as pictures: bright where a place looked at the word beneath."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from painterkit.generation.attention import LookedAt, StageAttention
from painterkit.generation.strip import SMALLEST, below, strip

SHOWN = 8
"""So many words are shown at most, those most looked at."""

DARK = 0.15
"""What is left of the picture's light where nobody looked."""


def attention_strip(stages: Sequence[StageAttention]) -> Image.Image:
    """Return a row for each stage: its picture, and the same lit up word by word.

    Beneath is the word with its share of all looking. A map is as bright as it can be where the
    word was looked at most, however little that is: what a word got in all, its share tells.
    """
    side = max(SMALLEST, *(stage.picture.height for stage in stages))
    return below([_row(stage, side) for stage in stages])


def _row(stage: StageAttention, side: int) -> Image.Image:
    picture = stage.picture.resize((side, side), Image.Resampling.BICUBIC)
    shown = stage.looked_at[:SHOWN]
    lit = [_lit(picture, one) for one in shown]
    words = [f"{one.word} {one.share:.0%}" for one in shown]
    return strip([picture, *lit], [f"{stage.picture.height} px", *words])


def _lit(picture: Image.Image, one: LookedAt) -> Image.Image:
    """Return the picture, dark where the word was not looked at."""
    weights = one.weights.numpy()
    light = np.rint(255 * weights / max(float(weights.max()), 1e-12)).astype(np.uint8)
    mask = Image.fromarray(light).resize(picture.size, Image.Resampling.BILINEAR)
    dark = Image.blend(Image.new("RGB", picture.size), picture, DARK)
    return Image.composite(picture, dark, mask)
