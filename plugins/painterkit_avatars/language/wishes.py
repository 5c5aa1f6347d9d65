"""The words in which a person tells a painter what each attribute is to be."""

from __future__ import annotations

from collections.abc import Mapping

from painterkit_avatars.language.face import SKIN_WORDS
from painterkit_avatars.language.hair import COLOUR_WORDS, PERSON_WORDS
from painterkit_avatars.language.scene import BACKGROUND_WORDS, CLOTHING_COLOUR_WORDS, GARMENTS
from painterkit_avatars.language.speech import Wordings, expand
from painterkit_avatars.language.wish import HAVING, STANDING, WEARING, Wish

HAIR_WORDS: Wordings = {
    **COLOUR_WORDS,
    "blonde": (*COLOUR_WORDS["blonde"], "blond"),
    "ginger": (*COLOUR_WORDS["ginger"], "red"),
    "grey": (*COLOUR_WORDS["grey"], "gray"),
}
HAIR_COLOUR = Wish(
    frames=HAVING,
    things=expand(("* hair",), HAIR_WORDS),
    orders={
        value: (*orders, f"make {{him}} {PERSON_WORDS[value][0]}")
        for value, orders in expand(
            (
                "make the hair *",
                "make {his} hair *",
                "dye {his} hair *",
                "colour the hair *",
                "change the hair colour to *",
            ),
            HAIR_WORDS,
        ).items()
    },
    facts={
        value: (*facts, *(f"{{he}} {{is}} {word}" for word in PERSON_WORDS[value]))
        for value, facts in expand(
            ("the hair is *", "{his} hair is *", "the hair should be *"), HAIR_WORDS
        ).items()
    },
    short=HAIR_WORDS,
)

HAIR_SHAPE = Wish(
    frames=HAVING,
    things={
        "short": ("short hair", "a short haircut"),
        "long": ("long hair", "long straight hair"),
        "curly": ("curly hair", "an afro", "a big curly afro"),
        "bob": ("a bob", "a chin-length bob", "a bob haircut"),
        "bun": ("a bun", "a hair bun"),
        "bald": ("a bald head", "no hair"),
    },
    orders={
        "short": ("make the hair short", "cut {his} hair short", "cut the hair short"),
        "long": ("make the hair long", "make {his} hair long and straight", "make {his} hair long"),
        "curly": ("make the hair curly", "make {his} hair curly", "change the hair to an afro"),
        "bob": ("cut {his} hair in a bob", "cut the hair in a bob", "change the haircut to a bob"),
        "bun": (
            "put {his} hair in a bun",
            "tie {his} hair up in a bun",
            "put the hair up in a bun",
        ),
        "bald": ("make {him} bald", "shave {his} head", "remove the hair", "make the head bald"),
    },
    facts={
        "short": ("the hair is short", "{his} hair is short", "the hair should be short"),
        "long": ("the hair is long", "{his} hair is long", "the hair should be long"),
        "curly": ("the hair is curly", "{his} hair is curly", "the hair should be curly"),
        "bob": ("the hair is cut in a bob", "{his} hair is in a bob", "{he} wear{s} a bob"),
        "bun": ("the hair is in a bun", "{his} hair is tied up in a bun", "{he} wear{s} a bun"),
        "bald": ("{he} {is} bald", "the head is bald", "{he} should be bald"),
    },
    short={
        "short": ("short", "short hair"),
        "long": ("long", "long hair"),
        "curly": ("curly", "an afro"),
        "bob": ("a bob",),
        "bun": ("a bun",),
        "bald": ("bald",),
    },
)

SKIN_TONE = Wish(
    frames=HAVING,
    things=expand(("* skin",), SKIN_WORDS),
    orders=expand(
        ("make the skin *", "make {his} skin *", "give {him} * skin", "change the skin tone to *"),
        SKIN_WORDS,
    ),
    facts=expand(
        ("the skin is *", "{his} skin is *", "the skin tone is *", "the skin should be *"),
        SKIN_WORDS,
    ),
    short=SKIN_WORDS,
)

GLASSES = Wish(
    frames=(*HAVING, "{he} wear{s} *", "{he} {is} wearing *"),
    things={
        "none": ("no glasses", "no spectacles"),
        "round": ("round glasses", "a pair of round glasses", "round spectacles"),
        "sunglasses": ("sunglasses", "dark sunglasses", "a pair of sunglasses"),
    },
    orders={
        "none": ("remove the glasses", "take the glasses off", "draw {him} without glasses"),
        **expand(
            ("add *", "put * on {him}", "put * on {his} nose", "draw * on {his} face"),
            {"round": ("round glasses",), "sunglasses": ("sunglasses", "dark sunglasses")},
        ),
    },
    facts={
        "none": ("{he} {does} not wear glasses", "{he} wear{s} no glasses", "there are no glasses"),
        "round": (
            "the glasses are round",
            "{he} {has} round glasses on",
            "{he} need{s} round glasses",
        ),
        "sunglasses": (
            "the glasses are dark",
            "{he} {has} sunglasses on",
            "{he} need{s} sunglasses",
        ),
    },
    short={
        "none": ("no glasses", "without glasses"),
        "round": ("round glasses", "round ones"),
        "sunglasses": ("sunglasses", "dark sunglasses"),
    },
)

