from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor

from painterkit.data import Turn
from painterkit.interfaces.text_encoder import (
    GivesWords,
    LearnsVocabulary,
    NamesWords,
    StartsUntrained,
    Truncates,
)
from painterkit.roles import Role
from painterkit.structure import WrongData, structure
from painterkit_attngan.settings_damsm import WordLSTMSettings
from painterkit_attngan.text_encoder import WordLSTM

Build = Callable[..., Any]

SMALL = {"width": 8, "embedding": 5, "vocabulary": 6, "most_words": 4}
TEXTS = ["Is it red? It is.", "is it BLUE", "", "a blue one"]


def built(build: Build, **settings: object) -> WordLSTM:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = build(Role.TEXT_ENCODER, "word-lstm", {**SMALL, **settings})
    encoder.fit_texts(TEXTS)
    return encoder.eval()


def prepared(encoder: WordLSTM, *texts: str) -> Mapping[str, Tensor]:
    return encoder.prepare([Turn(text) for text in texts])


def test_it_says_what_it_can_do(build: Build) -> None:
    encoder = built(build)
    for protocol in (GivesWords, NamesWords, LearnsVocabulary, StartsUntrained, Truncates):
        assert isinstance(encoder, protocol)
    assert encoder.width == encoder.word_width == 8
    assert encoder.is_untrained


def test_the_most_frequent_words_are_learnt_and_the_others_are_unknown(build: Build) -> None:
    encoder = built(build)
    # is 3, it 3, blue 2, and of the words that come once the first two of ?, a, one, red
    assert prepared(encoder, "IS it, blue")["words"].tolist() == [[1, 2, 3]]
    assert prepared(encoder, "? a one red")["words"].tolist() == [[4, 5, 0, 0]]
    with torch.random.fork_rng(devices=[]):
        unfitted = build(Role.TEXT_ENCODER, "word-lstm", SMALL)
    assert prepared(unfitted, "is it")["words"].tolist() == [[0, 0]]


def test_texts_are_cut_at_the_end_and_counted(build: Build) -> None:
    encoder = built(build)
    assert encoder.words_of(TEXTS[0]) == ["is", "it", "red", "?"]
    assert encoder.words_of("") == []
    assert encoder.words_of("isn't it a red-haired one?") == ["isn", "t", "it", "a"]
    tensors = prepared(encoder, *TEXTS)
    assert tensors["words"].shape == (4, 4)
    assert tensors["lengths"].tolist() == [4, 3, 0, 3]
    assert encoder.count_truncated([*TEXTS, "1 2 3 4"]) == 1


def test_words_and_sentence_are_the_states_of_both_directions(build: Build) -> None:
    encoder = built(build)
    tensors = prepared(encoder, TEXTS[1], TEXTS[0])
    features = encoder(tensors)
    for row, length in enumerate((3, 4)):
        given = encoder.embedding(tensors["words"][row, :length])
        states, (last, _) = encoder.lstm(given.unsqueeze(0))
        torch.testing.assert_close(features.words[row, :length], states[0])
        torch.testing.assert_close(features.sentence[row], last[:, 0].flatten())
        # The forward direction ends at the last word, the backward one at the first.
        torch.testing.assert_close(features.sentence[row, :4], features.words[row, length - 1, :4])
        torch.testing.assert_close(features.sentence[row, 4:], features.words[row, 0, 4:])


def test_an_empty_text_has_zeros_and_no_words(build: Build) -> None:
    encoder = built(build)
    features = encoder(prepared(encoder, *TEXTS))
    assert features.mask is not None
    assert features.mask.sum(dim=1).tolist() == [4, 3, 0, 3]
    assert not features.sentence[2].any()
    assert features.words is not None
    assert not features.words[~features.mask].any()
    assert features.sentence[[0, 1, 3]].abs().sum(dim=1).min() > 0
    none = encoder(prepared(encoder))
    assert none.sentence.shape == (0, 8)
    assert none.words is not None
    assert none.words.shape == (0, 1, 8)


def test_what_stands_behind_the_last_word_changes_nothing(build: Build) -> None:
    encoder = built(build)
    tensors = prepared(encoder, TEXTS[1], TEXTS[0])
    usual = encoder(tensors)
    other = tensors["words"].clone()
    other[0, 3] = 5
    found = encoder({**tensors, "words": other})
    assert torch.equal(found.sentence, usual.sentence)
    assert torch.equal(found.words, usual.words)


def test_words_are_dropped_in_training_alone(build: Build) -> None:
    encoder = built(build, dropout=0.5)
    tensors = prepared(encoder, *TEXTS)
    assert torch.equal(encoder(tensors).sentence, encoder(tensors).sentence)
    encoder.train()
    assert not torch.equal(encoder(tensors).sentence, encoder(tensors).sentence)
    still = built(build, dropout=0.0).train()
    assert torch.equal(still(tensors).sentence, still(tensors).sentence)


def test_the_vocabulary_is_saved_with_the_weights(build: Build) -> None:
    encoder = built(build)
    with torch.random.fork_rng(devices=[]):
        other = build(Role.TEXT_ENCODER, "word-lstm", SMALL)
    assert prepared(other, *TEXTS)["words"].sum() == 0
    assert other.fingerprint != encoder.fingerprint
    other.load_state_dict(load(save(encoder.state_dict())))
    assert torch.equal(prepared(other, *TEXTS)["words"], prepared(encoder, *TEXTS)["words"])
    assert other.fingerprint == encoder.fingerprint


def test_at_the_papers_size_it_has_as_many_weights_as_the_published_one(build: Build) -> None:
    with torch.device("meta"):
        encoder = build(Role.TEXT_ENCODER, "word-lstm", {"vocabulary": 5450})
    lstm = 2 * 4 * 128 * (300 + 128 + 2)  # both directions, four gates, two biases
    assert sum(one.numel() for one in encoder.parameters()) == 5450 * 300 + lstm
    assert encoder.fingerprint


def test_a_width_that_two_directions_cannot_share_is_refused(registry: Any) -> None:
    with pytest.raises(WrongData, match=r"width +must be even, .*got 7"):
        structure({"width": 7}, WordLSTMSettings, registry)
