from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from painterkit.data.conversation import Turn
from painterkit.data.texts import encode
from painterkit.roles import Role
from painterkit_chatpainter.char_cnn_rnn.alphabet import ALPHABET
from painterkit_chatpainter.char_cnn_rnn.encoder import CharCNNRNN
from painterkit_chatpainter.char_cnn_rnn.recurrence import MeanGRU, MeanReLURNN
from painterkit_chatpainter.char_cnn_rnn_settings import CharCNNRNNSettings

Build = Callable[..., Any]

TEXTS = ["a small red bird - with a yellow bill", "", "Two DOGS? yes, two dogs.", "z" * 250]


def small(**settings: Any) -> CharCNNRNN:
    table: dict[str, Any] = {"channels": (6, 7, 8), "width": 5, **settings}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = CharCNNRNN(CharCNNRNNSettings(**table)).eval()
        # Larger than at the start, so that gates and thresholds matter.
        with torch.no_grad():
            for parameter in encoder.parameters():
                parameter.copy_(torch.randn_like(parameter) * 0.4)
    return encoder


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [
        # Convolutions 107,904 + 786,944 + 1,049,088, recurrence, linear layer 525,312.
        ({}, 1_943_936 + 6 * (512 * 512 + 512) + 525_312),
        ({"recurrence": "relu"}, 1_943_936 + 2 * (512 * 512 + 512) + 525_312),
        (
            {"recurrence": "relu", "channels": [384, 512, 256]},
            107_904 + 786_944 + 524_544 + 2 * (256 * 256 + 256) + 257 * 1024,
        ),
    ],
)
def test_parameters(build: Build, settings: Mapping[str, Any], parameters: int) -> None:
    with torch.device("meta"):
        encoder = build(Role.TEXT_ENCODER, "char-cnn-rnn", settings)
    assert count(encoder) == parameters
    assert encoder.width == 1024
    if not settings:
        assert parameters == 4_045_184, "4.05 million"


def reference_one_hot(text: str) -> Tensor:
    """The authors' own way: a table of 201 rows, in which the last slot of '-' counts."""
    slots = {character: slot for slot, character in enumerate(ALPHABET)}
    rows = torch.zeros(201, 70)
    for place, character in enumerate(text.lower()[:201]):
        if character in slots:
            rows[place, slots[character]] = 1
    return rows


def reference_convolution(rows: Tensor, layer: nn.Conv1d) -> Tensor:
    out = []
    for start in range(len(rows) - 3):
        window = rows[start : start + 4]  # 4 x inputs
        out.append((layer.weight * window.T).sum(dim=(1, 2)) + layer.bias)
    return torch.stack(out)


def reference_threshold(rows: Tensor) -> Tensor:
    return torch.where(rows > 1e-6, rows, torch.zeros_like(rows))


def reference_pool(rows: Tensor, size: int, stride: int) -> Tensor:
    starts = range(0, len(rows) - size + 1, stride)
    return torch.stack([rows[start : start + size].amax(dim=0) for start in starts])


def reference_gru(steps: Tensor, gru: MeanGRU) -> Tensor:
    """Equation by equation, with the six layers of the authors cut out of ours."""
    d = steps.shape[1]
    w_update, w_reset, w = (
        (gru.inputs.weight[k * d : (k + 1) * d], gru.inputs.bias[k * d : (k + 1) * d])
        for k in range(3)
    )
    u_update = gru.gates.weight[:d], gru.gates.bias[:d]
    u_reset = gru.gates.weight[d:], gru.gates.bias[d:]
    u = gru.candidate.weight, gru.candidate.bias

    def linear(layer: tuple[Tensor, Tensor], x: Tensor) -> Tensor:
        return layer[0] @ x + layer[1]

    states = [torch.tanh(linear(w, steps[0]))]
    for x in steps[1:]:
        h = states[-1]
        update = torch.sigmoid(linear(w_update, x) + linear(u_update, h))
        reset = torch.sigmoid(linear(w_reset, x) + linear(u_reset, h))
        candidate = torch.tanh(linear(w, x) + linear(u, reset * h))
        states.append(update * candidate + (1 - update) * h)
    return torch.stack(states).mean(dim=0)


def reference_relu_rnn(steps: Tensor, rnn: MeanReLURNN) -> Tensor:
    states = [torch.relu(rnn.inputs(steps[0]))]
    for x in steps[1:]:
        states.append(torch.relu(rnn.inputs(x) + rnn.hidden(states[-1])))
    return torch.stack(states).mean(dim=0)


