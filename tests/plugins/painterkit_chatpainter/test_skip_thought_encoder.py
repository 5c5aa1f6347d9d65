from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from painterkit.data import Turn
from painterkit.data.texts import encode
from painterkit.data.vocabulary import read_slots
from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit_chatpainter.skip_thought.trainable import SkipThought
from painterkit_chatpainter.skip_thought.vocabulary import FIRST_LEARNT
from painterkit_chatpainter.skip_thought_settings import SkipThoughtSettings

Build = Callable[..., Any]

SMALL = {"width": 6, "word_width": 4, "vocabulary": 8}
TEXTS = ["Is it red? it is red.", "is it blue? no.", "", "blue", "it is a long, long sentence!"]


def built(build: Build, **settings: object) -> SkipThought:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build(Role.TEXT_ENCODER, "skip-thought", {**SMALL, **settings})


def test_the_most_frequent_words_are_learnt(build: Build) -> None:
    encoder = built(build)
    before = encoder.prepare([Turn(TEXTS[0])])
    assert before["words"].tolist() == [[1] * 8], "before it is fitted, every word is unknown"
    encoder.fit_texts(TEXTS)
    # is 4, it 4, "." 2, "?" 2, and of the five words that come twice the first by alphabet
    assert list(read_slots(encoder.vocabulary.numpy().tobytes(), FIRST_LEARNT)) == [
        "is",
        "it",
        ".",
        "?",
        "blue",
        "long",
    ]
    known = encoder.prepare([Turn("It is green"), Turn("")])
    assert known["words"].tolist() == [[3, 2, 1], [0, 0, 0]]
    assert known["lengths"].tolist() == [3, 0]


def test_capitals_are_small_letters_unless_they_are_wanted(build: Build) -> None:
    small, as_written = built(build), built(build, lower_case=False)
    for encoder in (small, as_written):
        encoder.fit_texts(["Red red"])
    assert small.prepare([Turn("RED Red")])["words"].tolist() == [[2, 2]]
    assert as_written.prepare([Turn("RED Red")])["words"].tolist() == [[1, 2]]


def test_the_end_is_a_word_where_it_is_wanted(build: Build) -> None:
    encoder = built(build, end_token=True)
    encoder.fit_texts(["blue"])
    tensors = encoder.prepare([Turn("blue blue"), Turn("")])
    assert tensors["words"].tolist() == [[2, 2, 0], [0, 0, 0]]
    assert tensors["lengths"].tolist() == [3, 1]
    assert np.linalg.norm(encode(encoder, [""])[0]) > 0, "an empty text is the end alone"


@pytest.mark.parametrize("mode", ["uni", "bi", "combine"])
def test_vectors_have_length_one_a_model_and_an_empty_text_zero(build: Build, mode: str) -> None:
    encoder = built(build, mode=mode)
    encoder.fit_texts(TEXTS)
    vectors = encode(encoder, TEXTS)
    assert vectors.shape == (5, encoder.width) == (5, 12 if mode == "combine" else 6)
    lengths = np.linalg.norm(vectors.reshape(5, -1, 6), axis=2)
    expected = np.ones_like(lengths)
    expected[2] = 0
    np.testing.assert_allclose(lengths, expected, atol=1e-6)
    scaled = built(build, mode=mode, scaled=True)
    scaled.fit_texts(TEXTS)
    np.testing.assert_allclose(encode(scaled, TEXTS), vectors * 6**0.5, rtol=1e-5, atol=1e-6)


def test_combine_is_uni_then_bi(build: Build) -> None:
    encoder = built(build)
    states = encoder.states(torch.tensor([[2, 3, 4]]), torch.tensor([3]))
    assert list(states) == ["uni", "bi"]
    assert encoder.models["uni"].reader.backwards is None
    assert encoder.models["bi"].reader.backwards is not None
    tensors = {"words": torch.tensor([[2, 3, 4]]), "lengths": torch.tensor([3])}
    sentence = encoder.forward(tensors).sentence
    torch.testing.assert_close(sentence[:, :6] * states["uni"].norm(), states["uni"])


def test_the_vocabulary_is_saved_with_the_weights(build: Build) -> None:
    encoder, other = built(build), build(Role.TEXT_ENCODER, "skip-thought", SMALL)
    encoder.fit_texts(TEXTS)
    before = encode(other, TEXTS)
    other.load_state_dict(load(save(encoder.state_dict())))
    after = encode(other, TEXTS)
    assert not np.allclose(before, after)
    np.testing.assert_array_equal(after, encode(encoder, TEXTS))
    assert other.fingerprint == encoder.fingerprint


