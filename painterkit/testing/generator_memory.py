"""What holds for a generator with memory, and for one without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.interfaces.generator import GeneratorOutput
from painterkit.testing.generator_words import draw, sample_words
from painterkit.testing.inputs import BATCH, noises, normal, set_mode, shaken
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import EFFECT, require, require_same, widest_gap


def check_memory(subject: Subject) -> None:
    """Check that `begin` gives a state if there is a memory, and `state=None` remembers nothing."""
    part = shaken(set_mode(subject.build(), training=False))
    state = part.begin(BATCH, torch.device("cpu"))
    alone = _turn(part, subject, 2, None)
    require(
        alone.state is None or state is not None,
        f"{subject.place}: begin() gives no state, but drawing gives one; "
        "a generator with memory begins with a state",
    )
    if state is None:
        return
    require(
        isinstance(state, Mapping)
        and all(isinstance(one, Tensor) and one.shape[0] == BATCH for one in state.values()),
        f"{subject.place}: a state must be a mapping of tensors with a row for each conversation, "
        f"and begin({BATCH}) gives {state if not isinstance(state, Mapping) else 'others'}",
    )
    check_second_turn(part, subject, state)
    require_same(
        _pictures(alone),
        _pictures(_turn(part, subject, 2, None)),
        f"{subject.place}: drawn alone (state=None), a turn depends on what was drawn before",
        0.0,
    )
    if isinstance(part, nn.Module):
        check_bypass(part, subject, state)


def check_second_turn(part: Any, subject: Subject, state: Any) -> None:
    """Check that turn 2 depends on turn 1, and that drawing leaves the state that it is given."""
    first, other = _turn(part, subject, 1, state), _turn(part, subject, 3, state)
    require(
        first.state is not None,
        f"{subject.place}: given a state, it gives none back for the next turn",
    )
    second = _pictures(_turn(part, subject, 2, first.state))
    require_same(
        second,
        _pictures(_turn(part, subject, 2, first.state)),
        f"{subject.place}: drawing changes the state that it is given: "
        "drawn twice from one state, the pictures are others",
        0.0,
    )
    require(
        widest_gap(second, _pictures(_turn(part, subject, 2, other.state)))[1] > EFFECT,
        f"{subject.place}: it has a memory, but turn 2 does not depend on turn 1",
    )


def check_bypass(part: nn.Module, subject: Subject, state: Any) -> None:
    """Check that `state=None` goes around the weights of the recurrence."""
    second = _turn(part, subject, 2, _turn(part, subject, 1, state).state)
    remembered, alone = _reached(part, second), _reached(part, _turn(part, subject, 2, None))
    require(
        bool(remembered - alone) or not remembered,
        f"{subject.place}: drawn alone (state=None), a turn reaches every weight; "
        "the recurrence is not bypassed",
    )


def _reached(part: nn.Module, output: GeneratorOutput) -> set[str]:
    """Return the names of the trainable parameters that the pictures send a gradient to."""
    named = {name: p for name, p in part.named_parameters() if p.requires_grad}
    total = torch.stack([image.sum() for image in output.images.values()]).sum()
    if not named or not total.requires_grad:
        return set()
    gradients = torch.autograd.grad(total, list(named.values()), allow_unused=True)
    return {name for name, gradient in zip(named, gradients, strict=True) if gradient is not None}


def _turn(part: Any, subject: Subject, turn: int, state: Any) -> GeneratorOutput:
    embedding = normal(BATCH, subject.context.embedding_width, seed=turn)
    words = sample_words(subject, part, turn)
    return draw(part, embedding, noises(part.noise_widths, BATCH), state, words=words)


def _pictures(output: GeneratorOutput) -> dict[str, Tensor]:
    return {f"picture at {size} px": image for size, image in output.images.items()}
