"""A data set told otherwise: what each telling leaves and what it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from attrs import evolve
from numpy.typing import NDArray

from painterkit.data.conversation import Conversation, Turn
from painterkit.data.facts import UNKNOWN, Facts
from painterkit.errors import WrongInput
from painterkit.interfaces.dataset import Mirrored, ShowsWhere, Split
from painterkit.testing import SampleDataset
from painterkit_standard.retold import Retold
from painterkit_standard.settings import Telling


def told(telling: Telling, turns: int | None = None) -> list[tuple[Conversation, Conversation]]:
    """Return the conversations of a data set with questions, as they are and told otherwise."""
    dataset = SampleDataset(resolution=8, train=12)
    retold = Retold(dataset, telling, turns, seed=0)
    pairs = list(zip(dataset.conversations("train"), retold.conversations("train"), strict=True))
    for was, now in pairs:
        captions = was.captions[:1] if telling == "caption" else was.captions
        assert (now.id, now.captions, now.image) == (was.id, captions, was.image)
        assert (now.attributes, now.told_in) == (was.attributes, was.told_in)
    assert (retold.images("train") == dataset.images("train")).all()
    return pairs


def test_as_told_it_is_the_same() -> None:
    assert all(now == was for was, now in told("as-told"))


def test_another_dialogue_is_that_of_the_next_picture() -> None:
    pairs = told("another")
    following = [was.turns for was, _ in pairs[1:]] + [pairs[0][0].turns]
    assert [now.turns for _, now in pairs] == following


def test_shuffled_turns_are_the_same_turns() -> None:
    pairs = told("shuffled")
    assert all(sorted(t.text for t in now.turns) == sorted(t.text for t in was.turns)
               for was, now in pairs)  # fmt: skip
    assert any(now.turns != was.turns for was, now in pairs)
    assert [now for _, now in told("shuffled")] == [now for _, now in pairs]


@pytest.mark.parametrize("half", ["question", "answer"])
def test_half_a_turn_alone(half: str) -> None:
    asked = [
        (turn, other)
        for was, now in told("questions" if half == "question" else "answers")
        for turn, other in zip(was.turns, now.turns, strict=True)
        if turn.question
    ]
    assert asked
    for turn, other in asked:
        assert other.text == getattr(turn, half)
        assert {other.question, other.answer} == {"", other.text}


def test_the_caption_over_and_over() -> None:
    for was, now in told("caption"):
        assert [turn.text for turn in now.turns] == [was.captions[0]] * len(was.turns)


def test_the_first_turns_alone() -> None:
    assert all(now.turns == was.turns[:1] for was, now in told("as-told", turns=1))
    assert not any(now.turns for _, now in told("as-told", turns=0))


def said(telling: Telling, caption_told: bool = True) -> list[list[list[int]]]:
    """Return what had been said at every moment of two conversations: their colour and shape.

    Their captions tell the shape, their first turns the colour, and the second ones nothing.
    """
    retold = Retold(Coloured(resolution=8, train=2), telling, None, seed=SHUFFLES)
    conversations = retold.conversations("train")
    return Facts(conversations, COLOURED, from_captions=caption_told).said.tolist()


COLOURED = {"colour": ("red", "green"), "shape": ("circle", "star")}
SHUFFLES = 1
"""A seed that puts the second turn of both conversations first."""


class Coloured(SampleDataset):
    """A red circle and a green star, whose turns are questions and name no attribute."""

    attributes: Mapping[str, Sequence[str]] = COLOURED

    def conversations(self, split: Split) -> list[Conversation]:
        return [
            Conversation(
                str(row),
                (f"a {shape}",),
                (
                    Turn(f"what colour? {colour}", "what colour?", colour),
                    Turn("is it nice? yes", "is it nice?", "yes"),
                ),
                row,
                {"colour": colour, "shape": shape},
                {"colour": 0, "shape": "caption"},
            )
            for row, (colour, shape) in enumerate(zip(*COLOURED.values(), strict=True))
        ]


def test_what_was_said_is_what_the_words_tell_now() -> None:
    no = UNKNOWN
    assert said("as-told") == [[[no, 0], [0, 0], [0, 0]], [[no, 1], [1, 1], [1, 1]]]
    assert said("another") == [[[no, 0], [1, 0], [1, 0]], [[no, 1], [0, 1], [0, 1]]]
    assert said("shuffled") == [[[no, 0], [no, 0], [0, 0]], [[no, 1], [no, 1], [1, 1]]]
    for telling in ("questions", "answers", "caption"):
        assert said(telling) == [[[no, 0]] * 3, [[no, 1]] * 3]
    unheard = [[no, no], [no, 0], [no, 0]]
    assert said("caption", caption_told=False)[0] == unheard, "the dialogue says the caption"
    assert said("another", caption_told=False)[0] == [[no, no], [1, no], [1, no]]


class Mirrors(SampleDataset):
    """Pictures that may be mirrored, of which it is known where they show what."""

    flips = True

    def attribute_mask(self, conversation: Conversation, attribute: str) -> NDArray[np.bool_]:
        return np.full((self.resolution, self.resolution), attribute == "shape")


def test_what_the_data_set_can_do_it_can_still_do() -> None:
    dataset = Mirrors(resolution=8)
    retold = Retold(dataset, "another", None, seed=0)
    assert isinstance(retold, Mirrored)
    assert retold.flips
    assert isinstance(retold, ShowsWhere)
    assert retold.attribute_mask(retold.conversations("train")[0], "shape").all()
    plain = Retold(SampleDataset(resolution=8), "another", None, seed=0)
    assert not isinstance(plain, Mirrored)
    assert not isinstance(plain, ShowsWhere)


class TwoOfEach(SampleDataset):
    """Two conversations about each picture, one after the other."""

    def conversations(self, split: Split) -> list[Conversation]:
        return [one for one in super().conversations(split) for _ in range(2)]


def test_another_dialogue_is_never_about_the_same_picture() -> None:
    dataset = TwoOfEach(resolution=8, train=6)
    about = {one.turns: one.image for one in dataset.conversations("train") if one.turns}
    retold = Retold(dataset, "another", None, seed=0)
    for one in retold.conversations("train"):
        assert about.get(one.turns) != one.image


class Statements(SampleDataset):
    """Turns that are no questions."""

    def conversations(self, split: Split) -> list[Conversation]:
        return [
            evolve(one, turns=tuple(Turn(turn.text) for turn in one.turns))
            for one in super().conversations(split)
        ]


@pytest.mark.parametrize("telling", ["questions", "answers"])
def test_half_of_what_is_no_question_is_refused(telling: Telling) -> None:
    retold = Retold(Statements(resolution=8, train=6), telling, None, seed=0)
    with pytest.raises(WrongInput, match="no turn of the data set is a question"):
        retold.conversations("train")
