"""The checks of a turn-sampler and of a noise-sampler."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from painterkit.testing.every_role import check_module
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import require, require_shape

LENGTHS = (0, 1, 3, 10, 0, 4, 2)
WIDTHS = {"z": 6, "epsilon1": 4, "unused": 0}
SEEDS = 16
"""How many times each is asked: what holds of a choice must hold of every choice."""


def check_turn_sampler(subject: Subject) -> None:
    """Check a turn-sampler; raises AssertionError with a sentence about the first fault."""
    part = subject.build()
    require(
        part.first in (-1, 0, None),
        f"{subject.place}: 'first' must be -1, 0 or None, and is {part.first!r}",
    )
    for lengths in (LENGTHS, (0, 0), (1,)):
        for seed in range(SEEDS):
            given = torch.tensor(lengths)
            drawn = part.sample(given, _random(seed))
            _check_drawn(subject.place, lengths, drawn, -1 if part.first == -1 else 0)
            require(
                given.tolist() == list(lengths),
                f"{subject.place}: it changes the lengths that it is given",
            )
    check_module(subject, lambda part: {"turns": part.sample(torch.tensor(LENGTHS), _random(0))})


def check_noise_sampler(subject: Subject) -> None:
    """Check a noise-sampler; raises AssertionError with a sentence about the first fault."""
    part = subject.build()
    require(
        not isinstance(part.renewed, str),
        f"{subject.place}: 'renewed' must be a collection of names, and is one text",
    )
    for batch in (1, 5):
        noise = part.sample(WIDTHS, batch, _random(0))
        require(
            noise.keys() == WIDTHS.keys(),
            f"{subject.place}: asked for the noises {sorted(WIDTHS)} it gives {sorted(noise)}",
        )
        for name, width in WIDTHS.items():
            require_shape(subject.place, f"the noise '{name}'", noise[name], (batch, width))
    check_module(subject, lambda part: part.sample(WIDTHS, 5, _random(0)))
    first, second = (_joined(part, seed) for seed in (0, 1))
    require(
        not torch.equal(first, second) or not bool(first.any()),
        f"{subject.place}: two seeds give the same noise",
    )


def _check_drawn(place: str, lengths: tuple[int, ...], drawn: Tensor, lowest: int) -> None:
    require(
        not drawn.is_floating_point() and drawn.dim() == 2 and drawn.shape[0] == len(lengths),
        f"{place}: for {len(lengths)} conversations it gives {drawn.dtype} {list(drawn.shape)} "
        f"instead of whole numbers [{len(lengths)}, K]",
    )
    require(drawn.shape[1] > 0, f"{place}: it draws no turn at all (K = 0)")
    for length, turns in zip(lengths, drawn.tolist(), strict=True):
        if length == 0:
            require(
                all(turn == -1 for turn in turns),
                f"{place}: for a conversation without turns it gives {turns} instead of -1",
            )
            continue
        require(
            all(lowest <= turn < length for turn in turns),
            f"{place}: for a conversation of {length} turns it gives {turns}; they must lie in "
            f"{lowest} to {length - 1}",
        )
        require(turns == sorted(turns), f"{place}: the turns that it gives do not rise: {turns}")


def _random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _joined(part: Any, seed: int) -> Tensor:
    return torch.cat(list(part.sample(WIDTHS, 5, _random(seed)).values()), dim=1)
