"""Layers as the peers write them: the same weights and results, none of our short cuts."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.nn.blocks import UpConvolution
from painterkit.nn.glu import GLU
from painterkit.nn.spatial import JoinedConvolution, join
from painterkit_chatpainter.discriminator import StackGANDiscriminator
from painterkit_dfgan.discriminator import DownBlock
from painterkit_dfgan.generator import SLOPE, Fusion, FusionUpBlock, Perceptrons


class PlainUpConvolution(nn.Module):
    """Double height and width, then convolve: two passes."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        # Frozen where it was: the peers, too, cut Stage-I off while Stage-II is trained.
        self.weight = nn.Parameter(weight.detach().clone().contiguous(), weight.requires_grad)

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(functional.interpolate(x, scale_factor=2), self.weight, padding=1)


class PlainJoinedConvolution(nn.Module):
    """Repeat the vector over the map, join, convolve."""

    def __init__(self, plain: nn.Conv2d) -> None:
        super().__init__()
        self.plain = plain

    def forward(self, features: Tensor, vector: Tensor) -> Tensor:
        return self.plain(join(features, vector))


def plain_perceptrons(side_by_side: Perceptrons) -> nn.ModuleList:
    """Return the same perceptrons one by one."""
    channels = side_by_side.weight.shape[1]
    hidden = side_by_side.hidden
    found: list[nn.Module] = []
    for place, (weight, bias) in enumerate(
        zip(side_by_side.weight, side_by_side.bias, strict=True)
    ):
        first, last = nn.Linear(hidden.in_features, channels), nn.Linear(channels, channels)
        own = slice(place * channels, (place + 1) * channels)
        first.load_state_dict({"weight": hidden.weight[own], "bias": hidden.bias[own]})
        last.load_state_dict({"weight": weight.T, "bias": bias[0]})
        trained = hidden.weight.requires_grad
        found.append(nn.Sequential(first, nn.ReLU(), last).requires_grad_(trained))
    return nn.ModuleList(found)


class PlainFusion(nn.Module):
    """Tell a map the words twice, with a perceptron for each gamma and each beta."""

    def __init__(self, fusion: Fusion) -> None:
        super().__init__()
        self.perceptrons = plain_perceptrons(fusion.affine)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        gamma1, beta1, gamma2, beta2 = (one(told)[:, :, None, None] for one in self.perceptrons)
        x = functional.leaky_relu(gamma1 * x + beta1, SLOPE)
        return functional.leaky_relu(gamma2 * x + beta2, SLOPE)


class PlainFusionUpBlock(nn.Module):
    """Double first, then fuse and convolve, and take the shortcut at the double height."""

    def __init__(self, block: FusionUpBlock) -> None:
        super().__init__()
        self.block = block
        self.fusion1, self.fusion2 = PlainFusion(block.fusion1), PlainFusion(block.fusion2)
        del block.fusion1, block.fusion2

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        block = self.block
        x = functional.interpolate(x, scale_factor=2)
        change = self.fusion1(x, told)
        change = functional.conv2d(change, block.up.weight, padding=1)
        change = block.convolution(self.fusion2(change, told))
        return block.shortcut(x) + change


class PlainDownBlock(nn.Module):
    """Take the shortcut's convolution at the full height, then halve."""

    def __init__(self, block: DownBlock) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor) -> Tensor:
        shortcut = functional.avg_pool2d(self.block.shortcut(x), 2)
        return shortcut + self.block.gain * self.block.change(x)


def with_plain_layers(module: nn.Module) -> nn.Module:
    """Return a copy with plain layers, its tensors contiguous."""
    plain = copy.deepcopy(module).to(memory_format=torch.contiguous_format)
    if isinstance(plain, StackGANDiscriminator):
        plain.pools = False
    for parent in list(plain.modules()):
        if isinstance(parent, PlainFusionUpBlock | FusionUpBlock):
            continue  # it convolves itself
        for name, child in list(parent.named_children()):
            if isinstance(child, UpConvolution):
                setattr(parent, name, PlainUpConvolution(child.weight))
            elif isinstance(child, JoinedConvolution):
                setattr(parent, name, PlainJoinedConvolution(child.plain))
            elif isinstance(child, GLU):
                setattr(parent, name, nn.GLU(dim=1))
            elif isinstance(child, FusionUpBlock):
                setattr(parent, name, PlainFusionUpBlock(child))
            elif isinstance(child, DownBlock):
                setattr(parent, name, PlainDownBlock(child))
    return plain
