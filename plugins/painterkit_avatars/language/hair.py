"""How people speak of hair and of facial hair."""

from __future__ import annotations

from painterkit_avatars.language.speech import FollowUp, Speech, expand

COLOUR_WORDS = {
    "black": ("black", "jet black"),
    "brown": ("brown", "chestnut brown"),
    "blonde": ("blonde", "golden blonde"),
    "ginger": ("ginger", "ginger red"),
    "grey": ("grey", "silver grey"),
    "pink": ("pink", "bright pink"),
}
PERSON_WORDS = {
    "black": ("black-haired",),
    "brown": ("a brunette", "brown-haired"),
    "blonde": ("a blonde", "blonde-haired"),
    "ginger": ("a redhead", "red-haired"),
    "grey": ("grey-haired", "silver-haired"),
    "pink": ("pink-haired",),
}
HAIR_COLOUR = Speech(
    questions=(
        "what colour is the hair?",
        "what colour is {his} hair?",
        "which hair colour {does} {he} have?",
        "what about the hair colour?",
        "hair colour?",
    ),
    short=COLOUR_WORDS,
    full={
        value: (f"the hair is {words[0]}", f"it is {words[-1]}", f"{{he}} {{has}} {words[0]} hair")
        for value, words in COLOUR_WORDS.items()
    },
    asked={
        value: (
            f"is the hair {COLOUR_WORDS[value][0]}?",
            f"is {{his}} hair {COLOUR_WORDS[value][-1]}?",
            *(f"{{is}} {{he}} {word}?" for word in words),
        )
        for value, words in PERSON_WORDS.items()
    },
    doubt=expand(("is the hair really *?", "so the hair is *?"), COLOUR_WORDS),
)

SHAPE_CLAUSES = {
    "short": ("the hair is short", "it is cut short"),
    "long": ("the hair is long", "it is long and straight"),
    "curly": ("the hair is curly", "it is a big curly afro"),
    "bob": ("the hair is cut in a bob", "it is a chin-length bob"),
    "bun": ("the hair is in a bun", "it is tied up in a bun"),
    "bald": ("{he} {is} bald", "the head is bald"),
}
SHAPE_WORDS = {
    "short": ("short", "cut short"),
    "long": ("long", "long and straight"),
    "curly": ("curly", "a big curly afro"),
    "bob": ("a bob", "a chin-length bob"),
    "bun": ("in a bun", "tied up in a bun"),
    "bald": ("bald", "there is no hair at all"),
}
SHAPE_ASKED = {
    "short": ("is the hair short?", "{does} {he} have short hair?", "is it a short haircut?"),
    "long": ("is the hair long?", "{does} {he} have long hair?", "is the hair long and straight?"),
    "curly": ("is the hair curly?", "{does} {he} have curly hair?", "is the hair an afro?"),
    "bob": ("is the hair a bob?", "{does} {he} wear {his} hair in a bob?", "is the haircut a bob?"),
    "bun": ("is the hair in a bun?", "{does} {he} wear a bun?", "is the hair tied up in a bun?"),
    "bald": ("{is} {he} bald?", "is the head bald?", "is the person bald?"),
}
HAIR_SHAPE = Speech(
    questions=(
        "what is the hair like?",
        "what is {his} hair like?",
        "how {does} {he} wear {his} hair?",
        "how is the hair cut?",
        "what hairstyle is it?",
    ),
    short=SHAPE_WORDS,
    full=SHAPE_CLAUSES,
    asked=SHAPE_ASKED,
    doubt={
        "short": ("is the hair really short?", "so the hair is short?"),
        "long": ("is the hair really long?", "so the hair is long?"),
        "curly": ("is the hair really curly?", "so the hair is curly?"),
        "bob": ("is the hair really a bob?", "so the hair is a bob?"),
        "bun": ("is the hair really in a bun?", "so the hair is in a bun?"),
        "bald": ("{is} {he} really bald?", "so the head is bald?"),
    },
    follow_ups=(
        FollowUp(
            lead=("{does} {he} have any hair?", "is there hair on the head?"),
            lead_answer=("yes.", "yes, of course."),
            elliptical=("how is it cut?", "what style is it?"),
            named=("how is the hair cut?", "what is {his} hair like?"),
            replies={
                value: tuple(f"{word}." for word in words)
                for value, words in SHAPE_WORDS.items()
                if value != "bald"
            },
        ),
        FollowUp(
            lead=("is the hair tied up?", "{does} {he} have {his} hair tied up?"),
            lead_answer=("no.", "no, it is not."),
            elliptical=("is it long?", "long, then?"),
            named=("is the hair long?", "{does} {he} have long hair?"),
            replies={
                "long": ("yes.", "yes, long."),
                "short": ("no, short.", "no, it is cut short."),
                "bob": ("no, a bob.", "no, it is a chin-length bob."),
                "curly": ("no, curly.", "no, it is a big curly afro."),
            },
        ),
    ),
)

FACIAL_WORDS = {
    "none": ("no facial hair", "clean-shaven"),
    "moustache": ("a moustache", "just a moustache"),
    "beard": ("a beard", "a full beard"),
}
FACIAL_HAIR = Speech(
    questions=(
        "what facial hair is there?",
        "what facial hair {does} {he} have?",
        "what about facial hair?",
        "beard or moustache?",
    ),
    short=FACIAL_WORDS,
    full={
        "none": ("{he} {has} no facial hair", "{he} {is} clean-shaven"),
        "moustache": ("{he} {has} a moustache", "it is a moustache"),
        "beard": ("{he} {has} a beard", "it is a full beard"),
    },
    asked={
        "none": ("{is} {he} clean-shaven?", "is the face clean-shaven?"),
        "moustache": ("is there a moustache?", "{does} {he} have a moustache?", "a moustache?"),
        "beard": ("is there a beard?", "{does} {he} have a beard?", "a beard?"),
    },
    doubt={
        "none": ("is the face really clean-shaven?", "so the face is clean-shaven?"),
        "moustache": ("is it really a moustache?", "so there is a moustache?"),
        "beard": ("is it really a beard?", "so there is a beard?"),
    },
    absent=("is there any facial hair?", "{does} {he} have any facial hair?", "any facial hair?"),
    absence_answers=("no.", "none.", "no, clean-shaven."),
    follow_ups=(
        FollowUp(
            lead=("is there any facial hair?", "{does} {he} have any facial hair?"),
            lead_answer=("yes.", "yes, some."),
            elliptical=("is it a beard?", "a beard, then?"),
            named=("is the facial hair a beard?", "{does} {he} have a beard?"),
            replies={
                "beard": ("yes.", "yes, a beard."),
                "moustache": ("no.", "no, a moustache.", "no, just a moustache."),
            },
        ),
        FollowUp(
            lead=("is there any facial hair?", "any facial hair?"),
            lead_answer=("yes.", "yes, some."),
            elliptical=("what kind?", "of what kind?"),
            named=("what kind of facial hair?", "what kind of facial hair is it?"),
            replies={
                "beard": ("a beard.", "a full beard."),
                "moustache": ("a moustache.", "just a moustache."),
            },
        ),
    ),
)
