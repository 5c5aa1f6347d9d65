"""What holds for components of every role that compute something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from painterkit.nn.seeding import seeded
from painterkit.testing.inputs import normal, set_mode
from painterkit.testing.subject import Subject
from painterkit.testing.verdict import TOLERANCE, require, require_same

Run = Callable[[Any], Mapping[str, Tensor]]
"""Give a built part the inputs of its role; return all that comes out, by a word for each."""


def check_seed(subject: Subject, run: Run) -> None:
    """Check that the same seed gives the same part, and the same inputs the same result."""
    with seeded(1):
        part = set_mode(subject.build(), training=False)
        first = run(part)
    with seeded(2):
        again = run(part)
        twin = run(set_mode(subject.build(), training=False))
    require_same(
        first,
        again,
        f"{subject.place}: in eval mode the same inputs give two results: it keeps something "
        "from call to call, or draws random numbers that it was not given",
        0.0,
    )
    require_same(first, twin, f"{subject.place}: built twice from one seed, it is two things", 0.0)


def check_state_dict(subject: Subject, run: Run) -> None:
    """Check that a module's state, kept in safetensors, brings another one to the same result."""
    part = subject.build()
    if not isinstance(part, nn.Module):
        return
    run(part.train())  # so that the statistics of normalisations are no longer at their start
    state = part.state_dict()
    for name, tensor in state.items():
        require(
            isinstance(tensor, Tensor),
            f"{subject.place}: '{name}' in its state_dict is {type(tensor).__name__}, no tensor",
        )
    try:
        kept = load(save({name: tensor.contiguous() for name, tensor in state.items()}))
    except (SafetensorError, RuntimeError) as error:
        raise AssertionError(
            f"{subject.place}: its state_dict does not fit in safetensors: {error}"
        ) from error
    other = subject.build(seed=1)
    other.load_state_dict(kept)
    require_same(
        run(part.eval()),
        run(other.eval()),
        f"{subject.place}: brought back from its state_dict it gives another result: "
        "something that matters is not in it",
        0.0,
    )


def check_gradients(subject: Subject, run: Run) -> None:
    """Check that every trainable parameter gets a gradient in train mode."""
    part = subject.build()
    if not isinstance(part, nn.Module):
        return
    trainable = {name: p for name, p in part.named_parameters() if p.requires_grad}
    if not trainable:
        return
    outputs = [tensor for tensor in run(part.train()).values() if tensor.requires_grad]
    require(
        bool(outputs),
        f"{subject.place}: nothing that it gives can be differentiated, so "
        f"'{next(iter(trainable))}' cannot be trained",
    )
    weighted = [(out * normal(*out.shape, seed=n)).sum() for n, out in enumerate(outputs)]
    gradients = torch.autograd.grad(
        torch.stack(weighted).sum(), list(trainable.values()), allow_unused=True
    )
    for name, gradient in zip(trainable, gradients, strict=True):
        require(gradient is not None, f"{subject.place}: no gradient reaches '{name}'")
        assert gradient is not None
        require(
            bool(torch.isfinite(gradient).all()),
            f"{subject.place}: the gradient of '{name}' holds nan or inf",
        )


def check_module(subject: Subject, run: Run) -> None:
    """Check what holds for every part with weights."""
    check_seed(subject, run)
    check_state_dict(subject, run)
    check_gradients(subject, run)


def check_rows(
    place: str, together: Mapping[str, Tensor], alone: Callable[[int], Mapping[str, Tensor]]
) -> None:
    """Check that each row of a batch has the result it has alone."""
    rows = min((tensor.shape[0] for tensor in together.values()), default=0)
    for row in range(rows):
        require_same(
            {name: tensor[row : row + 1] for name, tensor in together.items()},
            alone(row),
            f"{place}: row {row} of a batch is not what it is alone: rows leak into each other",
            TOLERANCE,
        )
