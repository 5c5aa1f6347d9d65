"""The `stackgan` generator: Stage-I and Stage-II of StackGAN, as ChatPainter uses them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition, Conditioner
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import GeneratorOutput, Noise
from painterkit.nn.blocks import ResidualBlock, conv3x3, doublings, up_block
from painterkit.nn.init import normal_init
from painterkit.nn.recompute import run, run_each
from painterkit.nn.spatial import join
from painterkit.roles import Role
from painterkit_chatpainter.settings import StackGANSettings

SEED_SIZE = 4
"""Height of the map that Stage-I starts from."""

DOWNSAMPLINGS = 2
"""Halvings of Stage-I's picture in Stage-II: 64 becomes M_g = 16, as in the paper."""

NEARLY_ONE = 0.98
"""Where the inverse of tanh is cut off, so that white and black stay finite and can change."""


class Stage1(nn.Module):
    """Draw a coarse picture from a condition and noise: section 4.1."""

    def __init__(self, conditioner: Any, settings: StackGANSettings) -> None:
        super().__init__()
        self.conditioner = conditioner
        self.save_memory = settings.save_memory
        resolution, channels = settings.resolutions[0], settings.channels
        ups = doublings(SEED_SIZE, resolution)
        widths = [channels // 2 * 2 ** (ups - i) for i in range(ups + 1)]
        self.seed_channels = widths[0]
        self.seed = nn.Sequential(
            nn.Linear(settings.noise + conditioner.width, widths[0] * SEED_SIZE**2, bias=False),
            nn.BatchNorm1d(widths[0] * SEED_SIZE**2),
            nn.ReLU(),
        )
        self.up = nn.Sequential(*(up_block(a, b) for a, b in pairwise(widths)))
        self.to_image = nn.Sequential(conv3x3(widths[-1], 3), nn.Tanh())
        normal_init(nn.ModuleList([self.seed, self.up, self.to_image]))

    def forward(self, embedding: Tensor, z: Tensor, epsilon: Tensor) -> tuple[Tensor, Condition]:
        """Return the picture [B, 3, R, R] and the condition it was drawn from."""
        condition = self.conditioner(embedding, epsilon)
        seed = self.seed(torch.cat([z, condition.code], dim=1))
        seed = seed.view(-1, self.seed_channels, SEED_SIZE, SEED_SIZE)
        picture = self.to_image(run_each(self.up, seed, self.save_memory))
        return picture.float(), condition


class Stage2(nn.Module):
    """Draw a fine picture from a coarse one and a condition of its own: section 4.2."""

    def __init__(self, conditioner: Any, settings: StackGANSettings) -> None:
        super().__init__()
        self.conditioner = conditioner
        self.residual_picture = settings.residual_picture
        self.save_memory = settings.save_memory
        low, high = settings.resolutions
        channels = settings.fine_channels or settings.channels
        deep = 4 * channels
        self.down = nn.Sequential(
            conv3x3(3, channels),
            nn.ReLU(),
            nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(2 * channels),
            nn.ReLU(),
            nn.Conv2d(2 * channels, deep, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(deep),
            nn.ReLU(),
        )
        self.joined = nn.Sequential(
            conv3x3(deep + conditioner.width, deep), nn.BatchNorm2d(deep), nn.ReLU()
        )
        residual = (ResidualBlock(deep) for _ in range(settings.residual_blocks))
        self.residual = nn.Sequential(*residual)
        ups = DOWNSAMPLINGS + doublings(low, high)
        widths = [max(deep // 2**i, 4) for i in range(ups + 1)]
        self.up = nn.Sequential(*(up_block(a, b) for a, b in pairwise(widths)))
        self.to_image = conv3x3(widths[-1], 3)
        drawing = [self.down, self.joined, self.residual, self.up, self.to_image]
        normal_init(nn.ModuleList(drawing))

    def forward(
        self, coarse: Tensor, embedding: Tensor, epsilon: Tensor
    ) -> tuple[Tensor, Condition]:
        """Return the picture [B, 3, R, R] and the condition, from `coarse` [B, 3, R0, R0]."""
        condition = self.conditioner(embedding, epsilon)
        save = self.save_memory
        seen = run(self.down, coarse, save)
        seen = run(self.joined, join(seen, condition.code), save)
        seen = run_each(self.up, run_each(self.residual, seen, save), save)
        drawn = self.to_image(seen).float()
        if self.residual_picture:
            enlarged = functional.interpolate(coarse, drawn.shape[2:], mode="bilinear")
            drawn = drawn + torch.atanh(enlarged.clamp(-NEARLY_ONE, NEARLY_ONE))
        return torch.tanh(drawn), condition


class StackGAN(nn.Module):
    """Draw with one stage or with two; without memory."""

    def __init__(self, settings: StackGANSettings, conditioners: list[Conditioner]) -> None:
        super().__init__()
        self.resolutions = settings.resolutions
        finer = settings.resolutions[1:]
        self.stage1 = Stage1(conditioners[0], settings)
        self.stage2 = None
        self.noise_widths = {"z": settings.noise, "epsilon1": conditioners[0].noise_width}
        if finer:
            self.stage2 = Stage2(conditioners[1], settings)
            self.noise_widths["epsilon2"] = conditioners[1].noise_width
        self.condition_widths = {
            resolution: conditioner.width
            for resolution, conditioner in zip(self.resolutions, conditioners, strict=True)
        }

    def begin(self, batch_size: int, device: torch.device) -> None:
        """Return None: it has no memory."""
        return None

    def forward(
        self, embedding: Tensor, noise: Noise, state: Any = None, largest: int | None = None
    ) -> GeneratorOutput:
        """Draw from `embedding` [B, E]; with `largest` below Stage-II's height, Stage-I alone."""
        low, *finer = self.resolutions
        picture, condition = self.stage1(embedding, noise["z"], noise["epsilon1"])
        images, conditions = {low: picture}, {low: condition}
        if self.stage2 is not None and (largest is None or largest >= finer[0]):
            images[finer[0]], conditions[finer[0]] = self.stage2(
                picture, embedding, noise["epsilon2"]
            )
        return GeneratorOutput(images, conditions)


def build(settings: StackGANSettings, context: BuildContext) -> StackGAN:
    """Build the generator, one conditioner for each stage.

    Raises WrongInput where the resolutions are no rising powers of two, one or two of them.
    """
    sizes = settings.resolutions
    if len(sizes) > 2 or list(sizes) != sorted(set(sizes)) or any(s & (s - 1) for s in sizes):
        raise WrongInput(
            Problem(
                "stackgan.resolutions",
                f"must be one or two rising powers of two, got {list(sizes)}",
                "the paper has [64, 256]",
            )
        )
    return StackGAN(
        settings, [context.build(Role.CONDITIONER, settings.conditioner) for _ in sizes]
    )
