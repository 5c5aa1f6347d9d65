from __future__ import annotations

import torch
from torch import Tensor, nn

from painterkit.testing.inputs import normal
from painterkit_chatpainter.skip_thought.network import SentenceGRU, SentenceReader, join
from painterkit_chatpainter.skip_thought.sentences import made_ready, padded

WORDS = torch.tensor(
    [
        [3, 1, 4, 0, 0, 0, 0],
        [7, 7, 7, 7, 7, 7, 7],
        [3, 1, 5, 2, 6, 5, 3],
        [8, 0, 0, 0, 0, 0, 0],
        [3, 1, 4, 5, 5, 5, 5],
        [3, 1, 4, 1, 5, 2, 6],
        [3, 1, 5, 2, 6, 5, 3],
    ]
)
LENGTHS = torch.tensor([3, 0, 7, 1, 3, 7, 7])
"""Sentences with common beginnings and ends, equal ones, an empty one, and padding of any word."""


def shaken(both_ways: bool) -> SentenceReader:
    """Return a small reader whose biases are not zero."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        reader = SentenceReader(4, 6, both_ways)
        reader.reset()
        for name, parameter in reader.named_parameters():
            if name.endswith("bias"):
                nn.init.normal_(parameter)
    return reader


def read(reader: SentenceReader, words: Tensor, lengths: Tensor) -> Tensor:
    sentences = made_ready(words, lengths)
    return reader(normal(9, 4)[sentences.words], sentences)


def slowly(gru: SentenceGRU, words: list[int]) -> Tensor:
    """Read one sentence word by word, as the equations are printed, and return the last state."""
    table, state = normal(9, 4), torch.zeros(gru.width)
    reset_w, update_w, new_w = gru.word.weight.chunk(3)
    reset_b, update_b, new_b = gru.word.bias.chunk(3)
    reset_u, update_u, new_u = gru.state.weight.chunk(3)
    for word in words:
        x = table[word]
        reset = torch.sigmoid(reset_w @ x + reset_b + reset_u @ state)
        update = torch.sigmoid(update_w @ x + update_b + update_u @ state)
        new = torch.tanh(new_w @ x + new_b + reset * (new_u @ state))
        state = update * state + (1 - update) * new
    return state


def sentences() -> list[list[int]]:
    return [row[:length] for row, length in zip(WORDS.tolist(), LENGTHS.tolist(), strict=True)]


def test_it_is_a_slow_loop_over_words() -> None:
    reader = shaken(both_ways=False)
    expected = torch.stack([slowly(reader.forwards, words) for words in sentences()])
    torch.testing.assert_close(read(reader, WORDS, LENGTHS), expected)


def test_from_each_end_it_is_two_slow_loops() -> None:
    reader = shaken(both_ways=True)
    assert reader.backwards is not None
    expected = [
        torch.cat([slowly(reader.forwards, words), slowly(reader.backwards, words[::-1])])
        for words in sentences()
    ]
    torch.testing.assert_close(read(reader, WORDS, LENGTHS), torch.stack(expected))


def test_it_is_the_gru_of_torch_without_the_bias_of_the_state() -> None:
    reader = shaken(both_ways=False)
    other = nn.GRU(4, 6, batch_first=True)
    with torch.no_grad():
        other.weight_ih_l0.copy_(reader.forwards.word.weight)
        other.bias_ih_l0.copy_(reader.forwards.word.bias)
        other.weight_hh_l0.copy_(reader.forwards.state.weight)
        other.bias_hh_l0.zero_()
    whole = WORDS[LENGTHS == 7]
    _, [last] = other(normal(9, 4)[whole])
    torch.testing.assert_close(read(reader, whole, torch.tensor([7, 7, 7])), last)


def test_padding_is_never_read_and_no_sentence_sees_another() -> None:
    reader = shaken(both_ways=True)
    together = read(reader, WORDS, LENGTHS)
    inside = torch.arange(7) < LENGTHS[:, None]
    assert torch.equal(read(reader, torch.where(inside, WORDS, 8 - WORDS), LENGTHS), together)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = read(reader, WORDS[row : row + 1, : max(1, length)], LENGTHS[row : row + 1])
        torch.testing.assert_close(alone[0], together[row], rtol=0, atol=1e-6)


def test_what_sentences_begin_with_is_read_once() -> None:
    ready = made_ready(WORDS, LENGTHS)
    assert ready.words.tolist() == [1, 2, 3, 4, 5, 6, 8], "7 and 0 only pad"
    # 3 and 8; 3 1; 3 1 4 and 3 1 5; 3 1 4 1 and 3 1 5 2; and so on, two different ones
    assert [len(level.words) for level in ready.forwards.levels] == [2, 1, 2, 2, 2, 2, 2]
    assert [len(level.going_on) for level in ready.forwards.levels] == [1, 1, 1, 2, 2, 2, 2]
    # from the end: 4, 3, 8, 6; 4 1, 3 5, 6 2; and so on
    assert [len(level.words) for level in ready.backwards.levels] == [4, 3, 3, 2, 2, 2, 2]


def test_gradients_reach_every_weight_and_only_the_words_that_are_read() -> None:
    reader, table = shaken(both_ways=True), normal(9, 4).requires_grad_()
    ready = made_ready(torch.tensor([[1, 2, 5], [3, 5, 5], [1, 4, 6]]), torch.tensor([2, 1, 3]))
    reader(table[ready.words], ready).square().sum().backward()
    for name, parameter in reader.named_parameters():
        assert parameter.grad is not None, name
        assert bool(parameter.grad.any()), name
    assert table.grad is not None
    assert table.grad.abs().sum(dim=1).nonzero().flatten().tolist() == [1, 2, 3, 4, 6]


def test_gradients_are_those_of_the_slow_loop() -> None:
    reader = shaken(both_ways=True)
    assert reader.backwards is not None
    weighted = normal(7, 6, seed=3)
    (read(reader, WORDS, LENGTHS) * weighted).sum().backward()
    found = {name: p.grad.clone() for name, p in reader.named_parameters() if p.grad is not None}
    reader.zero_grad()
    expected = [
        torch.cat([slowly(reader.forwards, words), slowly(reader.backwards, words[::-1])])
        for words in sentences()
    ]
    (torch.stack(expected) * weighted).sum().backward()
    for name, parameter in reader.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, msg=name)


def test_texts_without_words_have_a_state_of_zeros() -> None:
    states = read(shaken(both_ways=True), **padded([[], []]))
    assert torch.equal(states, torch.zeros(2, 6))
    assert torch.equal(join([states], scaled=True), torch.zeros(2, 6))


def test_no_text_at_all_gives_no_state() -> None:
    assert read(shaken(both_ways=True), **padded([])).shape == (0, 6)


def test_states_stay_in_single_precision_under_autocast() -> None:
    reader = shaken(both_ways=True)
    exact = read(reader, WORDS, LENGTHS)
    with torch.autocast("cpu", torch.bfloat16):
        rough = read(reader, WORDS, LENGTHS)
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, rtol=0.05, atol=0.02)


def test_states_are_brought_to_a_length_each_for_itself() -> None:
    one, other = normal(3, 4), 100 * normal(3, 16, seed=1)
    joined = join([one, other], scaled=False)
    torch.testing.assert_close(joined[:, :4].norm(dim=1), torch.ones(3))
    torch.testing.assert_close(joined[:, 4:].norm(dim=1), torch.ones(3))
    torch.testing.assert_close(joined[:, :4] * one.norm(dim=1, keepdim=True), one)
    scaled = join([one, other], scaled=True)
    torch.testing.assert_close(scaled.square()[:, :4].mean(dim=1), torch.ones(3))
    torch.testing.assert_close(scaled.square()[:, 4:].mean(dim=1), torch.ones(3))


def test_the_weights_start_as_in_the_authors_code() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        reader = SentenceReader(50, 16, both_ways=True)
        reader.reset()
    for gru in (reader.forwards, reader.backwards):
        assert gru is not None
        assert 0.09 < gru.word.weight.abs().max().item() <= 0.1
        assert not gru.word.bias.any()
        for gate in gru.state.weight.chunk(3):
            torch.testing.assert_close(gate @ gate.T, torch.eye(8), rtol=0, atol=1e-5)


def test_sentences_become_numbers_padded_with_zeros() -> None:
    tensors = padded([[3, 4], [], [5]])
    assert tensors["words"].tolist() == [[3, 4], [0, 0], [5, 0]]
    assert tensors["lengths"].tolist() == [2, 0, 1]
