"""An independent reader follows the conversations and must end up with the truth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from painterkit.data.conversation import Conversation
from painterkit_avatars.attributes import ATTRIBUTES
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.settings import AvatarsSettings

WORDS = {
    "hair_shape": {
        "short": r"\bshort\b",
        "long": r"\blong\b",
        "curly": r"curly|afro",
        "bob": r"\bbob\b",
        "bun": r"\bbun\b",
        "bald": r"\bbald\b|no hair",
    },
    "hair_colour": {
        "black": "black",
        "brown": "brown|brunette",
        "blonde": "blonde",
        "ginger": r"ginger|red-haired|redhead",
        "grey": "grey|silver",
        "pink": "pink",
    },
    "skin_tone": {"pale": "pale", "tanned": "tanned", "brown": "brown", "dark": "dark"},
    "glasses": {
        "none": "no glasses|no spectacles|without glasses|not wear glasses|none",
        "round": "round",
        "sunglasses": r"sunglasses|dark",
    },
    "facial_hair": {
        "none": "clean-shaven|no facial hair|none",
        "moustache": "moustache",
        "beard": "beard",
    },
    "mouth": {
        "smile": "smil",
        "serious": "serious|straight face",
        "sad": r"\bsad\b|sad-|frown",
        "laughing": "laugh",
    },
    "clothing": {
        "hoodie": "hoodie|hooded",
        "blazer": "blazer",
        "t-shirt": "t-shirt",
        "overall": "overall",
    },
    "clothing_colour": {
        colour: rf"\b{colour}\b" for colour in ("red", "blue", "green", "yellow", "black", "white")
    },
    "background": {
        colour: rf"\b{colour}\b" for colour in ("white", "blue", "green", "yellow", "lilac")
    },
}
TOPICS = (  # The first that is found in a question is what it is about.
    (None, "raining|name|how old|nice day|dog|hands|drawn|rich|morning|who drew"),
    ("facial_hair", "facial|beard|moustache|clean-shaven"),
    ("glasses", "glasses"),
    ("background", "background|wall|behind"),
    ("skin_tone", "skin"),
    ("mouth", "expression|mouth|mood|look|happy|smil|serious|sad|laugh"),
    ("hair_colour", r"hair colour|colour .*\bhair\b|-haired|redhead|brunette|blonde"
     r"|\bhair (is |really )*(\w+ )?(black|brown|ginger|red|grey|pink)\?"),
    ("clothing_colour", r"\b(red|blue|green|yellow|black|white)\?$|^(what|which) colour (is|does) "
     r"(the|his|her|their) (outfit|hoodie|blazer|t-shirt|overall)|^which colour does"
     r" the (outfit|hoodie|blazer|t-shirt|overall)"),
    ("clothing", "wear(?!.*hair|.*bun)|garment|clothes|dressed"),
    ("hair_shape", "hair|bald|bun|bob"),
)  # fmt: skip


def one_of(attribute: str, text: str) -> str | None:
    """Return the only value whose words are in the text, or None."""
    found = [value for value, words in WORDS[attribute].items() if re.search(words, text)]
    return found[0] if len(found) == 1 else None


def topic_of(question: str, before: str | None) -> str | None:
    for topic, words in TOPICS:
        if re.search(words, question):
            return topic
    # An elliptical question goes on with the subject of the one before it.
    if "colour" in question:
        return "background" if before == "background" else "clothing_colour"
    return before


def read_turn(topic: str, question: str, answer: str, before: str) -> str | None:
    """Return the value that a turn tells of its topic, or None if it tells none."""
    stated = re.sub("^(sorry|no), (i misspoke|i was wrong|no), |^(no|yes), ", "", answer)
    told = one_of(topic, stated)
    if told and answer != "none.":
        return told
    if re.match("yes|right|that is right", answer):
        return one_of(topic, question)
    if topic in ("glasses", "facial_hair"):
        if answer in ("no.", "none."):
            asked = one_of(topic, question)
            kinds = [value for value in WORDS[topic] if value not in ("none", asked)]
            return kinds[0] if asked else "none"
        return None
    if answer == "no." and "laugh" in question and "happy" in before:
        return "smile"
    return None


def read(conversation: Conversation) -> tuple[dict[str, str], dict[str, int]]:
    """Return what the turns tell in the end, and the turn that told each thing last."""
    known: dict[str, str] = {}
    told_in: dict[str, int] = {}
    topic: str | None = None
    before = ""
    for place, turn in enumerate(conversation.turns):
        topic = topic_of(turn.question, topic)
        value = read_turn(topic, turn.question, turn.answer, before) if topic else None
        if topic and value:
            known[topic] = value
            told_in[topic] = place
        before = turn.text
    return known, told_in


@pytest.fixture(scope="module")
def dialogues() -> Sequence[Conversation]:
    return Avatars(AvatarsSettings(train=1500), Path("/nowhere")).conversations("train")


def test_a_reader_of_the_dialogue_ends_with_the_truth(dialogues: Sequence[Conversation]) -> None:
    corrected = 0
    for conversation in dialogues:
        known, told_in = read(conversation)
        by_turn = {k: v for k, v in conversation.told_in.items() if v != "caption"}
        assert known == {name: conversation.attributes[name] for name in by_turn}, conversation
        assert told_in == by_turn, conversation
        corrected += any("misspoke" in turn.answer for turn in conversation.turns)
    assert corrected > len(dialogues) // 20


def test_the_caption_tells_what_it_is_said_to_tell(dialogues: Sequence[Conversation]) -> None:
    for conversation in dialogues:
        [caption] = conversation.captions
        for name, teller in conversation.told_in.items():
            if teller == "caption":
                value = conversation.attributes[name]
                assert re.search(WORDS[name][value or ""], caption), (name, conversation)


def test_a_wrong_caption_is_corrected(dialogues: Sequence[Conversation]) -> None:
    told_three = [c for c in dialogues if list(c.told_in.values()).count("caption") == 3]
    told_two = [c for c in dialogues if list(c.told_in.values()).count("caption") == 2]
    assert len(told_three) + len(told_two) == len(dialogues)
    assert 0.1 < len(told_two) / len(dialogues) < 0.2
    for conversation in told_two:
        assert re.search("sorry|i was wrong", " ".join(t.answer for t in conversation.turns))


def test_every_visible_attribute_is_told_and_nothing_else(
    dialogues: Sequence[Conversation],
) -> None:
    for conversation in dialogues:
        visible = {name for name, value in conversation.attributes.items() if value is not None}
        assert set(conversation.told_in) == visible
        assert (conversation.attributes["hair_shape"] == "bald") == ("hair_colour" not in visible)


def test_nothing_said_of_the_bald_tells_a_hair_colour(dialogues: Sequence[Conversation]) -> None:
    bald = [c for c in dialogues if c.attributes["hair_shape"] == "bald"]
    assert len(bald) > 100
    for conversation in bald:
        said = " ".join([*conversation.captions, *(turn.text for turn in conversation.turns)])
        assert not re.search("hair(ed)? colour|-haired|brunette|blonde|redhead|ginger|grey", said)
        assert not re.search(r"(black|brown|pink) (hair|bob|bun|afro)", said)


def test_there_are_ten_turns_in_the_form_of_questions(dialogues: Sequence[Conversation]) -> None:
    for conversation in dialogues:
        assert len(conversation.turns) == 10
        for turn in conversation.turns:
            assert turn.text == f"{turn.question} {turn.answer}"
            assert turn.question.endswith("?")
            assert turn.text == turn.text.lower()
            assert not re.search(r"[{}*]|  ", turn.text)
        assert not re.search(r"[{}*]|  | a [aeiou]", conversation.captions[0])


def test_distinct_turns_stay_few_enough_to_encode() -> None:
    dataset = Avatars(AvatarsSettings(), Path("/nowhere"))
    texts = {turn.text for c in dataset.conversations("train") for turn in c.turns}
    assert 2_000 < len(texts) < 12_000


def test_most_turns_are_understood_alone(dialogues: Sequence[Conversation]) -> None:
    turns = [turn for conversation in dialogues for turn in conversation.turns]
    alone = [turn for turn in turns if topic_of(turn.question, "nothing") != "nothing"]
    assert len(alone) / len(turns) > 0.75


def test_words_depend_on_seed_split_and_index_alone() -> None:
    few = Avatars(AvatarsSettings(train=20), Path("/nowhere")).conversations("train")
    many = Avatars(AvatarsSettings(train=60), Path("/nowhere")).conversations("train")
    other = Avatars(AvatarsSettings(train=20, seed=1), Path("/nowhere")).conversations("train")
    assert few == many[:20]
    assert few != other
    assert few[0].captions == ("this is a laughing lady with a bald head, dressed in blue.",)


def test_attribute_turns_tell_each_fact_and_the_last_word_is_true() -> None:
    dataset = Avatars(AvatarsSettings(train=400, turns="attributes"), Path("/nowhere"))
    revised = 0
    orders: set[tuple[str, ...]] = set()
    for conversation in dataset.conversations("train"):
        known: dict[str, str] = {}
        last: dict[str, int] = {}
        for place, turn in enumerate(conversation.turns):
            assert turn.text == f"{turn.attribute.replace('_', ' ')}: {turn.value}"
            assert turn.value in ATTRIBUTES[turn.attribute]
            known[turn.attribute] = turn.value
            last[turn.attribute] = place
        assert known == {k: v for k, v in conversation.attributes.items() if v is not None}
        assert last == conversation.told_in
        revised += len(conversation.turns) - len(known)
        orders.add(tuple(turn.attribute for turn in conversation.turns))
    assert 60 < revised < 140
    assert len(orders) > 390
