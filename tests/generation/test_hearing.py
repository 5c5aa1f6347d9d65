"""What is heard of free words where the data have attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import painterkit
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.generation.hearing import Heard, Hearing, told_attributes
from painterkit.roles import Role
from painterkit.testing import SampleDataset

ATTRIBUTES = {
    "hair_shape": ("short", "long", "bald"),
    "hair_colour": ("black", "brown", "pink"),
    "skin_tone": ("pale", "brown", "dark"),
    "glasses": ("none", "round", "sunglasses"),
    "clothing_colour": ("red", "blue", "black"),
    "background": ("white", "blue", "lilac"),
}

READER = painterkit.build(Role.TEXT_ENCODER, {"use": "hashed-words", "width": 8})
HEARING = Hearing(READER, ATTRIBUTES)


def heard(*texts: str) -> Heard:
    return HEARING.hear_all(texts)[-1]


def answer(*texts: str) -> str:
    """Return the sentence that the last text is refused with."""
    before = [one.turn for one in HEARING.hear_all(texts[:-1])]
    with pytest.raises(WrongInput) as raised:
        HEARING.hear(texts[-1], before)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hat: yes", "there is no attribute 'hat'; the attributes are hair shape, hair colour"),
        ("har colour: pink", "no attribute 'har colour'; did you mean 'hair colour'?"),
        ("no, hat: blue", "there is no attribute"),
        ("hat = blue", "there is no attribute 'hat'"),
        ("glasses: purple", "glasses cannot be 'purple'; glasses can be none, round, sunglasses"),
        ("glasses：purple", "glasses cannot be 'purple'"),
        ("hair: purple", "hair shape or hair colour cannot be 'purple'"),
        ("hair colour: like autumn leaves in the evening sun", "hair colour cannot be"),
        ("glasses:", "names no value of glasses"),
    ],
)
def test_a_pair_that_is_not_known_is_refused_with_the_nearest(text: str, told: str) -> None:
    assert told in answer(text)
    assert told in answer("a smiling woman", text)


@pytest.mark.parametrize(
    "text",
    [
        "Does she wear glasses? Yes: round ones",
        "Does she wear a hat: yes or no?",
        "Any hat? No: none",
        "Yes: round ones",
        "She has one wish: round glasses",
        "Look: round glasses",
        "I see it now: a woman who walks in the rain",
        "make it so: more light",
        "at 10:30 she smiles",
        ":)",
        "a round: square: thing",
        "long hair and round glasses",
        "not so dark",
        "she is happy",
        "",
    ],
)
def test_a_sentence_is_read_as_it_is(text: str) -> None:
    for before in ((), ("hair colour: pink",)):
        found = heard(*before, text)
        assert (found.read, found.turn.text) == (text, text)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [("Does she wear glasses? Yes: round ones", "glasses"), ("give her pink hair", "hair_colour")],
)
def test_what_a_sentence_tells_is_known(text: str, attribute: str) -> None:
    assert heard(text).turn.attribute == attribute


@pytest.mark.parametrize(
    "text", ["Hair_Colour : BLACK", "hair color: black!", "no, hair colour=black"]
)
def test_a_pair_is_read_as_the_data_tell_it(text: str) -> None:
    found = heard(text)
    assert (found.read, found.turn.text) == ("hair colour: black", text)
    assert (found.turn.attribute, found.turn.value) == ("hair_colour", "black")


@pytest.mark.parametrize(
    ("before", "text", "read"),
    [
        (["hair colour: pink"], "no, black", "hair colour: black"),
        (["hair colour: pink"], "make it brown", "hair colour: brown"),
        (["give her pink hair"], "black instead", "hair colour: black"),
        (["hair colour: pink"], "black, not pink", "hair colour: black"),
        (["hair colour: pink", "clothing colour: red"], "no, black", "clothing colour: black"),
        (["glasses: round"], "no, sunglasses", "glasses: sunglasses"),
        (["background: white"], "blue", "background: blue"),
        (["background: white", "no, blue"], "no, lilac", "background: lilac"),
    ],
)
def test_a_correction_is_read_as_a_pair_and_shown_as_typed(
    before: list[str], text: str, read: str
) -> None:
    found = heard(*before, text)
    assert (found.read, found.turn.text) == (read, text)
    assert f"{found.turn.attribute.replace('_', ' ')}: {found.turn.value}" == read


def test_a_value_alone_that_could_be_several_is_refused() -> None:
    sentence = "'blue' could be clothing colour or background; say which"
    assert sentence in answer("no, blue")
    assert sentence in answer("hair colour: black", "no, blue")


def test_a_value_alone_may_be_of_a_sentence_that_was_not_understood() -> None:
    """It is neither refused, nor taken for one of what was told before that."""
    found = heard("background: white", "the shirt is crimson", "no, blue")
    assert (found.read, found.turn.attribute) == ("no, blue", "")


@pytest.mark.parametrize("text", ["🙂", "x" * 60, "امرأة مبتسمة", "what a lovely day", "hello", ""])
def test_a_text_in_which_nothing_is_known_is_doubted(text: str) -> None:
    found = heard(text)
    assert found.doubt is not None
    assert "is drawn as the painter reads it; the attributes are hair shape" in str(found.doubt)
    assert str(found.doubt).isprintable()


@pytest.mark.parametrize("text", ["darker skin", "with a glass of wine", "two rounds of colours"])
def test_a_text_with_a_word_that_is_known_is_not_doubted(text: str) -> None:
    assert heard(text).doubt is None


def test_a_text_that_nobody_types_is_refused_at_once() -> None:
    for text in ("hair colour: black " * 55_000, "x" * 1_000_000, "?" * 1001):
        assert f"has {len(text):,} characters, too many" in answer(text)
    assert heard("a very " * 100).read == "a very " * 100


def test_without_attributes_everything_is_read_as_it_is() -> None:
    hearing = Hearing(READER)
    for text in ("hat: yes", "🙂", "x" * 1_000_000):
        found = hearing.hear(text)
        assert (found.turn.text, found.turn.attribute, found.read, found.doubt) == (
            text,
            "",
            text,
            None,
        )


def test_one_text_in_place_of_several_is_refused() -> None:
    with pytest.raises(WrongInput, match="must be a list of texts"):
        HEARING.hear_all("glasses: round")


def avatars(turns: str) -> Any:
    table = {"use": "avatars", "turns": turns, "train": 150, "validation": 1}
    return painterkit.build(Role.DATASET, table)


def test_attributes_are_those_that_turns_tell() -> None:
    assert told_attributes(avatars("sentences")) == avatars("sentences").attributes
    assert told_attributes(avatars("dialogue")) == {}
    assert told_attributes(SampleDataset()) == {}, "its turns are questions and answers"


def test_files_that_are_not_there_are_no_attributes() -> None:
    class Lost(SampleDataset):
        @property
        def tells_attributes(self) -> bool:
            raise Failure(Problem("a.jsonl", "is missing"))

    assert told_attributes(Lost()) == {}


def conversations() -> Sequence[Any]:
    return avatars("sentences").conversations("train")


def test_no_sentence_of_the_data_is_refused_or_taken_for_another() -> None:
    hearing = Hearing(READER, told_attributes(avatars("sentences")))
    count = 0
    for conversation in conversations():
        for turn, found in zip(
            conversation.turns, hearing.hear_all([t.text for t in conversation.turns]), strict=True
        ):
            told = found.turn.attribute, found.turn.value
            assert told in ((turn.attribute, turn.value), ("", "")), turn.text
            count += bool(found.turn.attribute)
    assert count > 500
