"""The one-hots of attributes and values, and what a layer over them is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from painterkit.data.texts import encode
from painterkit.errors import Failure, WrongInput
from painterkit.interfaces.text_encoder import SkipsTexts, Understands
from painterkit.roles import Role
from painterkit.testing import SampleDataset
from painterkit_standard.attribute_value import AttributeValue

Build = Callable[..., Any]

ATTRIBUTES = {"hair_colour": ("black", "blue"), "size": ("small", "large", "blue")}


def ones(text: str, attributes: Mapping[str, Sequence[str]] = ATTRIBUTES) -> list[int]:
    """Return the places of the ones in a text's vector."""
    [vector] = encode(AttributeValue(attributes, scaled=False), [text])
    assert set(vector.tolist()) <= {0.0, 1.0}
    return np.flatnonzero(vector).tolist()


def test_a_text_is_the_one_hot_of_its_attribute_and_that_of_its_value() -> None:
    assert AttributeValue(ATTRIBUTES).width == 2 + 5
    assert ones("hair colour: black") == [0, 2]
    assert ones("hair colour: blue") == [0, 3]
    assert ones("size: blue") == [1, 6]


@pytest.mark.parametrize(
    "text", ["hair_colour: blue", "  Hair   COLOUR :blue ", "hair colour:Blue", "hair colour：blue"]
)
def test_case_spaces_and_underscores_do_not_matter(text: str) -> None:
    assert ones(text) == [0, 3]


@pytest.mark.parametrize(
    "text",
    ["", " ", ":", "blue", "hair colour", "hair colour: red", "hair: blue", "hair colour: blue!",
     "the hair colour: blue", "🙂", "\u200f שיער", "\udcff", "x" * 1_000_000, " " * 1_000_000],
)  # fmt: skip
def test_a_text_that_says_no_known_pair_gets_zeros(text: str) -> None:
    assert ones(text) == []


def test_names_of_one_word_and_values_with_underscores_and_colons() -> None:
    attributes = {"size": ("small_(5_-_9_in)", "a: b"), "mood": ("🙂", "🙁")}
    assert ones("size: small (5 - 9 in)", attributes) == [0, 2]
    assert ones("size: small_(5_-_9_in)", attributes) == [0, 2]
    assert ones("size: a:b", attributes) == [0, 3]
    assert ones("mood: 🙁", attributes) == [1, 5]


def test_of_two_values_that_are_one_to_it_the_first_is_meant() -> None:
    assert ones("a: red", {"a": ("Red", "red")}) == [0, 1]


def test_scaled_vectors_are_as_long_as_those_of_sentences() -> None:
    vectors = encode(AttributeValue(ATTRIBUTES), ["size: large", "size: huge"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [7**0.5, 0.0], rtol=1e-6)
    assert np.flatnonzero(vectors[0]).tolist() == [1, 5]


def test_a_linear_layer_over_it_adds_a_row_of_two_tables() -> None:
    tables = nn.Linear(7, 3, bias=False)
    [vector] = encode(AttributeValue(ATTRIBUTES, scaled=False), ["hair colour: blue"])
    of_attributes, of_values = tables.weight.T[:2], tables.weight.T[2:]
    torch.testing.assert_close(tables(torch.from_numpy(vector)), of_attributes[0] + of_values[1])


def test_the_fingerprint_names_what_the_vectors_depend_on() -> None:
    other_order = {"hair_colour": ("blue", "black"), "size": ("small", "large", "blue")}
    moved = {"hair_colour": ("black", "blue", "small"), "size": ("large", "blue")}
    encoders = [
        AttributeValue(ATTRIBUTES),
        AttributeValue(ATTRIBUTES, scaled=False),
        *map(AttributeValue, (other_order, moved)),
    ]
    assert len({encoder.fingerprint for encoder in encoders}) == 4
    assert AttributeValue(dict(ATTRIBUTES)).fingerprint == encoders[0].fingerprint


def test_it_is_built_for_the_data_set_and_understands(build: Build) -> None:
    encoder = build(Role.TEXT_ENCODER, "attribute-value", {})
    assert encoder.width == 3 + 3 + 4 + 2
    assert isinstance(encoder, Understands)
    assert encoder.understand("make the colour blue", []).text == "colour: blue"


def test_texts_that_are_read_as_nothing_are_counted(build: Build) -> None:
    encoder = build(Role.TEXT_ENCODER, "attribute-value", {})
    assert isinstance(encoder, SkipsTexts)
    assert encoder.count_skipped(["colour: red", "What is its colour? It is red.", ""]) == 2


class Silent(SampleDataset):
    attributes: Mapping[str, Sequence[str]] = {}


class Missing(SampleDataset):
    @property
    def attributes(self) -> Mapping[str, Sequence[str]]:  # pyright: ignore
        raise Failure([])


def test_data_without_attributes_are_refused(build: Build) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.TEXT_ENCODER, "attribute-value", {}, dataset=Silent())
    assert str(raised.value) == (
        "the data set tells no attributes; a sentence encoder, such as 'sentence-transformer', "
        "reads free words"
    )
    with pytest.raises(WrongInput, match="tells no attributes"):
        build(Role.TEXT_ENCODER, "attribute-value", {}, dataset=None)


def test_attributes_can_be_named_where_the_data_are_not(build: Build) -> None:
    table = {"attributes": {"colour": ["red", "blue"], "size": ["large"]}}
    for dataset in (Missing(), Silent(), None):
        encoder = build(Role.TEXT_ENCODER, "attribute-value", table, dataset=dataset)
        assert encoder.width == 2 + 3
    with pytest.raises(Failure):
        build(Role.TEXT_ENCODER, "attribute-value", {}, dataset=Missing())


def test_what_the_data_tell_must_be_among_the_named_attributes(build: Build) -> None:
    table = {"attributes": {"colour": ["red", "green", "bleu", "yellow"], "sizes": ["large"]}}
    with pytest.raises(WrongInput) as raised:
        build(Role.TEXT_ENCODER, "attribute-value", table)
    assert [str(problem) for problem in raised.value.problems] == [
        "attribute-value.attributes   has no 'shape', which the data set tells; "
        "known: colour, sizes",
        "attribute-value.attributes.colour   has no 'blue', which the data set tells; "
        "did you mean 'bleu'?",
        "attribute-value.attributes   has no 'size', which the data set tells; "
        "did you mean 'sizes'?",
    ]
    restored = build(Role.TEXT_ENCODER, "attribute-value", table, restoring=True)
    assert restored.width == 2 + 5, "a painter is as it was trained"


def test_none_reads_nothing(build: Build, tmp_path: Path) -> None:
    encoder = build(Role.TEXT_ENCODER, "none", {})
    assert encode(encoder, ["red", "", "🙂"]).shape == (3, 0)
    assert encoder.forward(encoder.prepare([])).sentence.shape == (0, 0)
