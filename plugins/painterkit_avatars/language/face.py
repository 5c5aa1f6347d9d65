"""How people speak of skin, glasses and the mouth."""

from __future__ import annotations

from painterkit_avatars.language.speech import FollowUp, Speech, expand

SKIN_WORDS = {
    "pale": ("pale", "very pale"),
    "tanned": ("tanned", "sun-tanned"),
    "brown": ("brown", "medium brown"),
    "dark": ("dark", "very dark"),
}
SKIN_TONE = Speech(
    questions=(
        "what is the skin like?",
        "what skin tone {does} {he} have?",
        "what is {his} skin tone?",
        "what colour is the skin?",
        "skin tone?",
    ),
    short=SKIN_WORDS,
    full=expand(("the skin is *", "{he} {has} * skin"), SKIN_WORDS),
    asked={
        **expand(("is the skin *?", "is {his} skin *?"), SKIN_WORDS),
    },
    doubt=expand(("is the skin really *?", "so the skin is *?"), SKIN_WORDS),
    follow_ups=(
        FollowUp(
            lead=("is the skin rather light?", "is {his} skin rather light?"),
            lead_answer=("yes.", "yes, rather light."),
            elliptical=("is it tanned?", "tanned, or pale?"),
            named=("is the light skin tanned?", "is {his} skin tanned or pale?"),
            replies={
                "tanned": ("tanned.", "a bit tanned."),
                "pale": ("pale.", "no tan, pale."),
            },
        ),
        FollowUp(
            lead=("is the skin rather light?", "is {his} skin rather light?"),
            lead_answer=("no.", "no, it is not."),
            elliptical=("is it very dark?", "very dark, or brown?"),
            named=("is the skin very dark?", "is {his} skin very dark or brown?"),
            replies={
                "dark": ("very dark.", "yes, very dark."),
                "brown": ("medium brown.", "no, brown."),
            },
        ),
    ),
)

GLASSES_WORDS = {
    "none": ("no glasses", "none at all"),
    "round": ("round glasses", "round ones"),
    "sunglasses": ("sunglasses", "dark sunglasses"),
}
GLASSES = Speech(
    questions=(
        "what kind of glasses are there?",
        "what glasses {does} {he} wear?",
        "what about glasses?",
        "which glasses {is} {he} wearing?",
    ),
    short=GLASSES_WORDS,
    full={
        "none": ("there are no glasses", "{he} {does} not wear glasses"),
        "round": ("the glasses are round", "they are round glasses"),
        "sunglasses": ("the glasses are sunglasses", "they are dark sunglasses"),
    },
    asked={
        "none": ("{is} {he} without glasses?", "is the face without glasses?"),
        "round": ("round glasses?", "{does} {he} wear round glasses?", "are there round glasses?"),
        "sunglasses": ("sunglasses?", "{does} {he} wear sunglasses?", "are there sunglasses?"),
    },
    doubt={
        "none": ("is the face really without glasses?", "so the face is without glasses?"),
        "round": ("are the glasses really round?", "so the glasses are round?"),
        "sunglasses": ("are they really sunglasses?", "so the glasses are sunglasses?"),
    },
    absent=("{does} {he} wear glasses?", "any glasses?", "are there any glasses?", "glasses?"),
    absence_answers=("no.", "none.", "no, no glasses."),
    follow_ups=(
        FollowUp(
            lead=("any glasses?", "{does} {he} wear glasses?", "are there any glasses?"),
            lead_answer=("yes.", "yes, a pair."),
            elliptical=("are they round?", "round ones?"),
            named=("are the glasses round?", "does the pair of glasses look round?"),
            replies={
                "round": ("yes.", "yes, round."),
                "sunglasses": ("no.", "no, sunglasses.", "no, dark sunglasses."),
            },
        ),
        FollowUp(
            lead=("any glasses?", "{does} {he} wear glasses?", "are there any glasses?"),
            lead_answer=("yes.", "yes, a pair."),
            elliptical=("dark ones?", "are they dark?"),
            named=("are the glasses sunglasses?", "are the glasses dark?"),
            replies={
                "sunglasses": ("yes.", "yes, sunglasses."),
                "round": ("no.", "no, round ones.", "no, round glasses."),
            },
        ),
    ),
)

MOUTH_WORDS = {
    "smile": ("smiling", "a small smile"),
    "serious": ("serious", "a straight face"),
    "sad": ("sad", "sad and frowning"),
    "laughing": ("laughing", "a big open laugh"),
}
MOUTH = Speech(
    questions=(
        "what is the expression?",
        "what expression {does} {he} have?",
        "how {does} {he} look?",
        "what is the mouth doing?",
        "what mood {is} {he} in?",
    ),
    short=MOUTH_WORDS,
    full={
        "smile": ("{he} {is} smiling", "the mouth has a small smile"),
        "serious": ("{he} {is} serious", "the mouth is serious and straight"),
        "sad": ("{he} {is} sad", "the mouth is sad and frowning"),
        "laughing": ("{he} {is} laughing", "the mouth is laughing, wide open"),
    },
    asked={
        "smile": ("{is} {he} smiling?", "is there a small smile?"),
        "serious": ("{is} {he} serious?", "is the mouth serious and straight?"),
        "sad": ("{is} {he} sad?", "is the mouth sad and frowning?"),
        "laughing": ("{is} {he} laughing?", "is the mouth laughing?"),
    },
    doubt={
        "smile": ("{is} {he} really just smiling?", "so the mouth is smiling?"),
        "serious": ("{is} {he} really serious?", "so the mouth is serious?"),
        "sad": ("{is} {he} really sad?", "so the mouth is sad?"),
        "laughing": ("{is} {he} really laughing?", "so the mouth is laughing?"),
    },
    follow_ups=(
        FollowUp(
            lead=("{is} {he} happy?", "{does} {he} look happy?"),
            lead_answer=("yes.", "yes, happy."),
            elliptical=("laughing, even?", "with a laugh?"),
            named=("{is} {he} laughing out loud?", "is the mouth laughing?"),
            replies={
                "laughing": ("yes.", "yes, laughing."),
                "smile": ("no.", "no, just smiling.", "no, a small smile."),
            },
        ),
        FollowUp(
            lead=("{is} {he} happy?", "{does} {he} look happy?"),
            lead_answer=("no.", "no, not happy."),
            elliptical=("sad, then?", "so, sad?"),
            named=("{is} {he} sad?", "is the mouth sad and frowning?"),
            replies={
                "sad": ("yes.", "yes, sad."),
                "serious": ("no, just serious.", "no, a straight face."),
            },
        ),
    ),
)
