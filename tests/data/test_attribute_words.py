"""What is understood of what people type, and what is answered to the rest."""

from __future__ import annotations

import pytest

import painterkit
from painterkit.data.attribute_names import AttributeNames
from painterkit.data.attribute_words import understand
from painterkit.data.conversation import Turn
from painterkit.errors import WrongInput
from painterkit.roles import Role

NAMES = AttributeNames(
    {
        "hair_shape": ("short", "long", "bald"),
        "hair_colour": ("black", "brown", "blonde", "red"),
        "skin_tone": ("pale", "brown", "dark"),
        "glasses": ("none", "round", "sunglasses"),
        "facial_hair": ("none", "moustache", "beard"),
        "clothing": ("hoodie", "t-shirt"),
        "clothing_colour": ("red", "blue", "black", "white"),
        "background": ("white", "blue", "lilac"),
    }
)

BIRDS = AttributeNames(
    {
        "primary colour": ("blue", "grey"),
        "size": ("small_(5_-_9_in)", "very_small_(3_-_5_in)", "large_(16_-_32_in)"),
        "shape": ("hummingbird-like", "upland-ground-like", "upland-perching-like"),
    }
)


def said(*texts: str) -> list[Turn]:
    """Return turns as a conversation remembers them."""
    turns: list[Turn] = []
    for text in texts:
        turns.append(understand(NAMES, text, turns))
    return turns


def meant(text: str, *before: str, names: AttributeNames = NAMES) -> str:
    turn = understand(names, text, said(*before))
    assert turn.text == f"{turn.attribute.replace('_', ' ')}: {turn.value}"
    return turn.text


def answer(text: str, *before: str, names: AttributeNames = NAMES) -> str:
    """Return the sentence that a text is refused with."""
    with pytest.raises(WrongInput) as raised:
        understand(names, text, said(*before))
    return str(raised.value)


def test_a_turn_names_attribute_and_value_as_the_data_do() -> None:
    turn = understand(NAMES, " Hair_Colour :RED", [])
    assert turn == Turn("hair colour: red", attribute="hair_colour", value="red")


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("hair colour = red", "hair colour: red"),
        ("hair color: red!", "hair colour: red"),
        ("clothing: T shirt", "clothing: t-shirt"),
        ("clothing：t-shirt", "clothing: t-shirt"),
        ("no, hair colour: red", "hair colour: red"),
        ("Make the hair colour red.", "hair colour: red"),
        ("hair colour is red", "hair colour: red"),
        ("please make hair colour: red", "hair colour: red"),
        ("red clothing colour", "clothing colour: red"),
        ("the clothing is a hoodie", "clothing: hoodie"),
        ("make the background pale blue", "background: blue"),
        ("🙂 hair colour: red 🙂", "hair colour: red"),
    ],
)
def test_an_attribute_and_a_value_in_other_words(text: str, turn: str) -> None:
    assert meant(text) == turn
    assert meant(text, "background: white") == turn, "what was said before is no matter"


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("bald", "hair shape: bald"),
        ("a beard please", "facial hair: beard"),
        ("lilac", "background: lilac"),
        ("I'd like it to be blonde", "hair colour: blonde"),
    ],
)
def test_a_value_that_only_one_attribute_has(text: str, turn: str) -> None:
    assert meant(text) == turn
    assert meant(text, "skin tone: dark") == turn


@pytest.mark.parametrize(
    "text",
    ["blue", "no, blue", "No. Blue!", "blue instead", "rather blue", "make it blue",
     "no blue", "sorry, I meant blue", "not white, blue", "not white but blue",
     "blue instead of white", "change it from white to blue", "no - blue", "blue, not white"],
)  # fmt: skip
def test_a_revision_is_of_what_was_told_last(text: str) -> None:
    assert meant(text, "background: white") == "background: blue"
    assert meant(text, "background: white", "clothing colour: red") == "clothing colour: blue"
    assert meant(text, "clothing colour: red", "bald") == "clothing colour: blue"


def test_the_latest_turn_that_has_the_value_counts() -> None:
    before = ("skin tone: pale", "hair colour: red", "glasses: round")
    assert meant("brown", *before) == "hair colour: brown"
    assert meant("brown", "hair colour: red", "skin tone: dark") == "skin tone: brown"


def test_turns_without_a_named_attribute_are_read_by_their_text() -> None:
    before = [Turn("background: white"), Turn("something free")]
    assert understand(NAMES, "no, blue", before).attribute == "background"


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("make the hair black", "hair colour: black"),
        ("hair: long", "hair shape: long"),
        ("brown skin", "skin tone: brown"),
        ("she is red-haired", "hair colour: red"),
        ("colour the hair black", "hair colour: black"),
    ],
)
def test_a_word_of_an_attribute_tells_which_is_meant(text: str, turn: str) -> None:
    assert meant(text, "clothing colour: white") == turn


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("no glasses", "glasses: none"),
        ("without a beard", "facial hair: none"),
        ("remove the glasses", "glasses: none"),
        ("no, round", "glasses: round"),
        ("glasses: none", "glasses: none"),
    ],
)
def test_what_is_not_to_be_there(text: str, turn: str) -> None:
    assert meant(text, "glasses: sunglasses") == turn


