from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.data.batch import Batch
from painterkit.data.words import Words
from painterkit.interfaces.generator import GeneratorOutput, Noise, State, WordSource
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.unrolled import draw_moments
from painterkit.testing import sample_batch, sample_parts
from painterkit.testing.sample_parts import SampleGenerator

LONGEST = 2


class Looking(SampleGenerator):
    """Draw as the sample generator does, and keep the words that it is given."""

    word_sources: tuple[WordSource, ...] = ("caption", "dialogue", "turns")

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: State | None = None,
        largest: int | None = None,
        words: Mapping[WordSource, Words] | None = None,
    ) -> GeneratorOutput:
        assert words is not None
        self.given = words
        return super().forward(embedding, noise, state, largest)


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = sample_parts((8,)).eval()
        parts.generator = Looking((8,))
    return parts


@pytest.fixture
def batch() -> Batch:
    """Return a batch whose words are numbered by conversation, turn and place."""
    plain = sample_batch((8,))
    size, turns = plain.turns.shape[:2]
    of_captions = 100.0 * torch.arange(size)[:, None] + torch.arange(LONGEST)
    of_turns = (
        100.0 * torch.arange(size)[:, None, None]
        + 10.0 * torch.arange(turns)[:, None]
        + torch.arange(LONGEST)
    )
    mask = torch.ones(size, turns, LONGEST, dtype=torch.bool)
    mask[:, 1, 1] = False  # every second turn is one word
    return evolve(
        plain,
        caption_words=Words(of_captions.unsqueeze(2), torch.ones(size, LONGEST, dtype=torch.bool)),
        turn_words=Words(of_turns.unsqueeze(3), mask),
    )


def said(words: Words, row: int) -> list[float]:
    return words.vectors[row, words.mask[row], 0].tolist()


def test_words_are_those_said_up_to_the_moment(parts: Parts, batch: Batch) -> None:
    reading = parts.read(batch, torch.tensor([[-1, 1], [0, 0], [-1, -1], [0, 2], [1, 1]]))
    first, second = reading.at(0).words, reading.at(1).words
    assert said(first["caption"], 3) == [300.0, 301.0]
    assert said(first["dialogue"], 0) == []
    assert said(second["dialogue"], 0) == [0.0, 1.0, 10.0]
    assert said(second["dialogue"], 3) == [300.0, 301.0, 310.0, 320.0, 321.0]
    assert said(second["dialogue"], 2) == [], "nothing was said in this conversation"
    assert second["turns"].mask.sum(dim=1).tolist() == [2, 1, 0, 3, 2]
    assert torch.equal(second["turns"].vectors, batch.turns)
    chosen = reading.of(torch.tensor([3, 0]), torch.tensor([1, 0])).words
    assert said(chosen["dialogue"], 0) == [300.0, 301.0, 310.0, 320.0, 321.0]
    assert said(chosen["dialogue"], 1) == []


def test_of_turns_joined_into_one_text_the_last_is_all(parts: Parts, batch: Batch) -> None:
    parts.dialogue_encoder.reads = "joined"
    words = parts.read(batch, torch.full((batch.size, 1), 1)).at(0).words
    assert said(words["dialogue"], 0) == [10.0]
    assert words["turns"].mask.sum(dim=1).tolist() == [1, 0, 0, 1, 1]


@pytest.mark.parametrize("first", [None, 0])
def test_a_drawn_moment_has_its_words(parts: Parts, batch: Batch, first: int | None) -> None:
    drawn = torch.minimum(torch.tensor([[0, 2]]), batch.lengths.unsqueeze(1) - 1)
    widths = parts.generator.noise_widths
    noise = {name: torch.zeros(batch.size, width) for name, width in widths.items()}

    def given(moments: Tensor) -> dict[str, Tensor]:
        return noise

    found = draw_moments(parts, batch, drawn, first, given)
    for place, (row, moment) in enumerate(zip(found.rows, found.moments, strict=True)):
        here = int((batch.turn_mask[row, : int(moment) + 1]).sum())
        assert int(found.words["turns"].mask[place].sum()) == here
        assert said(found.words["caption"], place) == [100.0 * row, 100.0 * row + 1]


def test_a_generator_that_looks_at_no_words_is_given_none(batch: Batch) -> None:
    plain: Any = sample_parts((8,))
    assert plain.word_sources == ()
    assert plain.read(batch, torch.zeros(batch.size, 1, dtype=torch.int64)).words == {}
