"""What attribute turns tell: how many, how often wrongly first, and always rightly in the end."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict

from painterkit.data.conversation import Conversation
from painterkit_avatars.attributes import ATTRIBUTES
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.settings import AvatarsSettings


def conversations(**settings: Any) -> Sequence[Conversation]:
    dataset = Avatars(AvatarsSettings(**{"turns": "attributes", **settings}), Path("/nowhere"))
    return dataset.conversations("train")


def facts(conversation: Conversation) -> list[tuple[str, str]]:
    return [(turn.attribute, turn.value) for turn in conversation.turns]


def revisions(conversation: Conversation) -> int:
    return len(conversation.turns) - len({turn.attribute for turn in conversation.turns})


@pytest.mark.parametrize(
    ("turns", "digest"),
    [
        ("dialogue", "70fea29e92987ec14e109e8ac3d1af3c2bdc8c368a4ae634e34287ed01e36843"),
        ("attributes", "4cb17fe312ca26873e43795e8cc28a2989761b2baa6c277d31a6b61b4808783b"),
    ],
)
def test_the_words_of_the_defaults_never_change(turns: str, digest: str) -> None:
    # Runs that were made are compared with runs to come.
    told = [asdict(one) for one in conversations(train=40, turns=turns)]
    assert {one.pop("says") for one in told} == {None}
    assert hashlib.sha256(repr(told).encode()).hexdigest() == digest


@pytest.mark.parametrize("turns", ["attributes", "sentences"])
@pytest.mark.parametrize(("most_turns", "revised"), [(4, 0.25), (4, 1.0), (10, 0.5), (None, 1.0)])
def test_whatever_the_limit_the_last_word_is_true(
    turns: str, most_turns: int | None, revised: float
) -> None:
    for one in conversations(train=300, turns=turns, most_turns=most_turns, revised=revised):
        assert 1 <= len(one.turns) <= (most_turns or 10)
        known = dict(facts(one))
        assert known == {name: one.attributes[name] for name in one.told_in}
        assert one.told_in == {turn.attribute: place for place, turn in enumerate(one.turns)}
        assert set(one.attributes) == set(ATTRIBUTES), "what is not told is true still"
        assert all(value in ATTRIBUTES[name] for name, value in facts(one))
        assert revisions(one) <= 1


def test_lengths_are_uniform_up_to_the_limit() -> None:
    counts = Counter(len(one.turns) for one in conversations(train=4000, most_turns=4))
    assert sorted(counts) == [1, 2, 3, 4]
    assert all(900 < count < 1100 for count in counts.values()), counts


def test_a_revision_is_a_turn_and_takes_two() -> None:
    for one in conversations(train=300, most_turns=4, revised=1.0):
        assert revisions(one) == (len(one.turns) > 1)
    assert all(not revisions(one) for one in conversations(train=300, most_turns=1, revised=1.0))
    assert all(not revisions(one) for one in conversations(train=300, revised=0.0))
    two_or_more = [one for one in conversations(train=3000, most_turns=4) if len(one.turns) > 1]
    assert 0.2 < sum(map(revisions, two_or_more)) / len(two_or_more) < 0.3


def test_a_limit_cuts_the_same_conversation_off() -> None:
    whole = conversations(train=200, revised=0.0)
    few, many = (conversations(train=200, revised=0.0, most_turns=n) for n in (3, 6))
    for all_of_it, three, six in zip(whole, few, many, strict=True):
        assert facts(three) == facts(all_of_it)[: len(three.turns)]
        assert facts(six) == facts(all_of_it)[: len(six.turns)]
        assert three.captions == six.captions == all_of_it.captions


def test_all_of_a_bald_face_is_within_ten_turns() -> None:
    lengths = {
        (one.attributes["hair_shape"] == "bald", len(one.turns))
        for one in conversations(train=3000, most_turns=10, revised=1.0)
    }
    assert max(length for bald, length in lengths if bald) == 9
    assert max(length for bald, length in lengths if not bald) == 10


def test_a_dialogue_takes_neither_setting() -> None:
    AvatarsSettings(turns="dialogue", most_turns=None, revised=0.25)
    with pytest.raises(ValueError, match="most_turns is for turns = 'attributes' or 'sentences'"):
        AvatarsSettings(most_turns=4)
    with pytest.raises(ValueError, match="revised is for turns = 'attributes' or 'sentences'"):
        AvatarsSettings(revised=0.0)
    with pytest.raises(ValueError, match=r"AvatarsSettings\.most_turns must be at most 10"):
        AvatarsSettings(turns="sentences", most_turns=11)