def reference(encoder: CharCNNRNN, text: str) -> Tensor:
    first, second, third = encoder.convolutions
    rows = reference_one_hot(text)
    rows = reference_pool(reference_threshold(reference_convolution(rows, first)), 3, 3)
    assert len(rows) == 66
    rows = reference_pool(reference_threshold(reference_convolution(rows, second)), 3, 3)
    assert len(rows) == 21
    rows = reference_threshold(reference_convolution(rows, third))
    assert len(rows) == 18
    if isinstance(encoder.recurrence, MeanReLURNN):
        rows = reference_pool(rows, 3, 2)
        assert len(rows) == 8
        return encoder.projection(reference_relu_rnn(rows, encoder.recurrence))
    return encoder.projection(reference_gru(rows, encoder.recurrence))


@pytest.mark.parametrize("recurrence", ["gru", "relu"])
def test_the_network_is_the_authors_layer_by_layer(recurrence: str) -> None:
    encoder = small(recurrence=recurrence)
    vectors = encode(encoder, TEXTS)
    assert np.abs(vectors).max() > 0.1
    with torch.no_grad():
        expected = torch.stack([reference(encoder, text) for text in TEXTS])
    np.testing.assert_allclose(vectors, expected.numpy(), rtol=1e-4, atol=1e-5)


def test_the_gru_against_a_slow_loop_at_another_width_and_length() -> None:
    torch.manual_seed(3)
    gru = MeanGRU(9)
    steps = torch.randn(4, 6, 9) * 2
    with torch.no_grad():
        expected = torch.stack([reference_gru(one, gru) for one in steps])
        torch.testing.assert_close(gru(steps), expected)


@pytest.mark.parametrize("recurrence", ["gru", "relu"])
def test_a_text_has_one_vector_alone_and_in_a_batch(recurrence: str) -> None:
    """A missing unsqueeze in the public port mixes the samples of a batch."""
    encoder = small(recurrence=recurrence)
    together = encode(encoder, TEXTS)
    assert np.abs(together[0] - together[2]).max() > 0.01
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(together[row], encode(encoder, [text])[0], atol=1e-6)


def test_what_stands_beyond_201_characters_is_not_read_and_counted() -> None:
    encoder = small()
    long, longer = "ab " * 67, "ab " * 67 + "red"
    one, other = encode(encoder, [long, longer])
    np.testing.assert_array_equal(one, other)
    assert encoder.count_truncated([long, longer, ""]) == 1


def test_scaled_vectors_have_entries_of_variance_one() -> None:
    plain, scaled = encode(small(), TEXTS), encode(small(scaled=True), TEXTS)
    np.testing.assert_allclose(np.linalg.norm(scaled, axis=1), 5**0.5, rtol=1e-5)
    directions = plain / np.linalg.norm(plain, axis=1, keepdims=True)
    np.testing.assert_allclose(scaled, directions * 5**0.5, rtol=1e-4)


def test_capitals_and_unknown_characters_by_setting() -> None:
    texts = ["A RED HOUSE ÉÉÉÉ", "a red house éééé"]
    one, other = encode(small(), texts)
    np.testing.assert_array_equal(one, other)
    one, other = encode(small(lower_case=False), texts)
    assert np.abs(one - other).max() > 1e-3
    zero, space = encode(small(), texts[1:]), encode(small(unknown="space"), texts[1:])
    assert np.abs(zero - space).max() > 1e-3


def test_the_fingerprint_names_weights_and_settings() -> None:
    prints = {
        small().fingerprint,
        small(lower_case=False).fingerprint,
        small(unknown="space").fingerprint,
        small(scaled=True).fingerprint,
        small(recurrence="relu").fingerprint,
    }
    assert len(prints) == 5
    encoder = small()
    before = encoder.fingerprint
    assert before == small().fingerprint
    with torch.no_grad():
        encoder.projection.bias[0] += 1e-3
    assert encoder.fingerprint != before


def test_the_start_is_the_authors(build: Build) -> None:
    torch.manual_seed(0)
    encoder = build(Role.TEXT_ENCODER, "char-cnn-rnn", {})
    for layer in encoder.convolutions:
        assert layer.weight.std().item() == pytest.approx(0.02, rel=0.02)
        assert not layer.bias.any()
    assert encoder.projection.weight.abs().max().item() <= 512**-0.5
    narrow = build(Role.TEXT_ENCODER, "char-cnn-rnn", {"channels": [96, 128, 128]})
    assert narrow.convolutions[1].weight.std().item() == pytest.approx(0.04, rel=0.05)


def test_prepared_texts_are_small() -> None:
    [tensor] = small().prepare([Turn(text) for text in TEXTS]).values()
    assert tensor.dtype == torch.uint8
    assert tensor.shape == (4, 201)
