"""The `df-gan` generator: one stage from noise to the picture, told in every block."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import GeneratorOutput, Noise
from painterkit.nn.blocks import UpConvolution, conv3x3
from painterkit.nn.recompute import run
from painterkit.roles import Role
from painterkit_dfgan.settings import DFGANSettings
from painterkit_dfgan.widths import SMALLEST, is_drawable, widths_from_coarse

SLOPE = 0.2
"""Slope of every leaky ReLU below 0."""


class Perceptrons(nn.Module):
    """Perceptrons of two layers, all told the same, each with channels of its own: side by side.

    Each gives its `start`, whatever it is told, until trained.
    """

    def __init__(self, told: int, channels: int, starts: Sequence[float]) -> None:
        super().__init__()
        self.hidden = nn.Linear(told, len(starts) * channels)
        self.weight = nn.Parameter(torch.zeros(len(starts), channels, channels))
        self.bias = nn.Parameter(
            torch.tensor(starts).view(-1, 1, 1).expand(-1, 1, channels).contiguous()
        )

    def forward(self, told: Tensor) -> Tensor:
        """Return [P, B, C], what each of P perceptrons makes of `told` [B, T]."""
        count, channels, _ = self.weight.shape
        hidden = functional.relu(self.hidden(told)).view(-1, count, channels).transpose(0, 1)
        return torch.baddbmm(self.bias, hidden, self.weight)


class Fusion(nn.Module):
    """Tell a map the words twice, a leaky ReLU after each time: the paper's deep fusion.

    To tell is to scale and shift each channel, gamma x + beta, by what two perceptrons make of the
    words. They start at gamma = 1 and beta = 0.
    """

    def __init__(self, told: int, channels: int) -> None:
        super().__init__()
        self.affine = Perceptrons(told, channels, starts=(1.0, 0.0, 1.0, 0.0))

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """Return [B, C, H, W] for `x` of that shape and `told` [B, T]."""
        gamma1, beta1, gamma2, beta2 = self.affine(told).unsqueeze(-1).unsqueeze(-1)
        x = functional.leaky_relu(torch.addcmul(beta1, gamma1, x), SLOPE)
        return functional.leaky_relu(torch.addcmul(beta2, gamma2, x), SLOPE)


class FusionUpBlock(nn.Module):
    """Double height and width, then add a change: fusion and a 3x3 convolution, twice.

    Nearest-neighbour doubling repeats each place, and the first fusion and the 1x1 convolution of
    the shortcut treat each place alike. So both come before the doubling here, on a quarter of the
    places, with the same result.
    """

    def __init__(self, told: int, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.fusion1 = Fusion(told, channels_in)
        self.up = UpConvolution(channels_in, channels_out)
        self.fusion2 = Fusion(told, channels_out)
        self.convolution = conv3x3(channels_out, channels_out)
        same = channels_in == channels_out
        self.shortcut = nn.Identity() if same else nn.Conv2d(channels_in, channels_out, 1)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """Return [B, O, 2H, 2W] for `x` [B, I, H, W] and `told` [B, T]."""
        change = self.up(self.fusion1(x, told))
        change = self.convolution(self.fusion2(change, told))
        return functional.interpolate(self.shortcut(x), scale_factor=2, mode="nearest") + change


class DFGAN(nn.Module):
    """Draw with one block for each doubling of the height, from 4 px on; without memory.

    Every block is told the noise z, joined with the condition's code. The paper draws from the last
    map alone; here each resolution has a head on the map of its height.
    """

    def __init__(self, settings: DFGANSettings, conditioner: Any) -> None:
        super().__init__()
        self.resolutions = settings.resolutions
        self.noise_widths = {"z": settings.noise, "epsilon": conditioner.noise_width}
        self.condition_widths = dict.fromkeys(self.resolutions, conditioner.width)
        self.residual_picture = settings.residual_picture
        self.save_memory = settings.save_memory
        self.conditioner = conditioner
        widths = widths_from_coarse(settings.channels, self.resolutions[-1])
        told = settings.noise + conditioner.width
        self.seed_channels = widths[0]
        self.seed = nn.Linear(settings.noise, widths[0] * SMALLEST**2)
        self.blocks = nn.ModuleList(FusionUpBlock(told, a, b) for a, b in pairwise(widths))
        width_at = {SMALLEST << place: width for place, width in enumerate(widths)}
        self.heads = nn.ModuleDict(
            {str(one): conv3x3(width_at[one], 3) for one in self.resolutions}
        )

    def begin(self, batch_size: int, device: torch.device) -> None:
        """Return None: it has no memory."""
        return None

    def forward(
        self, embedding: Tensor, noise: Noise, state: Any = None, largest: int | None = None
    ) -> GeneratorOutput:
        """Draw from `embedding` [B, E]; with `largest`, no block that is finer.

        The coarsest picture is drawn in either case.
        """
        finest = self.resolutions[-1] if largest is None else max(largest, self.resolutions[0])
        condition: Condition = self.conditioner(embedding, noise["epsilon"])
        told = torch.cat([noise["z"], condition.code], dim=1)
        seen = self.seed(noise["z"]).view(-1, self.seed_channels, SMALLEST, SMALLEST)
        images: dict[int, Tensor] = {}
        drawn: Tensor | None = None
        for place, block in enumerate(self.blocks, 1):
            size = SMALLEST << place
            if size > finest:
                break
            seen = run(block, seen, self.save_memory, told)
            if size in self.resolutions:
                drawn = self._before_tanh(size, seen, drawn)
                images[size] = torch.tanh(drawn)
        return GeneratorOutput(images, dict.fromkeys(images, condition))

    def _before_tanh(self, size: int, seen: Tensor, coarser: Tensor | None) -> Tensor:
        """Return a picture [B, 3, R, R] from the map of its height, and the coarser one's."""
        drawn = self.heads[str(size)](functional.leaky_relu(seen, SLOPE)).float()
        if coarser is None or not self.residual_picture:
            return drawn
        return drawn + functional.interpolate(coarser, drawn.shape[2:], mode="bilinear")


def build(settings: DFGANSettings, context: BuildContext) -> DFGAN:
    """Build the generator and its conditioner.

    Raises WrongInput where the resolutions are no rising powers of two from 8 on.
    """
    sizes = settings.resolutions
    if list(sizes) != sorted(set(sizes)) or not all(map(is_drawable, sizes)):
        raise WrongInput(
            Problem(
                "df-gan.resolutions",
                f"must be rising powers of two from 8 on, got {list(sizes)}",
                "the paper has [256]",
            )
        )
    return DFGAN(settings, context.build(Role.CONDITIONER, settings.conditioner))
