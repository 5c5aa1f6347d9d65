"""Sentences that are read as they are, beside what their data call attributes and values.

A painter that reads free words is told them as they are typed. What is here finds the texts that
are no free words: "attribute: value", and a value alone, which nobody understands by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from painterkit.data.attribute_names import SMALL_WORDS, AttributeNames, Words, words_of
from painterkit.data.attribute_problems import nothing_known
from painterkit.data.attribute_words import CLAUSES
from painterkit.errors import Problem

LONGEST_NAME = 3
"""More words before a colon are no name that somebody takes for an attribute's."""

LONGEST_VALUE = 4
"""More words behind a colon are a sentence."""

ALIKE = 4
"""A word is known where it begins with so many letters of a known one: "smiling", as "smile"."""


def is_pair(names: AttributeNames, text: str) -> bool:
    """Tell whether a text has the form "attribute: value", be they known or not.

    A sentence or a question with a colon in it has not: "Does she wear glasses? Yes: round ones".

    >>> names = AttributeNames({"glasses": ("none", "round")})
    >>> [is_pair(names, text) for text in ("hat: blue", "no, hat: blue", "She is well: round ones")]
    [True, True, False]
    """
    left, colon, right = text.replace("\uff1a", ":").replace("=", ":").partition(":")
    *before, last = CLAUSES.split(left)
    name, value = words_of(last), words_of(right)
    if (
        not colon
        or not name
        or "?" in text
        or not SMALL_WORDS.issuperset(words_of(" ".join(before)))
    ):
        return False
    if names.attribute(name) is not None:
        return True
    # "Look: round glasses" says all that it means behind the colon.
    whole = any(one.attribute for one in names.mentions(value))
    short = len(name) <= LONGEST_NAME and len(value) <= LONGEST_VALUE
    return short and not whole and SMALL_WORDS.isdisjoint(name)


def values_alone(names: AttributeNames, text: str) -> dict[Words, Mapping[str, str]]:
    """Return the values that a text names, where it names nothing else, as "no, blue" does.

    Each has {attribute: value} for the attributes that have it.

    >>> names = AttributeNames({"colour": ("red", "blue")})
    >>> [len(values_alone(names, text)) for text in ("no, blue", "blue, not red", "a blue wall")]
    [1, 2, 0]
    """
    words = words_of(text)
    mentions = list(names.mentions(words))
    named = {place for one in mentions for place in range(one.start, one.end)}
    rest = (word for place, word in enumerate(words) if place not in named)
    if any(one.attribute for one in mentions) or not SMALL_WORDS.issuperset(rest):
        return {}
    return {words[one.start : one.end]: one.values for one in mentions}


def unknown_words(names: AttributeNames, text: str) -> Problem | None:
    """Return what to say of a text in which no word is known; None where one is."""
    words = words_of(text)
    known = [word for name in names.attributes for word in words_of(name)]
    known += [word for values in names.attributes.values() for v in values for word in words_of(v)]
    telling = [word for word in words if word not in SMALL_WORDS]
    exact, beginnings = set(known), {word[:ALIKE] for word in known if len(word) >= ALIKE}
    if any(word in exact or word[:ALIKE] in beginnings for word in telling):
        return None
    [problem] = nothing_known(names, text, words).problems
    return evolve(problem, what=f"{problem.what}, and is drawn as the painter reads it")
