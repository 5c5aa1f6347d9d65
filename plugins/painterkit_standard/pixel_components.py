"""The `pixel-components` image encoder: whitened principal components of pictures."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.nn.whitening import whitening
from painterkit_standard.settings import PixelComponentsSettings


class PixelComponents(nn.Module):
    """Project a picture on its data's principal components, each with variance 1.

    There is nothing to train, and nothing but pictures is looked at: no label and no word.
    """

    mean: Tensor
    components: Tensor

    def __init__(self, width: int, resolution: int) -> None:
        super().__init__()
        self.width = width
        self.resolution = resolution
        self.register_buffer("mean", torch.zeros(3 * resolution**2))
        self.register_buffer("components", torch.zeros(3 * resolution**2, width))

    @torch.no_grad()
    def fit(self, images: Iterable[Tensor]) -> None:
        """Find the components of pictures, given in chunks [n, 3, R, R] in [-1, 1].

        Of fewer than D pictures there are no more components than pictures; the others stay 0.
        """
        pixels = torch.cat([some.flatten(1) for some in images])
        self.mean.copy_(pixels.mean(dim=0))
        self.components.copy_(whitening(pixels.sub_(self.mean), self.width))

    def forward(self, images: Tensor) -> ImageFeatures:
        """Return the components [B, D] of `images` [B, 3, R, R], float32."""
        with torch.autocast(images.device.type, enabled=False):
            pixels = images.float().flatten(1) - self.mean
            return ImageFeatures(pooled=functional.linear(pixels, self.components.T))


def build(settings: PixelComponentsSettings, context: BuildContext) -> PixelComponents:
    """Build the encoder; it sees nothing until it is fitted."""
    return PixelComponents(settings.width, settings.resolution)
