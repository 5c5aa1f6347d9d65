"""The checks of a dialogue encoder."""

from __future__ import annotations

import torch
from torch import Tensor

from painterkit.testing.every_role import check_module
from painterkit.testing.inputs import normal, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import (
    EFFECT,
    TOLERANCE,
    gap,
    require,
    require_same,
    require_shape,
)

LENGTHS = (5, 2, 0, 3)
"""Turns of each conversation in the sample batch; one has none."""

DRAWN = ((-1, 0, 2, 4), (-1, 0, 1, 1), (-1, -1, -1, -1), (-1, 0, 1, 2))
"""The moments at which each is drawn."""


def check_dialogue_encoder(subject: Subject) -> None:
    """Check a dialogue encoder; raises AssertionError with a sentence about the first fault."""
    check_shape(subject)
    check_module(subject, lambda part: {"result": part(*_inputs(subject))})
    check_silence(subject)
    check_look_ahead(subject)
    check_padding(subject)
    check_moments(subject)
    check_dependence(subject)
    check_steps(subject)


def check_shape(subject: Subject) -> None:
    """Check that its result is [B, K, width], and `causal` and `reads` are what they can be."""
    part = subject.build()
    shape = (len(LENGTHS), len(DRAWN[0]), part.width)
    require_shape(subject.place, "its result", part(*_inputs(subject)), shape)
    require(isinstance(part.causal, bool), f"{subject.place}: 'causal' must be true or false")
    require(
        part.reads in ("turns", "joined"), f'{subject.place}: \'reads\' must be "turns" or "joined"'
    )


def check_silence(subject: Subject) -> None:
    """Check that nothing said gives zeros, also in a batch in which nobody says anything."""
    part = set_mode(subject.build(), training=False)
    features, mask, drawn = _inputs(subject)
    result = part(features, mask, drawn)
    require(
        bool((result[drawn < 0] == 0).all()),
        f"{subject.place}: where nothing has been said (drawn = -1) its result is not zero",
    )
    silent = part(features[:, :0], mask[:, :0], torch.full((len(LENGTHS), 2), -1))
    require_shape(subject.place, "its result for no turns", silent, (len(LENGTHS), 2, part.width))
    require(
        bool((silent == 0).all()),
        f"{subject.place}: for conversations without turns its result is not zero",
    )


def check_look_ahead(subject: Subject) -> None:
    """Check that changing the turns after t changes nothing drawn up to t."""
    part = shaken(set_mode(subject.build(), training=False))
    features, mask, drawn = _inputs(subject)
    before = part(features, mask, drawn)
    for turn in range(features.shape[1] - 1):
        changed = features.clone()
        changed[:, turn + 1 :] = 10 * normal(*changed[:, turn + 1 :].shape, seed=turn + 50)
        after = part(changed, mask, drawn)
        difference = gap(before[drawn <= turn], after[drawn <= turn])
        require(
            difference <= TOLERANCE,
            f"{subject.place}: what is drawn up to turn {turn} depends on later turns: changing "
            f"them moves it by {difference:.2g}",
        )


def check_padding(subject: Subject) -> None:
    """Check that a conversation gives the same alone and beside longer ones."""
    part = shaken(set_mode(subject.build(), training=False))
    features, mask, drawn = _inputs(subject)
    together = part(features, mask, drawn)
    for row, length in enumerate(LENGTHS):
        alone = part(
            features[row : row + 1, :length], mask[row : row + 1, :length], drawn[row : row + 1]
        )
        require_same(
            {"result": together[row : row + 1]},
            {"result": alone},
            f"{subject.place}: a conversation of {length} turns gives another result alone than "
            f"padded to {max(LENGTHS)} turns in a batch: padding leaks",
            TOLERANCE,
        )


def check_moments(subject: Subject) -> None:
    """Check that K moments in one call are K calls."""
    part = set_mode(subject.build(), training=False)
    features, mask, drawn = _inputs(subject)
    together = part(features, mask, drawn)
    for moment in range(drawn.shape[1]):
        require_same(
            {"result": together[:, moment : moment + 1]},
            {"result": part(features, mask, drawn[:, moment : moment + 1])},
            f"{subject.place}: asked for several moments at once, moment {moment} is not what it "
            "is asked for alone",
            TOLERANCE,
        )


def check_dependence(subject: Subject) -> None:
    """Check that it reads: what is drawn at a turn depends on what was said up to it."""
    part = shaken(set_mode(subject.build(), training=False))
    if part.width == 0:
        return
    features, mask, drawn = _inputs(subject)
    changed = normal(*features.shape, seed=99)
    said = drawn >= 0
    require(
        gap(part(features, mask, drawn)[said], part(changed, mask, drawn)[said]) > EFFECT,
        f"{subject.place}: its result does not depend on what is said",
    )


def check_steps(subject: Subject) -> None:
    """Check that a causal encoder reads turn by turn what it reads at once, also after an undo."""
    part = shaken(set_mode(subject.build(), training=False))
    if not part.causal:
        return
    require(
        callable(getattr(part, "step", None)),
        f"{subject.place}: 'causal' is true, and it has no 'step'",
    )
    count = max(LENGTHS)
    features = normal(len(LENGTHS), count, subject.context.turn_width)
    mask = torch.ones(features.shape[:2], dtype=torch.bool)
    together = part(features, mask, torch.arange(count).expand(len(LENGTHS), -1))
    states = [None]
    for turn in range(count):
        result, state = part.step(features[:, turn], states[-1])
        require_shape(subject.place, "what step() gives", result, (len(LENGTHS), part.width))
        require_same(
            {"result": together[:, turn]},
            {"result": result},
            f"{subject.place}: read turn by turn, turn {turn} is not what it is read at once",
            TOLERANCE,
        )
        states.append(state)
    for turn in reversed(range(count)):
        result, _ = part.step(features[:, turn], states[turn])
        require_same(
            {"result": together[:, turn]},
            {"result": result},
            f"{subject.place}: turn {turn}, said again after the turns since were taken back, is "
            "not what it was: step() changes the state that it is given",
            TOLERANCE,
        )


def _inputs(subject: Subject) -> tuple[Tensor, Tensor, Tensor]:
    """Return turns whose padding is anything but zero, their mask, and the moments drawn."""
    features = normal(len(LENGTHS), max(LENGTHS), subject.context.turn_width)
    mask = torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]
    features[~mask] = 100 * features[~mask] + 7
    return features, mask, torch.tensor(DRAWN)
