"""What a person means by words about attributes: "hair colour: red", then "no, blue"."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise

from attrs import evolve

from painterkit.data.attribute_names import (
    LONGEST,
    SMALL_WORDS,
    AttributeNames,
    Mention,
    Pair,
    Words,
    as_turn,
    words_of,
)
from painterkit.data.attribute_problems import (
    ambiguous,
    no_value,
    not_one_thing,
    nothing_known,
    unknown_attribute,
    wrong,
)
from painterkit.data.conversation import Turn

CLAUSES = re.compile(r"[,;.!?\u2013\u2014]|\s-\s|(?=\bbut\b)", re.IGNORECASE)
"""What stands between clauses. "no, round" corrects; "no glasses" asks for none."""

NOT = frozenset(["not", "isnt", "arent", "never", "dont", "doesnt", "shouldnt"])
"""No value is meant that follows one of these in its clause."""

INSTEAD_OF: tuple[Words, ...] = (("instead", "of"), ("rather", "than"), ("from",))
"""No value is meant that follows directly."""

WITHOUT: tuple[Words, ...] = (("no",), ("without",), ("remove",))
"""What follows directly is not to be there, where its attribute has a value for that."""

ABSENT: tuple[Words, ...] = (("none",), ("no",), ("nothing",), ("absent",), ("false",))
"""Values that say that something is not there."""

ARTICLES = ("a", "an", "any", "the")


def understand(names: AttributeNames, text: str, before: Sequence[Turn]) -> Turn:
    """Return the turn that a person means by a text, said after the turns `before`.

    The text names an attribute and a value of it, in whatever words, or a value alone: then it is
    meant of the only attribute that has it, or, as in "no, blue", of the one among several that was
    told last. Raises WrongInput where it names none, names what is not known, or could mean several
    things.
    """
    require_short(text)
    return as_turn(stated(names, text) or _in_sentence(names, text, before))


def require_short(text: str) -> None:
    """Raise WrongInput for a text that nobody types."""
    if len(text) > LONGEST:
        what = f"has {len(text):,} characters, too many to be understood"
        raise wrong(text, what, f"say one thing in at most {LONGEST:,}")


def stated(names: AttributeNames, text: str) -> Pair | None:
    """Return what "attribute: value" says; None where it is no name or no value by itself.

    Raises WrongInput where what stands before the colon is no name, and not made of words of one.
    """
    pair = names.pair(text)
    if pair is not None:
        return pair
    left, colon, right = _normal(text).replace("=", ":").partition(":")
    words = words_of(left)
    if not colon or not words:
        return None
    attribute = names.attribute(words_of(CLAUSES.split(left)[-1]))
    if attribute is not None:
        value = names.having(words_of(right)).get(attribute)
        return None if value is None else (attribute, value)
    content = [word for word in words if word not in SMALL_WORDS]
    if not any(names.mentions(words)) and not all(map(names.with_word, content or [""])):
        raise unknown_attribute(names, text, left)
    return None


def _in_sentence(names: AttributeNames, text: str, before: Sequence[Turn]) -> Pair:
    words = words_of(_normal(text))
    mentions = list(names.mentions(words))
    meant = _meant(names, text, words, mentions)
    rest = _rest(words, mentions)
    areas = _areas(names, rest, mentions, meant)
    kept = _without_adjectives(meant, areas)
    values = {words[one.start : one.end]: one.values for one in kept}
    if len(values) > 1:
        raise not_one_thing(text, values)
    for said, by_attribute in values.items():
        fitting = {a: value for a, value in by_attribute.items() if not areas or a in areas}
        if not fitting:
            raise no_value(names, text, areas, said)
        # With "wall" beside it, "blue" is not meant of what was told last.
        alone = kept == meant and all(w in SMALL_WORDS or names.with_word(w) for w in rest)
        attribute = _told_last(names, before if alone else (), fitting)
        if attribute is None:
            raise ambiguous(text, said, fitting)
        return attribute, fitting[attribute]
    if any(one.values for one in mentions):
        raise wrong(text, "says what is not meant", "say what is")
    if areas:
        raise no_value(names, text, areas, rest)
    raise nothing_known(names, text, words)


def _meant(
    names: AttributeNames, text: str, words: Words, mentions: Sequence[Mention]
) -> list[Mention]:
    """Return the values that are meant: those that are named, but for those that are refused."""
    if not mentions:
        beginning = names.having(words) if words else {}
        return [Mention(0, len(words), None, beginning)] if beginning else []
    clauses = _clauses(text)
    meant: list[Mention] = []
    for one in mentions:
        above = words[max(start for start in clauses if start <= one.start) : one.start]
        while above and above[-1] in ARTICLES:
            above = above[:-1]
        attributes = [one.attribute] if one.attribute else list(one.values)
        absent = _absent(names, attributes) if _ends(above, WITHOUT) else {}
        if absent:
            meant.append(evolve(one, attribute=None, values=absent))
        elif one.values and not _ends(above, INSTEAD_OF) and not NOT.intersection(above):
            meant.append(one)
    # What names an attribute too is meant as a value where there is no other.
    return [one for one in meant if one.attribute is None] or meant


def _areas(
    names: AttributeNames, rest: Words, mentions: Sequence[Mention], meant: Sequence[Mention]
) -> set[str]:
    """Return the attributes that a sentence names, or else those with most words of it."""
    named = {one.attribute for one in mentions if one.attribute and one not in meant}
    if named:
        return named
    count = Counter(name for word in set(rest) for name in names.with_word(word))
    return {name for name in count if count[name] == max(count.values())}


def _without_adjectives(meant: Sequence[Mention], areas: set[str]) -> list[Mention]:
    """Leave out values that no area has, straight before one that an area has: "pale blue"."""
    colouring = [
        one
        for one, following in pairwise(meant)
        if one.end == following.start
        and areas.isdisjoint(one.values)
        and areas & following.values.keys()
    ]
    return [one for one in meant if one not in colouring]


def _absent(names: AttributeNames, attributes: Collection[str]) -> dict[str, str]:
    """Return the value of each attribute that says that it is not there, where it has one."""
    return {
        attribute: value
        for attribute in attributes
        for value in reversed(names.attributes[attribute])
        if words_of(value) in ABSENT
    }


def _told_last(
    names: AttributeNames, before: Sequence[Turn], fitting: Collection[str]
) -> str | None:
    """Return the only attribute, or the one of several that was told last, if any was."""
    if len(fitting) == 1:
        return next(iter(fitting))
    for turn in reversed(before):
        attribute = turn.attribute or (names.pair(turn.text) or ("", ""))[0]
        if attribute in fitting:
            return attribute
    return None


def _clauses(text: str) -> list[int]:
    """Return the word at which each clause of a text begins."""
    counts = [len(words_of(clause)) for clause in CLAUSES.split(_normal(text))]
    return [0, *accumulate(counts)]


def _rest(words: Words, mentions: Sequence[Mention]) -> Words:
    """Return the words that name nothing."""
    named = {place for one in mentions for place in range(one.start, one.end)}
    return tuple(word for place, word in enumerate(words) if place not in named)


def _ends(words: Words, endings: Sequence[Words]) -> bool:
    return any(words[-len(ending) :] == ending for ending in endings)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
