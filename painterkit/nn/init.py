"""Initial weights."""

from __future__ import annotations

from torch import nn
from torch.nn.utils.parametrize import is_parametrized


def normal_init(module: nn.Module) -> None:
    """Initialise as DCGAN and StackGAN do, through the whole module.

    Convolutions and linear layers: normal, deviation 0.02; batch-norm weights: normal around 1,
    deviation 0.02; every bias 0. A weight under spectral normalisation keeps its own start: its
    scale is divided out.
    """
    for layer in module.modules():
        if is_parametrized(layer) or any(p.is_meta for p in layer.parameters(recurse=False)):
            continue
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
