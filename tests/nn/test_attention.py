from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from painterkit.nn.attention import WordAttention

CHANNELS, HEIGHT, WIDTH = 3, 4, 5
WIDTHS = {"caption": 6, "turns": 2}
LENGTHS = {"caption": (4, 1, 0, 0), "turns": (2, 3, 1, 0)}
"""How many words of each source four conversations have; the last has none at all."""

ROWS = 4


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def assert_same(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


@pytest.fixture
def attention() -> WordAttention:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return WordAttention(WIDTHS, CHANNELS)


Given = tuple[Tensor, dict[str, Tensor], dict[str, Tensor]]


@pytest.fixture
def given() -> Given:
    """Return a map, and the vectors and masks of the words by source."""
    places = normal(ROWS, CHANNELS, HEIGHT, WIDTH, seed=1)
    vectors = {source: normal(ROWS, 4, width, seed=width) for source, width in WIDTHS.items()}
    lengths = {source: torch.tensor(one) for source, one in LENGTHS.items()}
    masks = {source: torch.arange(4) < one[:, None] for source, one in lengths.items()}
    return places, vectors, masks


def slow(
    attention: WordAttention, given: Given, row: int, y: int, x: int
) -> tuple[list[float], dict[tuple[str, int], float]]:
    """Compute what one place takes along, and its weights, number by number.

    e' = U e;  s_i = h . e'_i;  beta_i = exp(s_i) / sum_k exp(s_k);  c = sum_i beta_i e'_i, where i
    and k run over the words that this conversation has, of any source.
    """
    places, vectors, masks = given
    h = [float(places[row, channel, y, x]) for channel in range(CHANNELS)]
    known: dict[tuple[str, int], list[float]] = {}
    for source, width in WIDTHS.items():
        u = attention.get_parameter(f"projections.{source}.weight").detach()
        for i in range(vectors[source].shape[1]):
            if masks[source][row, i]:
                e = vectors[source][row, i]
                known[source, i] = [
                    sum(float(u[channel, d]) * float(e[d]) for d in range(width))
                    for channel in range(CHANNELS)
                ]
    exps = {
        word: math.exp(sum(a * b for a, b in zip(h, e, strict=True))) for word, e in known.items()
    }
    beta = {word: one / sum(exps.values()) for word, one in exps.items()}
    taken = [sum(beta[word] * e[channel] for word, e in known.items()) for channel in range(3)]
    return taken, beta


def test_it_is_the_papers_equation_for_conversations_of_different_lengths(
    attention: WordAttention, given: Given
) -> None:
    """Each is held against its own mask: none of the others' words is missing or seen."""
    context, weights = attention(*given)
    assert context.shape == given[0].shape
    for row in range(ROWS):
        for y in range(HEIGHT):
            for x in range(WIDTH):
                taken, beta = slow(attention, given, row, y, x)
                assert_same(context[row, :, y, x], torch.tensor(taken, dtype=torch.float32))
                for source, maps in weights.items():
                    expected = [beta.get((source, i), 0.0) for i in range(4)]
                    assert_same(maps[row, :, y, x], torch.tensor(expected))


def test_a_conversation_has_the_same_result_alone(attention: WordAttention, given: Given) -> None:
    places, vectors, masks = given
    together, _ = attention(*given)
    for row in range(ROWS):
        own = slice(row, row + 1)
        alone, _ = attention(
            places[own],
            {source: vectors[source][own, : LENGTHS[source][row]] for source in WIDTHS},
            {source: masks[source][own, : LENGTHS[source][row]] for source in WIDTHS},
        )
        assert_same(together[own], alone)


def test_what_a_place_gives_all_words_of_all_sources_is_1(
    attention: WordAttention, given: Given
) -> None:
    _, weights = attention(*given)
    total = weights["caption"].sum(dim=1) + weights["turns"].sum(dim=1)
    torch.testing.assert_close(total[:3], torch.ones(3, HEIGHT, WIDTH))
    assert not total[3].any()
    assert weights["caption"][0].sum() > 0.0 < weights["turns"][0].sum()


@pytest.mark.parametrize("cast", [False, True], ids=["float32", "bfloat16"])
def test_without_any_word_zeros_are_taken_along(
    attention: WordAttention, given: Given, cast: bool
) -> None:
    places = given[0].requires_grad_()
    with torch.autocast("cpu", torch.bfloat16, enabled=cast):
        context, weights = attention(*given)
    assert not context[3].any()
    assert not any(bool(maps[3].any()) for maps in weights.values())
    context.sum().backward()
    gradients = [places.grad, *(parameter.grad for parameter in attention.parameters())]
    for gradient in gradients:
        assert gradient is not None
        assert bool(torch.isfinite(gradient).all())
        assert bool(gradient.any())


def test_texts_of_no_length_are_no_words(attention: WordAttention, given: Given) -> None:
    """As before the first turn of a conversation without a caption."""
    places = given[0]
    context, weights = attention(
        places,
        {source: torch.zeros(ROWS, 0, width) for source, width in WIDTHS.items()},
        dict.fromkeys(WIDTHS, torch.zeros(ROWS, 0, dtype=torch.bool)),
    )
    assert context.shape == places.shape
    assert not context.any()
    assert weights["turns"].shape == (ROWS, 0, HEIGHT, WIDTH)


def test_what_stands_in_the_padding_reaches_nothing(attention: WordAttention, given: Given) -> None:
    places, vectors, masks = given

    def outcome(padding: float) -> list[Tensor]:
        filled = {
            source: one.masked_fill(~masks[source].unsqueeze(2), padding)
            for source, one in vectors.items()
        }
        attention.zero_grad()
        context, weights = attention(places, filled, masks)
        context.square().sum().backward()
        gradients = [p.grad.clone() for p in attention.parameters() if p.grad is not None]
        return [context, *weights.values(), *gradients]

    usual, strange = outcome(0.0), outcome(math.nan)
    assert len(usual) == 5
    assert all(torch.equal(one, other) for one, other in zip(usual, strange, strict=True))


def test_the_softmax_is_in_float32_under_autocast(attention: WordAttention, given: Given) -> None:
    """Of bfloat16's 8 bits a sum of many small weights would be far from 1."""
    with torch.autocast("cpu", torch.bfloat16):
        context, weights = attention(given[0].bfloat16(), *given[1:])
    assert {context.dtype, *(maps.dtype for maps in weights.values())} == {torch.float32}
    total = weights["caption"].sum(dim=1) + weights["turns"].sum(dim=1)
    torch.testing.assert_close(total[:3], torch.ones(3, HEIGHT, WIDTH), rtol=0, atol=1e-6)


def test_very_large_scores_stay_finite(attention: WordAttention, given: Given) -> None:
    context, weights = attention(1e4 * given[0], *given[1:])
    assert bool(torch.isfinite(context).all())
    assert bool((weights["caption"][0].amax(dim=0) + weights["turns"][0].amax(dim=0) >= 0.99).all())


def test_channels_stay_last(attention: WordAttention, given: Given) -> None:
    """So that joining it to such a map copies nothing around."""
    last = given[0].contiguous(memory_format=torch.channels_last)
    context, _ = attention(last, *given[1:])
    assert context.is_contiguous(memory_format=torch.channels_last)
    assert_same(context, attention(*given)[0])


def test_each_source_has_one_matrix() -> None:
    attention = WordAttention({"caption": 256, "turns": 100}, 32)
    assert [tuple(one.shape) for one in attention.parameters()] == [(32, 256), (32, 100)]
