"""The `stackgan-pp` generator: the tree of StackGAN++, with or without a memory of turns."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import GeneratorOutput, Noise
from painterkit.nn.blocks import conv3x3, doublings
from painterkit.nn.conv_gru import ConvGRUCell, ConvLSTMCell
from painterkit.nn.first_stage import FirstStage
from painterkit.nn.glu import GLUResidualBlock, JoinedGLUBlock, glu_up_block
from painterkit.nn.init import orthogonal_init
from painterkit.nn.recompute import run, run_each
from painterkit.roles import Role
from painterkit_neural_painter.settings import StackGANPPSettings

FEWEST_CHANNELS = 4

CELLS = {"gru": ConvGRUCell, "lstm": ConvLSTMCell}

State = Mapping[int, Tensor]
"""What is remembered at each resolution: [B, state_channels, R, R]."""


def narrowed(width: int, low: int, high: int) -> list[int]:
    """Return the widths of the maps from height `low` to `high`, half at each doubling."""
    return [max(width // 2**n, FEWEST_CHANNELS) for n in range(doublings(low, high) + 1)]


class NextStage(nn.Module):
    """Make a finer map from a coarser one and the condition."""

    def __init__(self, told: int, widths: list[int], blocks: int, save_memory: bool) -> None:
        super().__init__()
        self.save_memory = save_memory
        deep = widths[0]
        self.joined = JoinedGLUBlock(deep, told, deep)
        self.residual = nn.Sequential(*(GLUResidualBlock(deep) for _ in range(blocks)))
        self.up = nn.Sequential(*(glu_up_block(a, b) for a, b in pairwise(widths)))

    def forward(self, coarse: Tensor, code: Tensor) -> Tensor:
        """Return [B, C, R, R] for `coarse` [B, C0, R0, R0]."""
        save = self.save_memory
        seen = run(self.joined, coarse, save, code)
        return run_each(self.up, run_each(self.residual, seen, save), save)


class StackGANPP(nn.Module):
    """Draw at each resolution from the map of its stage, or of the memory after it.

    `stages`, `memory` and `heads` hold modules by resolution. A state is a table of maps by
    resolution; where only the coarser pictures are drawn, the finer maps stay as they were.
    """

    def __init__(self, settings: StackGANPPSettings, conditioner: Any) -> None:
        super().__init__()
        self.resolutions = settings.resolutions
        self.noise_widths = {"z": settings.noise, "epsilon": conditioner.noise_width}
        self.condition_widths = dict.fromkeys(self.resolutions, conditioner.width)
        self.save_memory = settings.save_memory
        self.memory_residual = settings.memory_residual
        low, save, blocks = self.resolutions[0], settings.save_memory, settings.residual_blocks
        widths = {low: settings.channels}
        told = conditioner.width + settings.noise
        self.stages = nn.ModuleDict({str(low): FirstStage(told, settings.channels, low, save)})
        for low, high in pairwise(self.resolutions):
            falling = narrowed(widths[low], low, high)
            widths[high] = falling[-1]
            self.stages[str(high)] = NextStage(conditioner.width, falling, blocks, save)
        self.heads = nn.ModuleDict({str(size): conv3x3(width, 3) for size, width in widths.items()})
        orthogonal_init(nn.ModuleList([self.stages, self.heads]))
        self.conditioner = conditioner
        # The cells start as PyTorch starts them: section 5.1 of the paper.
        self.memory = nn.ModuleDict()
        self.state_widths: dict[int, int] = {}
        if settings.memory != "none":
            for size, width in widths.items():
                cell = CELLS[settings.memory](width, settings.memory_kernel, settings.memory_bias)
                self.memory[str(size)] = cell
                self.state_widths[size] = cell.state_channels

    def begin(self, batch_size: int, device: torch.device) -> dict[int, Tensor] | None:
        """Return zeros by resolution; None without a memory."""
        if not self.memory:
            return None
        return {
            size: torch.zeros(batch_size, width, size, size, device=device).contiguous(
                memory_format=torch.channels_last
            )
            for size, width in self.state_widths.items()
        }

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: State | None = None,
        largest: int | None = None,
    ) -> GeneratorOutput:
        """Draw one turn from `embedding` [B, E]; with `largest`, no stage that is finer."""
        condition: Condition = self.conditioner(embedding, noise["epsilon"])
        remembered = dict(state) if state is not None and self.memory else None
        images: dict[int, Tensor] = {}
        seen = noise["z"]
        for size in self.resolutions:
            if images and largest is not None and size > largest:
                break
            seen = self.stages[str(size)](seen, condition.code)
            if remembered is not None:
                seen, remembered[size] = self._remember(size, seen, remembered[size])
            images[size] = torch.tanh(self.heads[str(size)](seen).float())
        return GeneratorOutput(images, dict.fromkeys(images, condition), remembered)

    def _remember(self, size: int, seen: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        output, following = run(self.memory[str(size)], seen, self.save_memory, state)
        return seen + output if self.memory_residual else output, following


def build(settings: StackGANPPSettings, context: BuildContext) -> StackGANPP:
    """Build the generator and its conditioner.

    Raises WrongInput where the resolutions are no rising powers of two.
    """
    sizes = settings.resolutions
    if list(sizes) != sorted(set(sizes)) or any(size & (size - 1) for size in sizes):
        raise WrongInput(
            Problem(
                "stackgan-pp.resolutions",
                f"must be rising powers of two, got {list(sizes)}",
                "StackGAN++ has [64, 128, 256]",
            )
        )
    return StackGANPP(settings, context.build(Role.CONDITIONER, settings.conditioner))
