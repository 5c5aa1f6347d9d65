"""The checks of a training-step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from attrs import evolve
from torch import Tensor, nn

from painterkit.testing.sample_parts import sample_parts
from painterkit.testing.sample_samplers import EveryTurn, LastTurn
from painterkit.testing.step_run import MakeParts, check_run, parts_of
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import require


def check_training_step(subject: Subject, make_parts: MakeParts = sample_parts) -> None:
    """Check a training-step; raises AssertionError with a sentence about the first fault.

    `make_parts` makes the parts that it trains, for the resolutions that it declares. It is built
    for their turn encoder.
    """
    subject = _told_of_parts(subject, make_parts)
    check_declarations(subject.place, subject.build())
    check_misfits(subject, make_parts)
    runs = [
        check_run(subject, make_parts, turns, low=low, seed=0)
        for turns in (LastTurn(), EveryTurn())
        for low in (False, True)
    ]
    check_repeats(
        subject.place, runs[0], check_run(subject, make_parts, LastTurn(), low=False, seed=1)
    )


def check_declarations(place: str, step: Any) -> None:
    """Check that `optimizers` are named, and that `tokens` and `extras` are among what there is."""
    require(
        bool(step.optimizers) and all(isinstance(name, str) for name in step.optimizers),
        f"{place}: 'optimizers' must name the optimizers that it asks for",
    )
    require(
        set(step.tokens) <= {"captions", "turns"},
        f"{place}: 'tokens' must be some of 'captions' and 'turns', and empty for a step "
        "that trains no text encoder",
    )
    require(
        set(step.extras) <= {"facts", "matching"},
        f"{place}: 'extras' must be some of 'facts' and 'matching'",
    )


def check_repeats(place: str, losses: Sequence[Tensor], again: Sequence[Tensor]) -> None:
    """Check that the losses of a step are the same whatever torch's own random state is."""
    require(
        len(losses) == len(again)
        and all(torch.equal(a, b) for a, b in zip(losses, again, strict=True)),
        f"{place}: the same step on the same parts has two losses; random numbers must "
        "come from context.shared or context.local",
    )


def check_misfits(subject: Subject, make_parts: MakeParts) -> None:
    """Check that `misfits` says sentences, of parts that lack something as well."""
    step = subject.build()
    whole = parts_of(step, make_parts)
    bare = parts_of(step, make_parts)
    bare.discriminators = nn.ModuleDict()
    bare.image_encoder = None
    for parts in (whole, bare):
        said = step.misfits(parts)
        require(
            not isinstance(said, str)
            and isinstance(said, Sequence)
            and all(isinstance(one, str) and " " in one for one in said),
            f"{subject.place}: misfits() must give a sequence of sentences, and gives {said!r}",
        )
    said = step.misfits(whole)
    require(
        not said,
        f"{subject.place}: the sample parts do not fit it: {'; '.join(said)}; give the kit others",
    )


def _told_of_parts(subject: Subject, make_parts: MakeParts) -> Subject:
    """Return the subject with the turn encoder in its context, as a recipe's step is built."""
    with torch.random.fork_rng(devices=[]):
        encoder = make_parts((8, 16)).turn_encoder
    context = evolve(subject.context, turn_encoder=encoder, turn_width=encoder.width)
    return evolve(subject, context=context)
