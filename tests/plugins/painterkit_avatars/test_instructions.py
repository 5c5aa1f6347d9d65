"""An independent reader understands every sentence, most of them without those before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from painterkit.data.conversation import Conversation
from painterkit_avatars.attributes import ATTRIBUTES, NAMES
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.language.instructions import label_and_value
from painterkit_avatars.settings import AvatarsSettings

HAIR = r"hair|bald|\bbun\b|\bbob\b|afro|\bhead\b|redhead|brunette|blonde?\b"
CLOTHES = r"cloth|hoodie|hooded|blazer|jacket|t-shirt|overall|dungarees|outfit|\btop\b|dress"
COLOUR = r"black|brown|brunette|blond|ginger|\bred|grey|gray|silver|pink|blue|green|yellow|white"
TOPICS = (  # The first that is found is what a sentence is about.
    ("background", "background|wall"),
    ("facial_hair", "facial|beard|moustache|mustache|clean-shaven|shave .* face"),
    ("skin_tone", "skin"),
    ("glasses", "glasses|spectacles"),
    ("mouth", "mouth|smil|serious|straight face|sad|frown|laugh"),
    ("hair_colour", f"(?=.*({COLOUR})).*({HAIR})"),
    ("hair_shape", HAIR),
    ("clothing_colour", f"(?=.*({COLOUR})).*({CLOTHES})"),
    ("clothing", CLOTHES),
)
WORDS = {
    "hair_shape": {
        "short": r"\bshort\b",
        "long": r"\blong\b",
        "curly": r"curly|afro",
        "bob": r"\bbob\b",
        "bun": r"\bbun\b",
        "bald": r"\bbald\b|no hair|shave .* head|remove the hair",
    },
    "hair_colour": {
        "black": "black",
        "brown": "brown|brunette",
        "blonde": "blond",
        "ginger": r"ginger|\bred",
        "grey": "grey|gray|silver",
        "pink": "pink",
    },
    "skin_tone": {"pale": "pale", "tanned": "tanned", "brown": "brown", "dark": "dark"},
    "glasses": {
        "none": r"\bno (glasses|spec)|without|not wear|none|remove|take the glasses off",
        "round": "round",
        "sunglasses": "sunglasses|dark",
    },
    "facial_hair": {
        "none": "clean-shaven|no facial|none|no beard or moustache|shave|remove",
        "moustache": "(?<!or )mo?ustache",
        "beard": "(?<!no )beard",
    },
    "mouth": {
        "smile": "smil",
        "serious": "serious|straight face",
        "sad": r"\bsad\b|frown",
        "laughing": "laugh",
    },
    "clothing": {
        "hoodie": "hoodie|hooded",
        "blazer": "blazer|jacket",
        "t-shirt": "t-shirt",
        "overall": "overall|dungarees",
    },
    "clothing_colour": {value: rf"\b{value}\b" for value in ATTRIBUTES["clothing_colour"]},
    "background": {
        **{value: rf"\b{value}\b" for value in ATTRIBUTES["background"]},
        "lilac": "lilac|purple",
    },
}


def topic_of(text: str) -> str | None:
    return next((topic for topic, words in TOPICS if re.search(words, text)), None)


def value_of(topic: str, text: str) -> str | None:
    """Return the only value whose words are in the text, or None; "not a bob" tells no bob."""
    told = re.sub(", not .*", "", text)
    found = [value for value, words in WORDS[topic].items() if re.search(words, told)]
    return found[0] if len(found) == 1 else None


@pytest.fixture(scope="module")
def sentences() -> Sequence[Conversation]:
    settings = AvatarsSettings(train=3000, turns="sentences", revised=0.5)
    return Avatars(settings, Path("/nowhere")).conversations("train")


def test_a_reader_understands_every_sentence(sentences: Sequence[Conversation]) -> None:
    for conversation in sentences:
        topic = ""
        for turn in conversation.turns:
            topic = topic_of(turn.text) or topic
            assert (topic, value_of(topic, turn.text)) == (turn.attribute, turn.value), turn


def test_words_that_lean_on_a_turn_come_straight_after_it(
    sentences: Sequence[Conversation],
) -> None:
    leaning = straight = 0
    for conversation in sentences:
        for before, turn in zip(conversation.turns, conversation.turns[1:], strict=False):
            straight += before.attribute == turn.attribute
            if topic_of(turn.text) is None:
                leaning += 1
                assert before.attribute == turn.attribute
                assert before.value != turn.value
    assert 0.1 < leaning / straight < 0.4


def test_a_later_revision_says_that_it_is_one(sentences: Sequence[Conversation]) -> None:
    labelled = revised = 0
    for conversation in sentences:
        told: set[str] = set()
        for turn in conversation.turns:
            puts_right = turn.attribute in told
            told.add(turn.attribute)
            if turn.text == label_and_value(turn.attribute, turn.value):
                labelled += puts_right
                continue
            revised += puts_right
            marked = re.search(
                r"^(sorry|wait|actually|or rather|make (that|it)|i (meant|was wrong|misspoke))\b"
                r"|^no(,| wait)|^i changed my mind|, not |(instead|after all)\.?$",
                turn.text,
            )
            assert bool(marked) == puts_right, turn
    assert 0.2 < labelled / (labelled + revised) < 0.3


def test_a_quarter_are_attribute_and_value(sentences: Sequence[Conversation]) -> None:
    turns = [turn for conversation in sentences for turn in conversation.turns]
    labelled = sum(turn.text == label_and_value(turn.attribute, turn.value) for turn in turns)
    assert 0.23 < labelled / len(turns) < 0.27


def test_every_value_is_said_in_many_ways(sentences: Sequence[Conversation]) -> None:
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for conversation in sentences:
        for turn in conversation.turns:
            ways[turn.attribute, turn.value].add(turn.text.rstrip("."))
            assert turn.text == turn.text.lower()
            assert not re.search(r"[{}*]|  |\.\.|\?\.|no, no | a [aeiou]| an [^aeiou]", turn.text)
    assert len(ways) == sum(len(values) for values in ATTRIBUTES.values())
    assert min(map(len, ways.values())) > 40
    assert {name for name, _ in ways} == set(NAMES)


def test_distinct_sentences_stay_few_enough_to_encode() -> None:
    dataset = Avatars(AvatarsSettings(turns="sentences"), Path("/nowhere"))
    texts = {turn.text for one in dataset.conversations("train") for turn in one.turns}
    assert 5_000 < len(texts) < 15_000


def test_only_the_words_differ_from_attribute_turns(sentences: Sequence[Conversation]) -> None:
    settings = AvatarsSettings(train=200, turns="attributes", revised=0.5)
    labelled = Avatars(settings, Path("/nowhere")).conversations("train")
    for one, other in zip(sentences[:200], labelled, strict=True):
        assert (one.captions, one.told_in) == (other.captions, other.told_in)
        assert [(t.attribute, t.value) for t in one.turns] == [
            (t.attribute, t.value) for t in other.turns
        ]
    assert sum(one != other for one, other in zip(sentences[:200], labelled, strict=True)) == 200


def test_a_garment_is_named_by_its_colour_only_if_it_was_told(
    sentences: Sequence[Conversation],
) -> None:
    for conversation in sentences:
        garments: set[str] = set()
        for turn in conversation.turns:
            if turn.attribute == "clothing":
                garments = {turn.value}
            elif turn.attribute == "clothing_colour":
                named = re.findall("hoodie|blazer|t-shirt|overall|outfit|top", turn.text)
                assert set(named) <= (garments or {"outfit", "top"}), conversation
