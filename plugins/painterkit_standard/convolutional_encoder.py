"""The `convolutional` image encoder: a small network that a phase trains."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.nn.blocks import down_block
from painterkit_standard.settings import ConvolutionalSettings

SMALLEST_MAP = 4
WIDEST = 8
"""The deepest maps have at most so many times the channels of the first."""


class ConvolutionalEncoder(nn.Module):
    """Halve the picture until it is 4 px high, average over places, project, normalise.

    It starts random: a phase has to train it, with `joint-embedding` or `classify-image`, before
    another reads what it sees. The last normalisation has no weights, so that over the pictures
    each entry has mean 0 and variance 1 whatever trained it; in eval mode by running statistics.
    """

    is_untrained = True
    """Its weights come from no file: a phase is to train it."""

    def __init__(self, width: int, resolution: int, channels: int) -> None:
        super().__init__()
        self.width = width
        self.resolution = resolution
        widths = [3, *channel_counts(resolution, channels)]
        self.trunk = nn.Sequential(*(down_block(a, b, "batch") for a, b in pairwise(widths)))
        self.project = nn.Linear(widths[-1], width, bias=False)
        self.norm = nn.BatchNorm1d(width, affine=False)

    def forward(self, images: Tensor) -> ImageFeatures:
        """Return the normalised vector [B, D] of `images` [B, 3, R, R] in [-1, 1], float32."""
        maps = self.trunk(images)
        # Averaged and normalised in float32: what is seen is the target of a squared error.
        projected = self.project(maps.float().mean(dim=(2, 3)))
        return ImageFeatures(pooled=self.norm(projected.float()))


def channel_counts(resolution: int, channels: int) -> list[int]:
    """Return the width of each layer that halves the height, doubling up to 8 times the first.

    >>> channel_counts(32, 16)
    [16, 32, 64]
    """
    counts = [channels]
    while resolution // 2 ** (len(counts) + 1) >= SMALLEST_MAP:
        counts.append(min(2 * counts[-1], WIDEST * channels))
    return counts


def build(settings: ConvolutionalSettings, context: BuildContext) -> ConvolutionalEncoder:
    """Build the encoder with random weights."""
    return ConvolutionalEncoder(settings.width, settings.resolution, settings.channels)