def test_the_fingerprint_follows_words_and_weights(build: Build) -> None:
    encoder = built(build)
    prints = [encoder.fingerprint]
    encoder.fit_texts(TEXTS)
    prints.append(encoder.fingerprint)
    with torch.no_grad():
        encoder.models["bi"].words.weight[3] += 1
    prints.append(encoder.fingerprint)
    assert len(set(prints)) == 3
    assert encoder.fingerprint == prints[2]


def test_its_vectors_are_kept_in_single_precision_unless_told(build: Build) -> None:
    # nn.Module.half is a method, which anyone who asks for an attribute would take for yes.
    assert built(build).half is False
    assert built(build, half=True).half is True


def test_it_can_be_planned_without_memory(build: Build) -> None:
    with torch.device("meta"):
        encoder = build(Role.TEXT_ENCODER, "skip-thought", {})
    assert encoder.width == 4800
    assert all(parameter.is_meta for parameter in encoder.parameters())
    assert encoder.vocabulary.is_meta


def test_an_odd_width_cannot_be_read_from_both_ends(build: Build) -> None:
    assert built(build, mode="uni", width=5).width == 5
    with pytest.raises(WrongInput, match=r"skip-thought\.width +must be even where mode is bi"):
        built(build, mode="bi", width=5)


def test_what_is_normalised_is_what_was_said(build: Build) -> None:
    """Beside padding turns have the vectors, and leave the statistics, that they have alone."""
    encoder, padded = (built(build, normalised=True, scaled=True) for _ in range(2))
    for one in (encoder, padded):
        one.fit_texts(TEXTS)
        one.train()
    tensors = encoder.prepare([Turn(text) for text in TEXTS])
    beside = {
        name: torch.cat([tensor, tensor.flip(0), tensor.flip(0)])
        for name, tensor in tensors.items()
    }
    beside["lengths"][len(TEXTS) :] = 0
    alone = encoder.forward(tensors).sentence
    found = padded.forward(beside).sentence
    torch.testing.assert_close(found[: len(TEXTS)], alone)
    assert not found[len(TEXTS) :].any()
    assert not alone[2].any(), "nothing was said"
    for name, tensor in encoder.state_dict().items():
        torch.testing.assert_close(padded.state_dict()[name], tensor, msg=name)


@pytest.mark.parametrize("texts", [["", "is it red?", ""], ["", ""]])
def test_a_single_turn_is_brought_to_the_statistics_so_far(build: Build, texts: list[str]) -> None:
    encoder = built(build, normalised=True)
    encoder.fit_texts(TEXTS)
    turns = [Turn(text) for text in texts]
    encoder.train().forward(encoder.prepare([Turn(text) for text in TEXTS]))
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    found = encoder.forward(encoder.prepare(turns)).sentence
    assert all(torch.equal(before[name], now) for name, now in encoder.state_dict().items())
    assert all(norm.training for norm in encoder.norms.values())
    torch.testing.assert_close(found, encoder.eval().forward(encoder.prepare(turns)).sentence)


def test_normalised_entries_vary_alike_however_little_the_states_do(build: Build) -> None:
    encoder = built(build, normalised=True, scaled=True)
    encoder.fit_texts(TEXTS)
    with torch.no_grad():  # states that hardly depend on the text, as a short training leaves them
        for model in encoder.models.values():
            model.words.weight.mul_(1e-3).add_(1.0)
    tensors = encoder.prepare([Turn(text) for text in TEXTS])
    said = tensors["lengths"] > 0
    plain = built(build, scaled=True)
    plain.load_state_dict(encoder.state_dict(), strict=False)
    assert plain.forward(tensors).sentence[said].std(dim=0).max() < 1.0
    encoder.train()
    for _ in range(200):  # until the running statistics have arrived
        encoder.states(tensors["words"], tensors["lengths"])
    encoder.eval()
    together = encoder.forward(tensors).sentence
    assert together[said].std(dim=0).min() > 0.3
    assert not together[~said].any(), "an empty text is zero"
    alone = torch.from_numpy(encode(encoder, [TEXTS[1]]))
    torch.testing.assert_close(alone[0], together[1], atol=1e-4, rtol=0)


def test_the_authors_own_cannot_be_normalised() -> None:
    with pytest.raises(ValueError, match="normalised is for an encoder that is trained here"):
        SkipThoughtSettings(folder="somewhere", normalised=True)
