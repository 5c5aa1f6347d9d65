"""What one step of a phase computes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

import torch
from attrs import field, frozen
from torch import Tensor, nn

from painterkit.data.batch import Batch
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler

TextKind = Literal["captions", "turns"]

Extra = Literal["facts", "matching"]
"""What a step can ask to find in its batches besides: see `painterkit.data.Batch`."""


@frozen
class Update:
    """Ask the trainer for one optimizer step.

    The trainer clears the gradients of the named optimizers' parameters, runs
    `loss.backward(inputs=those parameters)`, clips, and steps them. `metrics` are scalars for
    the log, cut from the graph.
    """

    optimizers: Sequence[str]
    loss: Tensor
    metrics: Mapping[str, Tensor] = field(factory=dict)


def no_other_batch(number: int) -> Batch:
    """Raise WrongInput: a loop that gives its steps one batch each has no other."""
    raise WrongInput(
        Problem(
            "StepContext.another",
            f"the step asks for a further batch, number {number}, and this loop gives it none",
            "give StepContext(another=...), a function of the number that returns a batch",
        )
    )


@frozen
class StepContext:
    """What a step may draw on besides the parts and the batch.

    `shared` gives the same numbers on every rank, `local` its own; both are in the checkpoint.

    `another(number)`, from 1 on, makes a further batch of the same size: other conversations of
    the same epoch, a function of seed, phase, step and number alone. None is made that is not
    asked for. `images_seen`, and what `until.images` counts, are the pictures of the steps' own
    batches, which the generator learns from; further batches count for nothing.
    """

    step: int
    images_seen: int
    shared: torch.Generator
    local: torch.Generator
    turns: TurnSampler
    noise: NoiseSampler
    another: Callable[[int], Batch] = no_other_batch


class TrainingStep(Protocol):
    """Compute the updates of one step, in order."""

    optimizers: Collection[str]
    """Names of the optimizers that its updates ask for."""

    resolutions: Sequence[int]
    """Heights of the real pictures that it needs in a batch; may be empty."""

    tokens: Collection[TextKind]
    """The texts that it wants as their encoder's own tensors, since it trains that encoder.

    Empty for a step that reads vectors. Where it is not, no text is encoded in the phase."""

    extras: Collection[Extra]
    """What else it needs in a batch: facts, or facts and matching pictures."""

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        """Yield an Update for each optimizer step.

        The code after a yield sees the stepped weights. It never yields inside a context
        manager, reads or writes no file, moves nothing between devices and logs nothing.
        """
        ...

    def misfits(self, parts: Parts) -> Sequence[str]:
        """Say in whole sentences what the parts lack for this step; nothing if they fit."""
        ...


@runtime_checkable
class SamplesTurns(Protocol):
    """A training-step that may choose its moments itself, in place of the recipe's sampler."""

    turns: TurnSampler | None
    """What it chooses them with; None where the recipe's sampler does."""


@runtime_checkable
class AsksImageEncoder(Protocol):
    """A training-step that may ask the image encoder of the parts what it sees, as it is."""

    asks_image_encoder: bool
    """Whether it does so, and does not train it."""


@runtime_checkable
class NeedsBatch(Protocol):
    """A training-step that the smallest batches are too small for."""

    least_batch: int
    """How many conversations a batch has at least."""


@runtime_checkable
class KnowsRemedies(Protocol):
    """A training-step that knows what can be tried where the drawn pictures hardly differ."""

    def remedies(self, parts: Parts) -> Sequence[str]:
        """Say what fits these parts and is not done yet, as in "give step.losses an 'r1'"."""
        ...


def own_modules(steps: Iterable[TrainingStep]) -> Iterator[nn.Module]:
    """Yield what stands directly in steps that are modules, as an image encoder that no part is.

    What is Fitted of it is fitted before the first step, what NeedsFiles is asked what it lacks.
    """
    for step in steps:
        if isinstance(step, nn.Module):
            yield from step.children()
