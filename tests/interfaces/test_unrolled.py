from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.data.batch import Batch
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.unrolled import DrawnMoments, draw_moments
from painterkit.testing import sample_batch, sample_parts

SIZES = (8, 16)


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return sample_parts(SIZES).eval()


@pytest.fixture
def batch() -> Batch:
    return sample_batch(SIZES)


def noise(parts: Parts, batch: Batch) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(3)
    widths = parts.generator.noise_widths
    return {n: torch.randn(batch.size, w, generator=generator) for n, w in widths.items()}


def draw(parts: Parts, batch: Batch, drawn: Tensor, first: int | None, **more: int) -> DrawnMoments:
    given = noise(parts, batch)
    return draw_moments(parts, batch, drawn, first, lambda moments: given, **more)


def one_by_one(parts: Parts, batch: Batch, row: int, first: int, last: int) -> Tensor:
    """Draw one conversation alone, turn after turn; return the last picture, [3, R, R]."""
    given = {name: one[row : row + 1] for name, one in noise(parts, batch).items()}
    state, picture = parts.generator.begin(1, torch.device("cpu")), None
    for moment in range(first, last + 1):
        embedding = parts.embed(batch, torch.full((batch.size, 1), moment))[row]
        output = parts.generator(embedding, given, state)
        state, picture = output.state, output.images[16][0]
    assert picture is not None
    return picture


def last_of(batch: Batch) -> Tensor:
    return (batch.lengths - 1).unsqueeze(1)


@pytest.mark.parametrize("first", [-1, 0])
def test_each_conversation_is_drawn_as_it_is_alone(parts: Parts, batch: Batch, first: int) -> None:
    drawn = last_of(batch)
    found = draw(parts, batch, drawn, first)
    assert found.rows.tolist() == list(range(batch.size))
    assert found.moments.tolist() == drawn[:, 0].tolist()
    for row, moment in enumerate(found.moments.tolist()):
        alone = one_by_one(parts, batch, row, min(first, moment), moment)
        torch.testing.assert_close(found.images[16][row], alone, atol=1e-5, rtol=0)


def test_every_moment_is_drawn_once_though_it_is_repeated(parts: Parts, batch: Batch) -> None:
    drawn = torch.minimum(torch.arange(-1, 3), last_of(batch))
    found = draw(parts, batch, drawn, -1)
    pairs = list(zip(found.rows.tolist(), found.moments.tolist(), strict=True))
    assert sorted(pairs) == sorted({(r, m) for r, ms in enumerate(drawn.tolist()) for m in ms})
    for place, (row, moment) in enumerate(pairs):
        alone = one_by_one(parts, batch, row, -1, moment)
        torch.testing.assert_close(found.images[16][place], alone, atol=1e-5, rtol=0)
        own = parts.embed(batch, torch.full((batch.size, 1), moment))[row, 0]
        torch.testing.assert_close(found.conditions[16].embedding[place], own)
    assert found.conditions[8] is found.conditions[16], "a shared condition stays one"


def test_without_a_first_moment_or_a_memory_each_is_drawn_alone(parts: Parts, batch: Batch) -> None:
    embedding = parts.embed(batch, last_of(batch))[:, 0]
    alone = parts.generator(embedding, noise(parts, batch)).images[16]
    for found in (
        draw(parts, batch, last_of(batch), None),
        draw(parts, batch, last_of(batch), 0, memory=False),
    ):
        assert torch.equal(found.images[16], alone)
    both = draw(parts, batch, torch.cat([last_of(batch) * 0 - 1, last_of(batch)], 1), None)
    assert len(both.rows) == 2 * batch.size - 1, "the one without turns is drawn once"
    torch.testing.assert_close(both.images[16][(both.moments >= 0)], alone[batch.lengths > 0])


def test_without_a_memory_too_the_next_row_is_of_another_conversation(
    parts: Parts, batch: Batch
) -> None:
    """Losses take the row that follows for the words of another."""
    drawn = torch.minimum(torch.arange(-1, 3), last_of(batch))
    found = draw(parts, batch, drawn, -1, memory=False)
    rows = found.rows.tolist()
    assert len(rows) > 2 * batch.size
    assert all(row != following for row, following in pairwise([*rows, rows[0]]))


@pytest.mark.parametrize(("truncation", "reached"), [(1, {2}), (2, {1, 2}), (None, {0, 1, 2})])
def test_the_gradient_goes_back_through_as_many_moments_as_asked(
    parts: Parts, batch: Batch, truncation: int | None, reached: set[int]
) -> None:
    """The reader is taken out of the way, so that turns reach the picture by the memory alone."""
    turns = batch.turns.clone().requires_grad_()
    told = evolve(batch, turns=turns)
    parts.dialogue_encoder.forward = lambda features, mask, drawn: features[:, :, :8].gather(
        1, drawn.clamp(min=0).unsqueeze(2).expand(-1, -1, 8)
    )
    found = draw(parts, told, last_of(batch), 0, truncation=truncation)
    [gradient] = torch.autograd.grad(found.images[16][0].square().sum(), turns)
    assert {turn for turn in range(3) if gradient[0, turn].any()} == reached


def test_drawn_at_every_turn_the_gradient_is_cut_between_the_turns(
    parts: Parts, batch: Batch
) -> None:
    turns = batch.turns.clone().requires_grad_()
    parts.dialogue_encoder.forward = lambda features, mask, drawn: features[:, :, :8].gather(
        1, drawn.clamp(min=0).unsqueeze(2).expand(-1, -1, 8)
    )
    drawn = torch.minimum(torch.arange(3), last_of(batch))
    found = draw(parts, evolve(batch, turns=turns), drawn, 0, truncation=1)
    for place in (found.rows == 0).nonzero().flatten().tolist():
        picture = found.images[16][place].square().sum()
        [gradient] = torch.autograd.grad(picture, turns, retain_graph=True)
        assert [turn for turn in range(3) if gradient[0, turn].any()] == [int(found.moments[place])]


def test_what_is_finer_than_asked_is_not_drawn(parts: Parts, batch: Batch) -> None:
    assert set(draw(parts, batch, last_of(batch), 0, largest=8).images) == {8}


def test_noise_is_asked_for_at_each_conversations_own_moment(parts: Parts, batch: Batch) -> None:
    given, asked = noise(parts, batch), []

    def noise_at(moments: Tensor) -> dict[str, Tensor]:
        asked.append(moments.tolist())
        return given

    draw_moments(parts, batch, last_of(batch), 0, noise_at)
    lengths = batch.lengths
    assert asked == [(lengths - back).tolist() for back in (3, 2, 1)]
