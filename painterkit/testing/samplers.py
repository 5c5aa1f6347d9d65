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
    check_first(subject.place, part)
    for lengths in (LENGTHS, (0, 0), (1,)):
        for seed in range(SEEDS):
            check_turns(subject.place, part, lengths, seed)
    check_module(subject, lambda part: {"turns": part.sample(torch.tensor(LENGTHS), _random(0))})


def check_noise_sampler(subject: Subject) -> None:
    """Check a noise-sampler; raises AssertionError with a sentence about the first fault."""
    part = subject.build()
    check_noises(subject.place, part)
    check_module(subject, lambda part: part.sample(WIDTHS, 5, _random(0)))
    check_seeds(subject.place, part)


def check_noises(place: str, part: Any) -> None:
    """Check that each noise asked for is there, [B, width], and that `renewed` holds names."""
    require(
        not isinstance(part.renewed, str),
        f"{place}: 'renewed' must be a collection of names, and is one text",
    )
    for batch in (1, 5):
        noise = part.sample(WIDTHS, batch, _random(0))
        require(
            noise.keys() == WIDTHS.keys(),
            f"{place}: asked for the noises {sorted(WIDTHS)} it gives {sorted(noise)}",
        )
        for name, width in WIDTHS.items():
            require_shape(place, f"the noise '{name}'", noise[name], (batch, width))


def check_seeds(place: str, part: Any) -> None:
    """Check that two seeds give two noises, unless noise is nothing."""
    first, second = (_joined(part, seed) for seed in (0, 1))
    require(
        not torch.equal(first, second) or not bool(first.any()),
        f"{place}: two seeds give the same noise",
    )


def check_first(place: str, part: Any) -> None:
    """Check that `first` is -1, 0 or None."""
    require(
        part.first in (-1, 0, None),
        f"{place}: 'first' must be -1, 0 or None, and is {part.first!r}",
    )


def check_turns(place: str, part: Any, lengths: tuple[int, ...], seed: int) -> None:
    """Check that turns are whole numbers [B, K], rise, and are turns that there are; else -1."""
    given = torch.tensor(lengths)
    drawn, lowest = part.sample(given, _random(seed)), -1 if part.first == -1 else 0
    require(given.tolist() == list(lengths), f"{place}: it changes the lengths that it is given")
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
