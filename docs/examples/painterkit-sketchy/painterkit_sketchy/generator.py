"""The generator: strokes of a brush, on white paper or over the picture of the turn before."""

from __future__ import annotations

from typing import Any

import torch
from painterkit.interfaces.conditioner import Condition, Conditioner
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import GeneratorOutput, Noise, State
from painterkit.roles import Role
from torch import Tensor, nn

from painterkit_sketchy.settings import StrokesSettings

NUMBERS = (2, 2, 1, 3, 1)
"""What a stroke is made of: its start, its end, its radius, its colour and its strength."""

THINNEST, THICKEST = 0.05, 0.5
"""Radii of the brush, on paper that reaches from -1 to 1."""


KEPT = 2.0
"""How much of a picture the next turn keeps, before the sigmoid and before any training: 88 %."""


def draw(strokes: Tensor, paper: Tensor) -> Tensor:
    """Draw strokes [B, K, 9], one over the other, on `paper` [B, 3, R, R] in [-1, 1]; return it.

    The numbers of a stroke are free: they are brought into their ranges here.
    """
    start, end, radius, colour, strength = strokes.split(NUMBERS, dim=2)
    start, end, colour = start.tanh(), end.tanh(), colour.tanh()
    radius = THINNEST + (THICKEST - THINNEST) * radius.sigmoid()
    shape, size = paper.shape, paper.shape[-1]
    cover = strength.sigmoid() * (-distances(start, end, size) / radius.square()).exp()
    paper = paper.flatten(2)
    for stroke in range(strokes.shape[1]):
        there = cover[:, stroke].unsqueeze(1)
        paper = paper + there * (colour[:, stroke].unsqueeze(2) - paper)
    return paper.view(shape)


def white(batch: int, size: int, device: torch.device) -> Tensor:
    """Return paper that nothing is drawn on, [B, 3, size, size]."""
    return torch.ones(batch, 3, size, size, device=device)


def distances(start: Tensor, end: Tensor, size: int) -> Tensor:
    """Return the squared distance of every pixel from lines [B, K, 2], [B, K, size * size]."""
    middles = (torch.arange(size, device=start.device) + 0.5) * (2 / size) - 1
    pixels = torch.cartesian_prod(middles, middles)
    line, seen = (end - start).unsqueeze(2), pixels - start.unsqueeze(2)
    length = line.square().sum(dim=3, keepdim=True).clamp(min=1e-4)
    along = ((seen * line).sum(dim=3, keepdim=True) / length).clamp(0, 1)
    return (seen - along * line).square().sum(dim=3)


class Strokes(nn.Module):
    """Make the strokes from a condition and noise, and draw them."""

    def __init__(self, settings: StrokesSettings, conditioner: Conditioner) -> None:
        super().__init__()
        self.conditioner: Any = conditioner
        self.resolutions = settings.resolutions
        self.noise_widths = {"z": settings.noise, "epsilon": conditioner.noise_width}
        self.condition_widths = dict.fromkeys(settings.resolutions, conditioner.width)
        first = nn.Linear(conditioner.width + settings.noise, settings.width)
        last = nn.Linear(settings.width, settings.strokes * sum(NUMBERS))
        # The strokes of a network that has learnt nothing are to lie all over the paper.
        nn.init.uniform_(last.bias, -1.0, 1.0)
        self.hand = nn.Sequential(first, nn.ReLU(), last)
        self.kept = nn.Parameter(torch.tensor(KEPT)) if settings.remembers else None

    def begin(self, batch_size: int, device: torch.device) -> State | None:
        """Return {R: white paper [B, 3, R, R]} where it remembers, else None."""
        if self.kept is None:
            return None
        return {size: white(batch_size, size, device) for size in self.resolutions}

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: State | None = None,
        largest: int | None = None,
    ) -> GeneratorOutput:
        """Draw from `embedding` [B, E], over what is in the state if there is one."""
        condition: Condition = self.conditioner(embedding, noise["epsilon"])
        numbers = self.hand(torch.cat([condition.code, noise["z"]], dim=1))
        # Places are too fine for bfloat16, which a training may compute in.
        strokes = numbers.float().view(len(embedding), -1, sum(NUMBERS))
        sizes = [size for size in self.resolutions if largest is None or size <= largest]
        papers = {size: self._paper(strokes, size, state) for size in sizes}
        images = {size: draw(strokes, paper) for size, paper in papers.items()}
        state = None if state is None else {**state, **images}
        return GeneratorOutput(images, dict.fromkeys(sizes, condition), state)

    def _paper(self, strokes: Tensor, size: int, state: State | None) -> Tensor:
        """Return what a turn draws on: what is left of the picture before, or white paper."""
        blank = white(len(strokes), size, strokes.device)
        if state is None or self.kept is None:
            return blank
        return torch.lerp(blank, state[size], self.kept.sigmoid())


def build(settings: StrokesSettings, context: BuildContext) -> Strokes:
    """Build the generator, with the conditioner that its settings name."""
    return Strokes(settings, context.build(Role.CONDITIONER, settings.conditioner))
