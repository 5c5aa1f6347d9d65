"""The `efficientnet-lite0` image encoder: what a network trained on ImageNet sees."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.nn.whitening import whitening
from painterkit_metrics.classifier import Resized
from painterkit_metrics.efficientnet_lite import (
    DEVIATION,
    MEAN,
    packaged_network,
    require_network,
)
from painterkit_metrics.settings import EfficientNetEncoderSettings

NAME = "efficientnet-lite0"
FEATURES = 1280
CHUNK = 100
"""Pictures that go through the network at once while it is fitted."""

LEAST = 0.1
"""Deviations less than this share of their mean count as so much. A feature that stirs on hardly
any training picture would else be enlarged until it drowns the rest on the picture where it does.
"""

SMALLEST = 1e-6


class EfficientNetEncoder(nn.Module):
    """Project EfficientNet-Lite0's pooled features on their principal components, white.

    The embedding of "networks pretrained on imagenet" that section 5.1 of the Neural Painter
    compares with. Nothing is trained. What was fitted is in the buffers; the network itself stays
    in its package, is loaded when a picture is first seen, and is in no checkpoint.

    Its regions are the places of the network's last map, each projected as their mean is: the mean
    of the regions is the pooled vector. That map is 1/32 as high as `side`.
    """

    mean: Tensor
    scale: Tensor
    components: Tensor

    def __init__(self, width: int, resolution: int, side: int) -> None:
        super().__init__()
        self.width = self.region_width = width
        self.resolution = resolution
        self.side = side
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("scale", torch.zeros(FEATURES))
        self.register_buffer("components", torch.zeros(FEATURES, width))

    @torch.no_grad()
    def fit(self, images: Iterable[Tensor]) -> None:
        """Standardise the features of pictures and find their components.

        The pictures are given in chunks [n, 3, R, R] in [-1, 1]. Of fewer than D pictures there are
        no more components than pictures; the others stay 0. Raises WrongInput where the packages of
        the network lack.
        """
        few = (some for chunk in images for some in chunk.split(CHUNK))
        features = torch.cat([self._maps(some).mean(dim=(2, 3)) for some in few])
        deviation = features.std(dim=0)
        least = (LEAST * deviation.mean()).clamp(min=SMALLEST)
        self.mean.copy_(features.mean(dim=0))
        self.scale.copy_(1 / torch.maximum(deviation, least))
        self.components.copy_(whitening((features - self.mean) * self.scale, self.width))

    def forward(self, images: Tensor) -> ImageFeatures:
        """Return the components of `images` [B, 3, R, R]: pooled [B, D] and regions [B, D, N].

        Raises WrongInput where the packages of the network lack.
        """
        with torch.autocast(images.device.type, enabled=False):
            maps = self._maps(images)
            pooled = self._projected(maps.mean(dim=(2, 3)))
            regions = self._projected(maps.flatten(2).transpose(1, 2)).transpose(1, 2)
            return ImageFeatures(pooled, regions)

    def _projected(self, features: Tensor) -> Tensor:
        """Return the components [..., D] of features [..., 1280]."""
        return functional.linear((features - self.mean) * self.scale, self.components.T)

    def _maps(self, images: Tensor) -> Tensor:
        """Return the network's last maps [B, 1280, M, M]."""
        return self._network.to(images.device)((images.float() + 1) * 127.5)

    @cached_property
    def _network(self) -> nn.Module:
        """The network. A cached property is no submodule, so no state_dict has its weights."""
        network, _ = packaged_network(NAME)
        return Resized(LastMap(network), self.side, MEAN, DEVIATION)


class LastMap(nn.Module):
    """Leave out what a network does with its last map."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Return [B, 1280, M, M] of `images` [B, 3, S, S] as the network is given them."""
        return self.network.extract_features(images)  # pyright: ignore


def build(settings: EfficientNetEncoderSettings, context: BuildContext) -> EfficientNetEncoder:
    """Build the encoder; it sees nothing until it is fitted.

    Raises WrongInput where the packages of the network lack, unless the weights of the recipe's
    parts come from a checkpoint: a painter draws without seeing.
    """
    if not context.restoring:
        require_network(NAME)
    return EfficientNetEncoder(settings.width, settings.resolution, settings.side)
