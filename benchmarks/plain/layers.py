"""Layers as the peers write them: the same weights and results, none of our short cuts."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.nn.blocks import UpConvolution
from painterkit.nn.glu import GLU
from painterkit.nn.spatial import JoinedConvolution, join
from painterkit_dfgan.discriminator import DownBlock
from painterkit_dfgan.generator import FusionUpBlock


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


class PlainFusionUpBlock(nn.Module):
    """Double first, then fuse and convolve, and take the shortcut at the double height."""

    def __init__(self, block: FusionUpBlock) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        block = self.block
        x = functional.interpolate(x, scale_factor=2)
        change = block.fusion1(x, told)
        change = functional.conv2d(change, block.up.weight, padding=1)
        change = block.convolution(block.fusion2(change, told))
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
