"""The names of attributes and of their values, as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from painterkit.data.conversation import Turn

Words = tuple[str, ...]
"""The words of a text in small letters, without punctuation."""

Pair = tuple[str, str]
"""An attribute and one of its values, as the data set writes them."""

SPELLINGS = {"color": "colour", "gray": "grey"}

SMALL = """
a about actually after all am an and any are as at be become better but can change changed could did
do does dont for from give had has have he her hers him his how i id im in instead into is isnt it
its just let like made make mean meant mind misspoke more my never no nope not now of oh ok okay on
oops or paint please put rather really said say set she should so some sorry that thats the their
them then there they this to turn very wait want was we were what which will wish with without would
wrong yes you
"""
SMALL_WORDS = frozenset(SMALL.split())
"""Words that name nothing: in "no, make it blue" nothing is named but blue."""

LONGEST = 1000
"""A text of more characters names nothing: nobody types it."""


def words_of(text: str) -> Words:
    """Return the words of a text, spelt one way.

    >>> words_of("Hair_Color: T-shirt, isn't it?")
    ('hair', 'colour', 't', 'shirt', 'isnt', 'it')
    """
    plain = re.sub("['’]", "", unicodedata.normalize("NFKC", text)).casefold()
    words: list[str] = re.findall(r"[^\W_]+", plain)
    return tuple(SPELLINGS.get(word, word) for word in words)


def plainly(text: str) -> str:
    """Return a text in which case, spaces and underscores make no difference.

    >>> plainly("  Hair_Colour :RED ")
    'hair colour:red'
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    return re.sub(r"\s*:\s*", ":", " ".join(text.split()))


def as_turn(pair: Pair) -> Turn:
    """Return the turn that says a pair, as data sets write it."""
    attribute, value = pair
    return Turn(f"{spoken(attribute)}: {value}", attribute=attribute, value=value)


def spoken(attribute: str) -> str:
    """Return the name of an attribute as people write it."""
    return attribute.replace("_", " ")


@frozen
class Mention:
    """Words `start` to `end` of a text, which name an attribute, or a value of some, or both.

    `values` holds the value that is meant by attribute.
    """

    start: int
    end: int
    attribute: str | None
    values: Mapping[str, str]


class AttributeNames:
    """Find the attributes and values of a data set in words.

    Where two names are one to `words_of`, the first is meant.
    """

    def __init__(self, attributes: Mapping[str, Sequence[str]]) -> None:
        self.attributes = {name: tuple(values) for name, values in attributes.items()}
        pairs = [(name, value) for name, values in self.attributes.items() for value in values]
        self._pairs = {plainly(as_turn(pair).text): pair for pair in reversed(pairs)}
        self._names = {words_of(name): name for name in reversed(self.attributes)}
        self._values: dict[Words, dict[str, str]] = {}
        for name, value in pairs:
            self._values.setdefault(words_of(value), {}).setdefault(name, value)
        self._beginnings = _beginnings(self._values)
        self._longest = max(map(len, [*self._names, *self._values]), default=0)

    def pair(self, text: str) -> Pair | None:
        """Return what a text such as "hair colour: red" says, None for any other."""
        return self._pairs.get(plainly(text)) if len(text) <= LONGEST else None

    def attribute(self, words: Words) -> str | None:
        """Return the attribute of exactly this name."""
        return self._names.get(words)

    def having(self, words: Words) -> Mapping[str, str]:
        """Return {attribute: value} for the value of exactly this name.

        A value can also be named by its first words, such as "small" for "small_(5_-_9_in)", where
        no other of the attribute begins with them.
        """
        return {**self._beginnings.get(words, {}), **self._values.get(words, {})}

    def mentions(self, words: Words) -> Iterator[Mention]:
        """Find the names in a sentence from left to right, the longest at each place."""
        start = 0
        while start < len(words):
            for end in range(min(start + self._longest, len(words)), start, -1):
                name, values = self._names.get(words[start:end]), self._values.get(words[start:end])
                if name is not None or values is not None:
                    yield Mention(start, end, name, values or {})
                    start = end
                    break
            else:
                start += 1

    def with_word(self, word: str) -> list[str]:
        """Return the attributes whose name has a word, as "hair" has it, or "haired"."""
        if word in SMALL_WORDS:
            return []
        return [
            name
            for words, name in self._names.items()
            if any(word == one or (len(one) > 3 and word.startswith(one)) for one in words)
        ]


def _beginnings(values: Mapping[Words, Mapping[str, str]]) -> dict[Words, dict[str, str]]:
    """Return {attribute: value} by the first words that no other value of the attribute has."""
    found: dict[Words, dict[str, str]] = {}
    shared: set[tuple[Words, str]] = set()
    for words, named in values.items():
        for count in range(1, len(words)):
            for attribute, value in named.items():
                known = found.setdefault(words[:count], {})
                if attribute in known:
                    shared.add((words[:count], attribute))
                known[attribute] = value
    for words, attribute in shared:
        del found[words][attribute]
    return found
