"""Spectral normalisation of a layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import (
    _SpectralNorm,  # pyright: ignore[reportPrivateUsage]
    spectral_norm,
)
from torch.nn.utils.parametrize import register_parametrization


def spectral(layer: nn.Module) -> nn.Module:
    """Divide a layer's weight by its largest singular value: Miyato et al. (2018).

    On the meta device, where a recipe is assembled only to be checked, there is nothing to divide.
    torch would go through its power iteration all the same, and import its compiler for it:
    seconds at each start of a command.
    """
    weight = layer.weight
    assert isinstance(weight, Tensor), "only a layer with a weight can be normalised"
    if not weight.is_meta:
        return spectral_norm(layer)
    maker = _SpectralNorm(torch.ones(1, 1, device="cpu"))
    maker.register_buffer("_u", weight.new_empty(weight.shape[0]))
    maker.register_buffer("_v", weight.new_empty(weight[0].numel()))
    return register_parametrization(layer, "weight", maker, unsafe=True)


def is_spectral(owner: nn.Module) -> bool:
    """Tell whether what holds a weight divides it by its largest singular value.

    A normalised layer's weight is held by its "parametrizations.weight", as the names of its
    parameters tell.
    """
    return any(isinstance(step, _SpectralNorm) for step in owner.children())
