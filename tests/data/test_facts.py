from __future__ import annotations

import numpy as np

from painterkit.data.conversation import Conversation, Turn
from painterkit.data.facts import UNKNOWN, UNSEEN, Facts

ATTRIBUTES = {"shape": ("circle", "square"), "colour": ("red", "green", "blue")}
NOTHING = [UNKNOWN, UNKNOWN]


def told(*turns: tuple[str, str], **attributes: str | None) -> Conversation:
    said = tuple(Turn(f"{name}: {value}", attribute=name, value=value) for name, value in turns)
    return Conversation("", ("",), said, 0, attributes)


def test_each_turn_adds_what_it_says_and_a_revision_replaces_it() -> None:
    conversations = [
        told(("colour", "red"), ("shape", "circle"), ("colour", "blue"), colour="blue"),
        told(("shape", "square")),
    ]
    said = Facts(conversations, ATTRIBUTES).said
    assert said.shape == (2, 4, 2)
    assert said[0].tolist() == [NOTHING, [UNKNOWN, 0], [0, 0], [0, 2]]
    assert said[1].tolist() == [NOTHING, [1, UNKNOWN], [1, UNKNOWN], [1, UNKNOWN]]


def test_free_words_say_the_truth_where_they_are_known_to_tell_it() -> None:
    conversation = Conversation(
        "",
        ("a green thing",),
        (Turn("hello"), Turn("what is it? a square.")),
        0,
        {"shape": "square", "colour": "green"},
        {"colour": "caption", "shape": 1},
    )
    assert Facts([conversation], ATTRIBUTES).said[0].tolist() == [
        [UNKNOWN, 1],
        [UNKNOWN, 1],
        [1, 1],
    ]
    unheard = Facts([conversation], ATTRIBUTES, from_captions=False).said[0]
    assert unheard.tolist() == [NOTHING, NOTHING, [1, UNKNOWN]]


def test_truth_tells_what_cannot_be_seen_from_what_nobody_knows() -> None:
    conversations = [told(shape="circle", colour=None), told(colour="mauve"), told(size="large")]
    assert Facts(conversations, ATTRIBUTES).truth.tolist() == [
        [0, UNSEEN],
        [UNKNOWN, UNKNOWN],
        [UNKNOWN, UNKNOWN],
    ]


def test_matching_pictures_fit_all_that_was_said_and_each_is_as_likely() -> None:
    conversations = [
        told(("shape", "square"), ("colour", "red"), shape="square", colour="red"),
        told(shape="square", colour="red"),
        told(shape="square", colour="green"),
        told(shape="circle", colour="red"),
        told(("shape", "circle"), ("colour", "blue"), shape="circle", colour="red"),
    ]
    facts = Facts(conversations, ATTRIBUTES)
    rows = np.array([0, 4])
    found = np.stack([facts.matching(rows, (0, 0, epoch)) for epoch in range(400)])
    for moment, fitting in enumerate(({0, 1, 2, 3, 4}, {0, 1, 2}, {0, 1})):
        chosen, counts = np.unique(found[:, 0, moment], return_counts=True)
        assert set(chosen.tolist()) == fitting
        assert counts.min() > 0.6 * 400 / len(fitting)
    assert set(found[:, 1, 2].tolist()) == {4}, "where no picture fits it is its own"
    assert np.array_equal(facts.matching(rows, (0, 7)), facts.matching(rows, (0, 7)))
    alone = facts.matching(rows[1:], (0, 7))
    assert np.array_equal(alone, facts.matching(rows, (0, 7))[1:]), "the rows beside it matter"


def test_what_was_told_of_what_nobody_knows_is_no_fact() -> None:
    conversation = Conversation("", ("a green thing",), (), 0, {}, {"colour": "caption"})
    assert Facts([conversation], ATTRIBUTES).said[0].tolist() == [NOTHING]


def test_an_attribute_may_have_hundreds_of_values() -> None:
    facts = Facts([told(("kind", "399"), kind="200")], {"kind": [str(n) for n in range(400)]})
    assert facts.truth.tolist() == [[200]]
    assert facts.said.tolist() == [[[UNKNOWN], [399]]]
