"""Say facts about a face one by one, as a person types them to a painter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from painterkit_avatars.chance import often, pick
from painterkit_avatars.language.facts import Fact
from painterkit_avatars.language.subject import Subject
from painterkit_avatars.language.wish import LACKING, Wish
from painterkit_avatars.language.wishes import WISHES

LABELLED = 0.25
"""Share of turns that are an attribute and its value, as in "hair colour: red"."""

ELLIPTICAL = 0.6
"""Share of the revisions straight after the mistake that say the new value alone."""

FULL_STOPS = 0.3

ASKED_THING = ("*", "*", "* please", "*, please")
ASKED_ORDER = ("*", "*", "* please", "please *", "can you *?", "could you *?", "now *")
REVISED_THING = ("no, *", "no wait, *", "actually, *", "i meant *", "sorry, *", "* after all")
REVISED_ORDER = (
    "no, *", "actually, *", "sorry, *", "wait, *", "* instead", "i changed my mind, *",
)  # fmt: skip
REVISED_FACT = (
    "no, *", "no wait, *", "actually *", "sorry, *", "i was wrong, *", "i misspoke, *",
    "* after all",
)  # fmt: skip
ELLIPSES = (
    "no, *", "no, *", "* instead", "make that *", "make it *", "actually *", "sorry, *",
    "i meant *", "no wait, *", "or rather *", "no, make that *", "*, not -",
)  # fmt: skip
"""Understood only straight after the wrong value, which goes to the place of `-`."""


def label_and_value(name: str, value: str) -> str:
    """Return an attribute turn: "hair colour: red"."""
    return f"{name.replace('_', ' ')}: {value}"


def write_instructions(random: Random, subject: Subject, facts: Sequence[Fact]) -> list[str]:
    """Return one sentence in lower case for each fact.

    A fact that puts an earlier one right says so. A sentence names its attribute, unless it
    corrects the sentence straight before it: "no, blue".
    """
    said: dict[str, str] = {}
    texts: list[str] = []
    before = ""
    for name, value in facts:
        if often(random, LABELLED):
            texts.append(label_and_value(name, value))
        else:
            words = _words(random, name, value, said, elliptical=name == before)
            # The garment has its name only if it was told: nobody may learn it from its colour.
            text = subject.say(words, said.get("clothing") or pick(random, ("outfit", "top")))
            texts.append(_ended(random, text))
        said[name] = value
        before = name
    return texts


def _words(random: Random, name: str, value: str, said: Mapping[str, str], elliptical: bool) -> str:
    wish = WISHES[name]
    if name not in said:
        return _wished(random, wish, value)
    if elliptical and often(random, ELLIPTICAL):
        return _elliptical(random, wish, value, said[name])
    return _revised(random, wish, value)


def _wished(random: Random, wish: Wish, value: str) -> str:
    kind = random.random()
    if kind < 0.45:
        thing = pick(random, wish.things[value])
        frame = pick(random, LACKING if thing.startswith("no ") else wish.frames)
        if frame == "*":
            frame = pick(random, ASKED_THING)
        return frame.replace("*", thing)
    if kind < 0.75:
        return pick(random, ASKED_ORDER).replace("*", pick(random, wish.orders[value]))
    return pick(random, wish.facts[value])


def _revised(random: Random, wish: Wish, value: str) -> str:
    kind = random.random()
    if kind < 0.3:
        words, frames = pick(random, wish.things[value]), REVISED_THING
    elif kind < 0.6:
        words, frames = pick(random, wish.orders[value]), REVISED_ORDER
    else:
        words, frames = pick(random, wish.facts[value]), REVISED_FACT
    return _put_right(random, frames, words, value)


def _elliptical(random: Random, wish: Wish, value: str, wrong: str) -> str:
    frames = [
        frame.replace("-", wish.short[wrong][0])
        for frame in ELLIPSES
        # "round glasses, not no glasses" is no English.
        if "none" not in (value, wrong) or "not" not in frame
    ]
    return _put_right(random, frames, pick(random, wish.short[value]), value)


def _put_right(random: Random, frames: Sequence[str], words: str, value: str) -> str:
    """Put words that correct a mistake into one of the frames that suit them."""
    unsuited = {"no, *"} if words.startswith("no ") else set[str]()
    if value == "none":
        unsuited.add("* instead")
    return pick(random, [frame for frame in frames if frame not in unsuited]).replace("*", words)


def _ended(random: Random, text: str) -> str:
    return text if text.endswith("?") or not often(random, FULL_STOPS) else f"{text}."