FACIAL_HAIR = Wish(
    frames=HAVING,
    things={
        "none": ("no facial hair", "no beard or moustache", "a clean-shaven face"),
        "moustache": ("a moustache", "just a moustache", "a mustache"),
        "beard": ("a beard", "a full beard"),
    },
    orders={
        "none": ("make {him} clean-shaven", "remove the facial hair", "shave {his} face"),
        "moustache": ("add a moustache", "let {him} grow a moustache", "draw a moustache"),
        "beard": ("add a beard", "let {him} grow a beard", "draw a full beard"),
    },
    facts={
        "none": ("{he} {is} clean-shaven", "the face is clean-shaven", "there is no facial hair"),
        "moustache": ("there is a moustache", "the facial hair is a moustache"),
        "beard": ("there is a beard", "the facial hair is a beard", "{he} {is} bearded"),
    },
    short={
        "none": ("clean-shaven", "no facial hair"),
        "moustache": ("a moustache", "just a moustache"),
        "beard": ("a beard", "a full beard"),
    },
)

MOUTH = Wish(
    frames=HAVING,
    things={
        "smile": ("a smile", "a small smile", "a smiling face"),
        "serious": ("a serious look", "a serious face", "a straight face"),
        "sad": ("a sad face", "a sad mouth", "a frown"),
        "laughing": ("a laughing face", "a laughing mouth", "a big open laugh"),
    },
    orders={
        "smile": ("make {him} smile", "let {him} smile"),
        "serious": ("make {him} serious", "make {him} look serious", "let {him} look serious"),
        "sad": ("make {him} sad", "make {him} look sad", "let {him} frown", "make {him} frown"),
        "laughing": ("make {him} laugh", "let {him} laugh", "make {him} laugh out loud"),
    },
    facts={
        "smile": ("{he} {is} smiling", "{he} smile{s}", "{he} should smile"),
        "serious": ("{he} {is} serious", "{he} look{s} serious", "{he} should look serious"),
        "sad": ("{he} {is} sad", "{he} look{s} sad", "{he} {is} frowning", "{he} should look sad"),
        "laughing": ("{he} {is} laughing", "{he} laugh{s}", "{he} should laugh"),
    },
    short={
        "smile": ("a smile", "a small smile"),
        "serious": ("serious", "a straight face"),
        "sad": ("sad", "a frown"),
        "laughing": ("laughing", "a laugh"),
    },
)

GARMENT_WORDS: Wordings = {
    "hoodie": GARMENTS["hoodie"],
    "blazer": (*GARMENTS["blazer"], "a suit jacket"),
    "t-shirt": GARMENTS["t-shirt"],
    "overall": (*GARMENTS["overall"], "overalls", "dungarees"),
}
CLOTHING = Wish(
    frames=WEARING,
    things=GARMENT_WORDS,
    orders=expand(
        ("put * on {him}", "give {him} *", "change the clothes to *", "let {him} wear *"),
        GARMENT_WORDS,
    ),
    facts=expand(
        ("{he} {is} dressed in *", "{he} {has} * on", "{he} should have * on"), GARMENT_WORDS
    ),
    short=GARMENT_WORDS,
)

CLOTHING_COLOUR = Wish(
    frames=WEARING,
    things=expand(("* clothes", "a * {garment}"), CLOTHING_COLOUR_WORDS),
    orders=expand(
        (
            "make the {garment} *",
            "make {his} {garment} *",
            "colour the {garment} *",
            "change the {garment} to *",
            "dress {him} in *",
        ),
        CLOTHING_COLOUR_WORDS,
    ),
    facts=expand(
        (
            "the {garment} is *",
            "{his} {garment} is *",
            "the {garment} should be *",
            "the clothes are *",
            "{he} {is} dressed in *",
        ),
        CLOTHING_COLOUR_WORDS,
    ),
    short=CLOTHING_COLOUR_WORDS,
)

BACKDROP_WORDS: Wordings = {**BACKGROUND_WORDS, "lilac": ("lilac", "pale lilac", "light purple")}
BACKGROUND = Wish(
    frames=STANDING,
    things=expand(("a * background", "a * wall"), BACKDROP_WORDS),
    orders=expand(
        (
            "make the background *",
            "paint the background *",
            "change the background to *",
            "paint the wall *",
        ),
        BACKDROP_WORDS,
    ),
    facts=expand(
        ("the background is *", "the background should be *", "the wall behind {him} is *"),
        BACKDROP_WORDS,
    ),
    short=BACKDROP_WORDS,
)

WISHES: Mapping[str, Wish] = {
    "hair_shape": HAIR_SHAPE,
    "hair_colour": HAIR_COLOUR,
    "skin_tone": SKIN_TONE,
    "glasses": GLASSES,
    "facial_hair": FACIAL_HAIR,
    "mouth": MOUTH,
    "clothing": CLOTHING,
    "clothing_colour": CLOTHING_COLOUR,
    "background": BACKGROUND,
}
