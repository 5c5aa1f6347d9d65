"""The `inception-v3` image encoder: what AttnGAN compares with words, from weights of a user's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.user_paths import expanded
from painterkit_metrics.inception import layers, without_auxiliary
from painterkit_metrics.settings import InceptionEncoderSettings
from painterkit_metrics.weights import Weights, check_fit, load_into, read_weights

WHERE = "inception-v3.weights"
HINT = "give the state_dict of torchvision's inception_v3"

TO_REGIONS = (
    "Conv2d_1a_3x3",
    "Conv2d_2a_3x3",
    "Conv2d_2b_3x3",
    "maxpool1",
    "Conv2d_3b_1x1",
    "Conv2d_4a_3x3",
    "maxpool2",
    *("Mixed_5b", "Mixed_5c", "Mixed_5d"),
    *("Mixed_6a", "Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"),
)
"""The layers up to the map whose places are the regions, section 3.2 of the AttnGAN paper."""

TO_POOLED = ("Mixed_7a", "Mixed_7b", "Mixed_7c")
"""The layers from there to the last map."""


class InceptionEncoder(nn.Module):
    """Give the places of Inception-v3's map Mixed_6e, and the mean of its last one.

    Pictures stay in [-1, 1], the range that the weights were trained in. Nothing is trained, and
    nothing of the network is in a checkpoint: it is read from its file when a picture is first
    seen.
    """

    width = 2048
    region_width = 768

    def __init__(self, weights: Path, resolution: int, side: int) -> None:
        super().__init__()
        self.weights = weights
        self.resolution = resolution
        self.side = side

    def lacks(self) -> Sequence[Problem]:
        """Say that the file of weights is missing; nothing if it is there."""
        if self.weights.is_file():
            return ()
        return [Problem(str(self.weights), "there is no such file of weights", HINT)]

    def forward(self, images: Tensor) -> ImageFeatures:
        """See `images` [B, 3, R, R] at 299 px: pooled [B, 2048] and regions [B, 768, 17 * 17].

        Raises WrongInput where the file of weights is gone.
        """
        with torch.autocast(images.device.type, enabled=False):
            to_regions, to_pooled = self._network.to(images.device)
            size = (self.side, self.side)
            shown = functional.interpolate(images.float(), size, mode="bilinear", antialias=True)
            maps = to_regions(shown)
            return ImageFeatures(to_pooled(maps).mean(dim=(2, 3)), maps.flatten(2))

    @cached_property
    def _network(self) -> nn.ModuleList:
        """Both stretches. A cached property is no submodule: no state_dict has its weights."""
        network = load_into(layers("torchvision"), fitting_weights(self.weights))
        stretches = (TO_REGIONS, TO_POOLED)
        return nn.ModuleList(
            nn.Sequential(*(network.get_submodule(name) for name in names)) for names in stretches
        )


def fitting_weights(path: Path) -> Weights:
    """Read the file. Raises WrongInput where it is not there, or not of this network."""
    weights = without_auxiliary(read_weights(path, WHERE))
    check_fit(layers("torchvision").state_dict(), weights, WHERE, HINT)
    return weights


def build(settings: InceptionEncoderSettings, context: BuildContext) -> InceptionEncoder:
    """Build the encoder.

    Raises WrongInput where the weights do not fit, unless those of the recipe's parts come from a
    checkpoint: a painter draws without seeing.
    """
    encoder = InceptionEncoder(
        expanded(settings.weights, WHERE), settings.resolution, settings.side
    )
    if not context.restoring and not encoder.lacks():
        fitting_weights(encoder.weights)
    return encoder
