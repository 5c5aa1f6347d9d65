"""Vectors joined to feature maps."""

from __future__ import annotations

import torch
from torch import Tensor


def tile(vector: Tensor, like: Tensor) -> Tensor:
    """Repeat `vector` [B, C] over the height and width of `like` [B, _, H, W]: [B, C, H, W]."""
    return vector[:, :, None, None].expand(-1, -1, like.shape[2], like.shape[3])


def join(features: Tensor, vector: Tensor) -> Tensor:
    """Join `vector` [B, C], repeated over the map, to `features` [B, F, H, W]: [B, F + C, H, W]."""
    return torch.cat([features, tile(vector, features).to(features.dtype)], dim=1)
