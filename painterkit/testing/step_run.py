"""The checks of a training-step while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from attrs import fields_dict
from torch import Tensor, nn

from painterkit.data.batch import Batch
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.nn.seeding import seeded
from painterkit.testing.sample_batches import sample_batch, with_extras, with_tokens
from painterkit.testing.sample_samplers import Gaussian
from painterkit.testing.subject import Subject
from painterkit.testing.suspension import modes, with_statements_around
from painterkit.testing.verdict import require
from painterkit.trainable import modules_of_phase

MakeParts = Callable[[Sequence[int]], Parts]
"""What makes parts that draw and judge pictures of some heights, such as `sample_parts`."""


def check_run(
    subject: Subject, make_parts: MakeParts, turns: TurnSampler, low: bool, seed: int
) -> list[Tensor]:
    """Check that a step, run as the trainer does, yields updates and leaves its batches alone.

    Return its losses.
    """
    place = f"{subject.place} under bfloat16 autocast" if low else subject.place
    if turns.first is not None:
        place = f"{place}, drawn after every turn"
    with seeded(0):
        step = subject.build()
        parts = parts_of(step, make_parts).train()
    given: list[tuple[Batch, dict[str, Tensor]]] = []

    def batch_of(number: int) -> Batch:
        batch = _batch(step, parts, number)
        given.append((batch, _tensors(batch)))
        return batch

    losses: list[Tensor] = []
    with seeded(seed):
        for update in check_suspension(place, step, parts, batch_of, turns, low):
            number = f"{place}: update {len(losses) + 1}"
            check_update(number, step, update)
            check_reach(number, step, parts, update)
            losses.append(update.loss.detach())
    require(bool(losses), f"{place}: it yields no update")
    for batch, before in given:
        for name, (now, was) in _paired(_tensors(batch), before).items():
            require(torch.equal(now, was), f"{place}: it changes the batch's {name}")
    return losses


def _batch(step: Any, parts: Parts, number: int) -> Batch:
    """Return what a step is given: its own batch, 0, or a further one that it asks for."""
    batch = sample_batch(step.resolutions, number)
    if step.tokens:
        batch = with_tokens(batch, parts, step.tokens)
    return with_extras(batch, step.extras)


def check_suspension(
    place: str,
    step: Any,
    parts: Parts,
    batch_of: Callable[[int], Batch],
    turns: TurnSampler,
    low: bool,
) -> Iterator[Update]:
    """Check that no update is yielded inside a context manager.

    Yield each on.
    """
    context = StepContext(
        step=0,
        images_seen=0,
        shared=torch.Generator().manual_seed(1),
        local=torch.Generator().manual_seed(2),
        turns=turns,
        noise=Gaussian(),
        another=batch_of,
    )
    updates = iter(step.step(parts, batch_of(0), context))
    try:
        while True:
            with torch.autocast("cpu", torch.bfloat16, enabled=low):
                before = modes()
                update = next(updates, None)
                turned = [name for name, value in modes().items() if value != before[name]]
            if update is None:
                return
            around = with_statements_around(updates)
            where = f" ({around[0]})" if around else f" ({', '.join(turned)})"
            require(
                not around and not turned,
                f"{place}: it yields inside a context manager{where}; yield after it is closed, "
                "as what the trainer does would run in it",
            )
            yield update
    finally:
        close = getattr(updates, "close", None)
        if close is not None:
            close()  # so that a context manager that is still open ends here


def check_update(number: str, step: Any, update: Update) -> None:
    """Check that an update asks for declared optimizers, with a finite float32 scalar as loss."""
    require(isinstance(update, Update), f"{number} is {type(update).__name__}, no Update")
    unknown = set(update.optimizers) - set(step.optimizers)
    require(
        bool(update.optimizers) and not unknown and not isinstance(update.optimizers, str),
        f"{number} asks for the optimizers {update.optimizers!r}; declared are "
        f"{', '.join(step.optimizers)}",
    )
    loss = update.loss
    require(
        loss.dim() == 0 and loss.dtype == torch.float32,
        f"{number}: its loss must be a float32 scalar, and is {loss.dtype} {list(loss.shape)}",
    )
    require(bool(torch.isfinite(loss)), f"{number}: its loss is {loss.item()}")
    require(loss.requires_grad, f"{number}: its loss cannot be differentiated")
    for name, value in update.metrics.items():
        require(
            isinstance(value, Tensor) and value.dim() == 0 and not value.requires_grad,
            f"{number}: its metric '{name}' must be a scalar tensor cut from the graph",
        )


def check_reach(number: str, step: Any, parts: Parts, update: Update) -> None:
    """Check that the loss of an update reaches what its optimizers train.

    Move that downhill a little.
    """
    trained = _trained(step, parts, update)
    require(bool(trained), f"{number}: there is nothing for {update.optimizers} to train")
    for parameter in trained:
        parameter.grad = None
    update.loss.backward(inputs=trained)
    gradients = [parameter.grad for parameter in trained if parameter.grad is not None]
    require(
        bool(gradients),
        f"{number}: its loss reaches none of the weights of {', '.join(update.optimizers)}",
    )
    with torch.no_grad():
        for parameter in trained:
            if parameter.grad is not None:
                parameter.sub_(1e-3 * parameter.grad)


def _trained(step: Any, parts: Parts, update: Update) -> list[nn.Parameter]:
    """Return the weights of an update's optimizers, as recipes usually share them out.

    One whose name begins with `discriminator` trains the discriminators; any other trains the
    rest.
    """
    judges = all(name.startswith("discriminator") for name in update.optimizers)
    return [
        parameter
        for name, module in modules_of_phase(parts, step).items()
        if (name == "discriminators") == judges
        for parameter in module.parameters()
        if parameter.requires_grad
    ]


def parts_of(step: Any, make_parts: MakeParts) -> Parts:
    """Return the parts that a step is checked with, with seeded weights."""
    with seeded(0):
        return make_parts(tuple(step.resolutions) or (8, 16))


def _tensors(batch: Batch) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for name in fields_dict(Batch):
        value = getattr(batch, name)
        if isinstance(value, Tensor):
            found[name] = value.clone()
        elif isinstance(value, Mapping):
            found |= {f"{name} at {key}": tensor.clone() for key, tensor in value.items()}
    return found


def _paired(
    now: Mapping[str, Tensor], was: Mapping[str, Tensor]
) -> dict[str, tuple[Tensor, Tensor]]:
    return {name: (now[name], was[name]) for name in was}
