"""How people speak of clothing and of the background."""

from __future__ import annotations

from painterkit_avatars.language.speech import FollowUp, Speech, expand

GARMENTS = {
    "hoodie": ("a hoodie", "a hooded sweatshirt"),
    "blazer": ("a blazer", "a suit blazer"),
    "t-shirt": ("a t-shirt", "a plain t-shirt"),
    "overall": ("an overall", "a bib overall"),
}
CLOTHING = Speech(
    questions=(
        "what {is} {he} wearing?",
        "what {does} {he} wear?",
        "what kind of clothes are they?",
        "what garment is it?",
    ),
    short=GARMENTS,
    full=expand(("{he} {is} wearing *", "the garment is *"), GARMENTS),
    asked=expand(("{is} {he} wearing *?", "is the garment *?"), GARMENTS),
    doubt=expand(("is the garment really *?", "so the garment is *?"), GARMENTS),
    follow_ups=(
        FollowUp(
            lead=("{is} {he} dressed up?", "{is} {he} dressed formally?"),
            lead_answer=("no.", "no, not really."),
            elliptical=("what is it, then?", "so what is it?"),
            named=("what {is} {he} wearing, then?", "what kind of garment, then?"),
            replies={
                value: tuple(f"{word}." for word in words)
                for value, words in GARMENTS.items()
                if value != "blazer"
            },
        ),
    ),
)

CLOTHING_COLOUR_WORDS = {
    "red": ("red", "bright red"),
    "blue": ("blue", "royal blue"),
    "green": ("green", "grass green"),
    "yellow": ("yellow", "bright yellow"),
    "black": ("black", "plain black"),
    "white": ("white", "plain white"),
}
CLOTHING_COLOUR = Speech(
    questions=(
        "what colour is the {garment}?",
        "what colour is {his} {garment}?",
        "which colour does the {garment} have?",
    ),
    short=CLOTHING_COLOUR_WORDS,
    full=expand(("the clothes are *", "{he} {is} dressed in *"), CLOTHING_COLOUR_WORDS),
    asked=expand(
        ("is the {garment} *?", "{is} {he} dressed in *?"),
        {value: words[:1] for value, words in CLOTHING_COLOUR_WORDS.items()},
    ),
    doubt=expand(
        ("is the {garment} really *?", "so the {garment} is *?"),
        {value: words[:1] for value, words in CLOTHING_COLOUR_WORDS.items()},
    ),
)

BACKGROUND_WORDS = {
    "white": ("white", "plain white"),
    "blue": ("blue", "pale blue"),
    "green": ("green", "pale green"),
    "yellow": ("yellow", "pale yellow"),
    "lilac": ("lilac", "pale lilac purple"),
}
BACKGROUND = Speech(
    questions=(
        "what colour is the background?",
        "what is behind {his} head?",
        "what about the background?",
        "which colour is the wall?",
        "background colour?",
    ),
    short={
        value: (*words, f"a {words[-1]} background") for value, words in BACKGROUND_WORDS.items()
    },
    full=expand(("the background is *", "the wall is *"), BACKGROUND_WORDS),
    asked=expand(("is the background *?", "is the wall behind {his} head *?"), BACKGROUND_WORDS),
    doubt=expand(("is the background really *?", "so the background is *?"), BACKGROUND_WORDS),
    follow_ups=(
        FollowUp(
            lead=("is there anything in the background?", "is the background busy?"),
            lead_answer=("no, one plain colour.", "no, nothing."),
            elliptical=("which colour is it?", "what colour, then?"),
            named=("which colour is the background?", "what colour is the plain background?"),
            replies=expand(("*.",), BACKGROUND_WORDS),
        ),
    ),
)
