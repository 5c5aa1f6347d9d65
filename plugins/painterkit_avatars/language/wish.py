"""How a person tells a painter what an attribute is to be."""

from __future__ import annotations

from attrs import frozen

from painterkit_avatars.language.speech import Wordings


@frozen
class Wish:
    """The words for one attribute; they name it, so they are understood without what came before.

    `things` are what the picture is to have ("ginger hair"), to be put into one of `frames` at
    the place of its `*`. `orders` say what to do ("dye {his} hair ginger"), `facts` how it is
    ("the hair is ginger"). `short` are the few words that are understood only straight after the
    attribute was spoken of ("ginger"); the first of them also goes after "not".
    """

    frames: tuple[str, ...]
    things: Wordings
    orders: Wordings
    facts: Wordings
    short: Wordings


HAVING = (
    "*", "*", "with *", "give {him} *", "{he} {has} *", "{he} should have *", "i want *",
    "i would like *", "let {him} have *", "draw {him} with *", "how about *?", "can {he} have *?",
)  # fmt: skip
WEARING = (
    "*", "*", "in *", "{he} wear{s} *", "{he} {is} wearing *", "{he} should wear *",
    "put {him} in *", "dress {him} in *", "i want {him} in *", "draw {him} in *", "how about *?",
    "can {he} wear *?",
)  # fmt: skip
STANDING = (
    "*", "*", "with *", "in front of *", "{he} {is} in front of *", "put {him} in front of *",
    "draw {him} in front of *", "i want *", "i would like *", "there is *", "how about *?",
    "can we have *?",
)  # fmt: skip
LACKING = ("*", "*", "with *", "i want *", "draw {him} with *", "there should be *", "{he} {has} *")
"""Around things that begin with "no"."""
