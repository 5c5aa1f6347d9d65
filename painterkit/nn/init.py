"""Initial weights."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn
from torch.nn.utils.parametrize import is_parametrized


def normal_init(module: nn.Module) -> None:
    """Initialise as DCGAN and StackGAN do, through the whole module.

    Convolutions, transposed ones too, and linear layers: normal, deviation 0.02; batch-norm
    weights: normal around 1, deviation 0.02; every bias 0. A weight under spectral normalisation
    keeps its own start: its scale is divided out.
    """
    for layer in _free_layers(module):
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def orthogonal_init(module: nn.Module) -> None:
    """Initialise as StackGAN-v2's code does, through the whole module.

    Convolutions and linear layers: orthogonal, as matrices of outputs by all inputs, with gain 1;
    batch-norm weights: normal around 1, deviation 0.02; biases of linear layers and batch norms 0,
    those of convolutions as PyTorch starts them. A weight under spectral normalisation keeps its
    own start: its scale is divided out.
    """
    for layer in _free_layers(module):
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.orthogonal_(layer.weight)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
        else:
            continue
        if layer.bias is not None and not isinstance(layer, nn.Conv2d):
            nn.init.zeros_(layer.bias)


def _free_layers(module: nn.Module) -> Iterator[nn.Module]:
    """Return the layers whose weights are their own and have values."""
    for layer in module.modules():
        if not (is_parametrized(layer) or any(p.is_meta for p in layer.parameters(recurse=False))):
            yield layer