def test_a_long_value_can_be_named_by_its_first_words() -> None:
    assert meant("size: small", names=BIRDS) == "size: small_(5_-_9_in)"
    assert meant("Very small!", names=BIRDS) == "size: very_small_(3_-_5_in)"
    assert meant("hummingbird", names=BIRDS) == "shape: hummingbird-like"
    assert meant("primary color: gray", names=BIRDS) == "primary colour: grey"
    assert "upland ground like" not in answer("shape: upland", names=BIRDS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hair colour: blond", "'hair colour: blond'   hair colour cannot be 'blond'; did you mean "
         "'blonde'? hair colour can be black, brown, blonde, red"),
        ("make the hair colour purple", "'make the hair colour purple'   hair colour cannot be "
         "'purple'; hair colour can be black, brown, blonde, red"),
        ("hair colour: none", "'hair colour: none'   hair colour cannot be 'none'; hair colour can "
         "be black, brown, blonde, red"),
        ("make the hair blue", "'make the hair blue'   hair shape, hair colour or facial hair "
         "cannot be 'blue'; hair shape can be short, long, bald; hair colour can be black, brown, "
         "blonde, red; facial hair can be none, moustache, beard"),
        ("glasses", "'glasses'   names no value of glasses; glasses can be none, round, "
         "sunglasses"),
        ("skin tone:", "'skin tone:'   names no value of skin tone; skin tone can be pale, brown, "
         "dark"),
        ("har colour: red", "'har colour: red'   there is no attribute 'har colour'; did you mean "
         "'hair colour'?"),
        ("hat: red", "'hat: red'   there is no attribute 'hat'; the attributes are hair shape, "
         "hair colour, skin tone, glasses, facial hair, clothing, clothing colour, background"),
        ("with a moustche", "'with a moustche'   names no attribute and no value that is known; "
         "did you mean 'moustache'?"),
        ("blue", "'blue'   'blue' could be clothing colour or background; say which, such as "
         "'clothing colour: blue'"),
        ("long black hair", "'long black hair'   says several things: 'long', 'black'; say one "
         "thing at a time"),
        ("no glasses and bald", "'no glasses and bald'   says several things: 'glasses', 'bald'; "
         "say one thing at a time"),
        ("not blonde", "'not blonde'   says what is not meant; say what is"),
        ("please don't make it blonde", "'please don't make it blonde'   says what is not meant; "
         "say what is"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_answered_in_full(text: str, sentence: str) -> None:
    assert answer(text) == sentence


def test_a_value_beside_an_unknown_word_is_not_of_what_was_told_last() -> None:
    assert "could be clothing colour or background" in answer("a blue wall", "clothing colour: red")
    assert "could be hair colour or clothing" in answer("a black t-shirt".replace("t-", ""), "bald")


@pytest.mark.parametrize(
    "text", ["", "   ", "\n", "?!…", "🙂", "👩🏽‍🦰👍", "_", ":", "\x1b[2J", "\udcff", "'"]
)
def test_a_text_without_words_is_answered(text: str) -> None:
    sentence = answer(text, "background: white")
    assert "holds no words" in sentence or "no attribute and no value" in sentence
    assert "the attributes are hair shape, hair colour" in sentence
    assert sentence.isprintable(), "what a terminal would obey is not repeated"


@pytest.mark.parametrize(
    "text", ["שיער: אדום", "لون الشعر أحمر", "髪の色：赤", "बाल काले", "\u202ehair", "ﷺ" * 1000]
)
def test_words_of_any_script_are_answered(text: str) -> None:
    assert "hair" in answer(text, "background: white")


def test_a_text_that_nobody_types_is_refused_at_once() -> None:
    for text in ("blue " * 200_001, "a" * 1001, ":" * 1_000_000):
        sentence = answer(text, "background: white")
        assert f"has {len(text):,} characters, too many to be understood" in sentence
        assert "say one thing in at most 1,000" in sentence
        assert len(sentence) < 200
    assert "several" not in answer("a" * 996, "background: white")
    assert meant("blue " * 200, "background: white") == "background: blue"


def test_nothing_is_shown_of_a_list_without_end() -> None:
    many = AttributeNames({"place": tuple(f"place {number}" for number in range(5000))})
    sentence = answer("place: nowhere at all", names=many)
    assert sentence.endswith("place 28, place 29 and 4,970 more")
    assert meant("place 4999", names=many) == "place: place 4999"


def test_a_name_that_is_also_a_value() -> None:
    names = AttributeNames({"accessory": ("hat", "glasses"), "glasses": ("round", "square")})
    assert meant("accessory: glasses", names=names) == "accessory: glasses"
    assert meant("glasses: round", names=names) == "glasses: round"
    assert meant("round glasses", names=names) == "glasses: round"
    assert meant("glasses", names=names) == "accessory: glasses"


FACES = {"use": "avatars", "turns": "sentences", "train": 150, "validation": 1, "revised": 0.6}


def test_free_words_are_understood_or_refused_but_never_misunderstood() -> None:
    """Over what people may tell a painter of faces, in words that were not written for this."""
    faces = painterkit.build(Role.DATASET, FACES)
    names = AttributeNames(faces.attributes)
    understood = refused = 0
    for turns in (conversation.turns for conversation in faces.conversations("train")):
        for place, turn in enumerate(turns):
            try:
                found = understand(names, turn.text, turns[:place])
            except WrongInput:
                refused += 1
                continue
            understood += 1
            assert (found.attribute, found.value) == (turn.attribute, turn.value), turn.text
    assert understood > 2 * refused
