"""How far noise alone drives pictures apart: looked at now and then, without a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn

from painterkit.interfaces.generator import GeneratorOutput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit.testing import sample_batch, sample_parts
from painterkit.testing.sample_batches import with_extras
from painterkit_standard.samplers import EveryTurn, Gaussian, LastTurn, UniformTime
from painterkit_standard.spread import CONVERSATIONS, LOOK_EVERY, spread

Build = Callable[..., Any]
LOOK, NO_LOOK = LOOK_EVERY - 1, LOOK_EVERY


@pytest.fixture
def step_of(build: Build) -> Build:
    def made(**settings: Any) -> Any:
        table = {"resolutions": [8], "losses": {"matching": "matching-aware"}, **settings}
        return build(Role.TRAINING_STEP, "adversarial", table)

    return made


def seeded_parts() -> Parts:
    """Return parts with what a look in train mode would leave a trace in, of mixed modes."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = sample_parts((8,)).train()
    generator = parts.generator
    generator.hidden = nn.Sequential(
        generator.hidden, nn.BatchNorm1d(generator.hidden.out_features), nn.Dropout(0.5)
    )
    parts.dialogue_encoder.eval()
    return parts


def run(
    step: Any,
    parts: Parts,
    number: int,
    turns: TurnSampler | None = None,
    noise: float = 1.0,
) -> tuple[list[Update], list[Tensor]]:
    """Return the updates of a step, and what its random numbers have become."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        shared, local = (torch.Generator().manual_seed(seed) for seed in (1, 2))
        context = StepContext(number, 0, shared, local, turns or LastTurn(), Gaussian(noise))
        updates = list(step.step(parts, with_extras(sample_batch((8,)), step.extras), context))
        return updates, [torch.get_rng_state(), shared.get_state(), local.get_state()]


def looked(updates: list[Update]) -> float | None:
    found = [float(one.metrics["noise_spread"]) for one in updates if "noise_spread" in one.metrics]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize("turns", [LastTurn(), EveryTurn(-1), UniformTime(0)])
def test_it_is_looked_at_in_one_step_of_many_and_leaves_no_trace(
    step_of: Build, turns: TurnSampler
) -> None:
    with_look, without = seeded_parts(), seeded_parts()
    modes = [module.training for module in with_look.modules()]
    updates, random = run(step_of(), with_look, LOOK, turns)
    plain, plain_random = run(step_of(), without, NO_LOOK, turns)
    assert looked(updates) is not None
    assert looked(plain) is None
    for one, other in zip(updates, plain, strict=True):
        assert torch.equal(one.loss, other.loss)
    for one, other in zip(random, plain_random, strict=True):
        assert torch.equal(one, other), "it took of the training's random numbers"
    for name, tensor in without.state_dict().items():
        assert torch.equal(with_look.state_dict()[name], tensor), name
    assert [module.training for module in with_look.modules()] == modes
    numbers = [n for n in range(3 * LOOK_EVERY) if looked(run(step_of(), without, n)[0])]
    assert numbers == [LOOK, LOOK + LOOK_EVERY, LOOK + 2 * LOOK_EVERY]


@pytest.mark.parametrize("turns", [LastTurn(), EveryTurn(-1), UniformTime(0)])
@pytest.mark.parametrize("memory", [True, False])
def test_without_noise_nothing_differs_whatever_was_said(
    step_of: Build, turns: TurnSampler, memory: bool
) -> None:
    """The two pictures are of the same conversation at the same moment."""
    step = step_of(memory=memory)
    updates, _ = run(step, seeded_parts(), LOOK, turns, noise=0.0)
    assert looked(updates) == pytest.approx(0.0, abs=1e-6)
    assert float(updates[0].metrics["spread"]) > 0.001
    updates, _ = run(step, seeded_parts(), LOOK, turns, noise=1.0)
    assert (looked(updates) or 0.0) > 0.001


def test_a_picture_told_what_is_seen_is_drawn_twice_as_well(step_of: Build) -> None:
    parts = seeded_parts()
    encoder = parts.image_encoder
    assert encoder is not None
    encoder.linear = nn.Linear(48, 20)
    assert looked(run(step_of(told="image"), parts, LOOK)[0]) is not None


def test_it_is_on_the_scale_of_the_spread(step_of: Build) -> None:
    """The variance of a conversation's two pictures, against that of the real ones."""
    parts = seeded_parts()
    real = sample_batch((8,)).images[8]
    forward, shown = parts.generator.forward, list[Tensor]()

    def noisy(*given: Any, **named: Any) -> GeneratorOutput:
        output = forward(*given, **named)
        rows = len(output.images[8])
        if rows == 2 * CONVERSATIONS:  # nobody else draws so many
            grey = torch.arange(2.0 * CONVERSATIONS).view(-1, 1, 1, 1).expand(-1, 3, 8, 8) / 10
            shown.append(grey)
            return evolve(output, images={8: grey})
        return output

    parts.generator.forward = noisy
    updates, _ = run(step_of(), parts, LOOK)
    [pictures] = shown
    # Each conversation's two pictures are 0.4 apart: a variance of 0.4 squared over 2.
    assert float(pictures[CONVERSATIONS, 0, 0, 0] - pictures[0, 0, 0, 0]) == pytest.approx(0.4)
    assert looked(updates) == pytest.approx(0.4 / 2**0.5 / float(spread(real)), rel=1e-4)
