"""The `convolutional` image encoder: a small network that a phase trains."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.nn.blocks import down_block
from painterkit_standard.settings import ConvolutionalSettings

SMALLEST_MAP = 4
WIDEST = 8
"""The deepest maps have at most so many times the channels of the first."""


class ConvolutionalEncoder(nn.Module):
    """Halve the picture until it is 4 px high, average over places, project, normalise.

    It starts random: a phase has to train it, with `joint-embedding`, `classify-image` or `damsm`,
    before another reads what it sees. The last normalisation has no weights, so that over the
    pictures each entry has mean 0 and variance 1 whatever trained it; in eval mode by running
    statistics. With `regions` the places of the map of that height are projected and normalised
    besides.
    """

    is_untrained = True
    """Its weights come from no file: a phase is to train it."""

    def __init__(
        self, width: int, resolution: int, channels: int, regions: int | None = None
    ) -> None:
        super().__init__()
        self.width = width
        self.resolution = resolution
        widths = [3, *channel_counts(resolution, channels)]
        self.trunk = nn.Sequential(*(down_block(a, b, "batch") for a, b in pairwise(widths)))
        self.project = nn.Linear(widths[-1], width, bias=False)
        self.norm = nn.BatchNorm1d(width, affine=False)
        self.region_width = 0
        if regions is not None:
            self.region_width = width
            self.regions_after = map_heights(resolution).index(regions)
            self.project_regions = nn.Conv1d(widths[self.regions_after + 1], width, 1, bias=False)
            self.norm_regions = nn.BatchNorm1d(width, affine=False)

    def forward(self, images: Tensor) -> ImageFeatures:
        """Return what it sees in `images` [B, 3, R, R] in [-1, 1], normalised, float32.

        That is a vector [B, D], and with `regions` of height M the vectors [B, D, M * M].
        """
        regions: Tensor | None = None
        maps = images
        for place, block in enumerate(self.trunk):
            maps = block(maps)
            if self.region_width and place == self.regions_after:
                regions = self.norm_regions(self.project_regions(maps.flatten(2)).float())
        # Averaged and normalised in float32: what is seen is the target of a squared error.
        projected = self.project(maps.float().mean(dim=(2, 3)))
        return ImageFeatures(self.norm(projected.float()), regions)


def channel_counts(resolution: int, channels: int) -> list[int]:
    """Return the width of each layer that halves the height, doubling up to 8 times the first.

    >>> channel_counts(32, 16)
    [16, 32, 64]
    """
    layers = len(map_heights(resolution))
    return [min(channels * 2**layer, WIDEST * channels) for layer in range(layers)]


def map_heights(resolution: int) -> list[int]:
    """Return the height of the map that each layer gives.

    >>> map_heights(32)
    [16, 8, 4]
    """
    heights = [resolution // 2]
    while heights[-1] // 2 >= SMALLEST_MAP:
        heights.append(heights[-1] // 2)
    return heights


def build(settings: ConvolutionalSettings, context: BuildContext) -> ConvolutionalEncoder:
    """Build the encoder with random weights.

    Raises WrongInput where no map has the height that the regions are to have.
    """
    heights = map_heights(settings.resolution)
    if settings.regions is not None and settings.regions not in heights:
        raise WrongInput(
            Problem(
                "convolutional.regions",
                f"no map of a picture of {settings.resolution} px is {settings.regions} px high",
                f"give one of {', '.join(map(str, heights))}",
            )
        )
    return ConvolutionalEncoder(
        settings.width, settings.resolution, settings.channels, settings.regions
    )
