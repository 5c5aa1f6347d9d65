"""Vectors joined to feature maps."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def tile(vector: Tensor, like: Tensor) -> Tensor:
    """Repeat `vector` [B, C] over the height and width of `like` [B, _, H, W]: [B, C, H, W]."""
    return vector[:, :, None, None].expand(-1, -1, like.shape[2], like.shape[3])


def join(features: Tensor, vector: Tensor) -> Tensor:
    """Join `vector` [B, C], repeated over the map, to `features` [B, F, H, W]: [B, F + C, H, W]."""
    return torch.cat([features, tile(vector, features).to(features.dtype)], dim=1)


class JoinedConvolution(nn.Module):
    """Convolve `join(features, vector)` 3x3, without repeating the vector over the map.

    A repeated vector is the same everywhere, so that its share of the result is too, but for the
    border, where the padding is seen. A 3x3 map has all nine cases; they are spread over the large
    one. The weight is that of the plain convolution.
    """

    def __init__(self, channels_in: int, vector_width: int, channels_out: int) -> None:
        super().__init__()
        self.widths = (channels_in, vector_width)
        self.plain = nn.Conv2d(channels_in + vector_width, channels_out, 3, padding=1, bias=False)

    def forward(self, features: Tensor, vector: Tensor) -> Tensor:
        """Return [B, O, H, W] for `features` [B, I, H, W], at least 2 by 2, and `vector` [B, V]."""
        for_features, for_vector = self.plain.weight.split(self.widths, dim=1)
        seen = functional.conv2d(features, for_features, padding=1)
        repeated = vector[:, :, None, None].expand(-1, -1, 3, 3)
        cases = functional.conv2d(repeated, for_vector, padding=1)
        return seen + spread(spread(cases, 2, seen.shape[2]), 3, seen.shape[3])


def spread(cases: Tensor, dim: int, length: int) -> Tensor:
    """Repeat the middle of three entries along a dimension until there are `length`."""
    first, middle, last = cases.split(1, dim=dim)
    sizes = [-1] * cases.dim()
    sizes[dim] = length - 2
    return torch.cat([first, middle.expand(sizes), last], dim=dim)
