"""The kit names what is broken in a training-step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import torch
from attrs import frozen
from torch import Tensor, nn

from painterkit.data.batch import Batch
from painterkit.errors import WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.testing import check_training_step
from painterkit.testing.sample_parts import SampleTextEncoder
from painterkit.testing.sample_samplers import Gaussian, LastTurn
from painterkit.testing.subject import Subject

MakeSubject = Callable[[Any], Subject]


def loss_of(parts: Parts, batch: Batch, context: StepContext) -> Tensor:
    drawn = context.turns.sample(batch.lengths, context.shared)
    noise = context.noise.sample(parts.generator.noise_widths, batch.size, context.local)
    output = parts.generator(parts.embed(batch, drawn)[:, -1], noise)
    return torch.stack([(output.images[8] - batch.images[8]).square().mean()]).sum().float()


@frozen
class Right:
    """Draw a picture near the real one."""

    optimizers = ("generator",)
    tokens = ()
    extras = ()
    resolutions = (8,)

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        loss = loss_of(parts, batch, context)
        yield Update(("generator",), loss, {"error": loss.detach()})

    def misfits(self, parts: Parts) -> list[str]:
        return []


def test_a_step_is_built_for_the_turn_encoder_of_the_parts(context: BuildContext) -> None:
    told: list[BuildContext] = []

    def make(context: BuildContext) -> Right:
        told.append(context)
        return Right()

    check_training_step(Subject("it", make, context))
    assert told
    for one in told:
        assert isinstance(one.turn_encoder, SampleTextEncoder)
        assert one.turn_encoder.width == one.turn_width


class YieldsInAWith(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        with torch.random.fork_rng(devices=[]):
            yield Update(("generator",), loss_of(parts, batch, context))


class DelegatesIntoAWith(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        yield from YieldsInAWith().step(parts, batch, context)


class LeavesAutocastOn(Right):
    """Enters a context manager without a with statement."""

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        stack = ExitStack()
        stack.enter_context(torch.autocast("cpu", torch.bfloat16))
        try:
            yield Update(("generator",), loss_of(parts, batch, context))
        finally:
            stack.close()


class AsksForAnotherOptimizer(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        yield Update(("painter",), loss_of(parts, batch, context))


class NamesItsOptimizerAsText(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        yield Update("generator", loss_of(parts, batch, context))


class IsNan(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        yield Update(("generator",), loss_of(parts, batch, context) * float("nan"))


class ChangesTheBatch(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        batch.images[8].mul_(0.5)
        yield Update(("generator",), loss_of(parts, batch, context))


class AsksForMore(Right):
    """Learns from two further batches as well; each has conversations of its own."""

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        batches = [batch, *map(context.another, (1, 2))]
        assert len({tuple(one.image_rows.tolist()) for one in batches}) == 3
        assert len({float(one.turns.sum()) for one in batches}) == 3
        for one in batches:
            yield Update(("generator",), loss_of(parts, one, context))


class ChangesAFurtherBatch(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        context.another(2).turns.mul_(0.5)
        yield Update(("generator",), loss_of(parts, batch, context))


class DrawsFromTheGlobalState(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        yield Update(("generator",), loss_of(parts, batch, context) * torch.rand(()))


class ReachesNothing(Right):
    """Trains the discriminator with a loss that only the generator is in."""

    optimizers = ("discriminator",)
    tokens = ()
    extras = ()

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        yield Update(("discriminator",), loss_of(parts, batch, context))


class KeepsTheGraphInAMetric(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        loss = loss_of(parts, batch, context)
        yield Update(("generator",), loss, {"error": loss})


class DoesNothing(Right):
    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        yield from ()


class SaysOneLetterAtATime(Right):
    def misfits(self, parts: Parts) -> Any:
        return "the parts lack a discriminator"


class SaysWords(Right):
    def misfits(self, parts: Parts) -> Any:
        return [] if parts.image_encoder else ["image_encoder"]


class DoesNotFit(Right):
    def misfits(self, parts: Parts) -> Any:
        return ["the generator draws no 4 px"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (YieldsInAWith, r"it yields inside a context manager \(.*test_kit_steps\.py line \d+\)"),
        (DelegatesIntoAWith, r"inside a context manager \(.*test_kit_steps\.py line \d+\)"),
        (LeavesAutocastOn, r"inside a context manager \(autocast on the CPU"),
        (
            AsksForAnotherOptimizer,
            r"asks for the optimizers \('painter',\); declared are generator",
        ),
        (NamesItsOptimizerAsText, "asks for the optimizers 'generator'; declared are generator"),
        (IsNan, "update 1: its loss is nan"),
        (ChangesTheBatch, "it changes the batch's images at 8"),
        (ChangesAFurtherBatch, "it changes the batch's turns"),
        (DrawsFromTheGlobalState, "must come from context.shared or context.local"),
        (ReachesNothing, "its loss reaches none of the weights of discriminator"),
        (KeepsTheGraphInAMetric, "its metric 'error' must be a scalar tensor cut from the graph"),
        (DoesNothing, "it yields no update"),
        (SaysOneLetterAtATime, r"misfits\(\) must give a sequence of sentences"),
        (
            SaysWords,
            r"misfits\(\) must give a sequence of sentences, and gives \['image_encoder'\]",
        ),
        (DoesNotFit, "the sample parts do not fit it: the generator draws no 4 px"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_broken_step_is_named(subject: MakeSubject, broken: type[Right], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_training_step(subject(broken))
    assert torch.is_grad_enabled(), "the check left torch otherwise than it found it"
    assert not torch.is_autocast_enabled("cpu"), "the check left torch otherwise than it found it"


class ClosesBeforeItYields(Right):
    """Uses context managers, and weights of its own, as a step may."""

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        for _ in range(2):
            with torch.no_grad():
                aim = parts.generator.squares["8"].weight.mean()
            loss = loss_of(parts, batch, context) + 0 * aim
            yield Update(("generator",), loss)


class HasWeights(nn.Module):
    optimizers = ("head",)
    tokens = ()
    extras = ()
    resolutions = ()

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(20, 1)

    def step(self, parts: Parts, batch: Batch, context: StepContext) -> Iterator[Update]:
        drawn = context.turns.sample(batch.lengths, context.shared)
        yield Update(("head",), self.head(parts.embed(batch, drawn)).square().mean().float())

    def misfits(self, parts: Parts) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize("right", [Right, AsksForMore, ClosesBeforeItYields, HasWeights])
def test_a_right_step_passes(subject: MakeSubject, right: Callable[[], Any]) -> None:
    check_training_step(subject(right))


def test_a_loop_with_one_batch_a_step_says_what_it_lacks() -> None:
    random = torch.Generator()
    context = StepContext(0, 0, random, random, LastTurn(), Gaussian())
    with pytest.raises(WrongInput, match=r"further batch, number 2, .* give StepContext\(another"):
        context.another(2)
