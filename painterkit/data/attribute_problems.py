"""What is wrong with words about attributes, and the nearest that are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from painterkit.data.attribute_names import (
    SMALL_WORDS,
    AttributeNames,
    Words,
    as_turn,
    spoken,
)
from painterkit.errors import Problem, WrongInput, nearest

SHOWN = 40
"""So many characters of a text are shown."""

GUESSED = 40
"""So many words of a text are compared with the known ones."""

LISTED = 30
"""So many names are listed."""

ALIKE = 0.75
"""How much alike a word of a sentence and a known one must be: most words are no misspelt value."""


def wrong(text: str, what: str, hint: str) -> WrongInput:
    """Return the error about a text."""
    return WrongInput(Problem(f"'{_short(text)}'", what, hint))


def unknown_attribute(names: AttributeNames, text: str, name: str) -> WrongInput:
    """Say that there is no attribute of this name."""
    return wrong(text, f"there is no attribute '{_short(name)}'", _near_attribute(names, name))


def no_value(
    names: AttributeNames, text: str, attributes: Collection[str], said: Words
) -> WrongInput:
    """Say that none of the attributes has the value, or that no value is named."""
    tried = [word for word in said if word not in SMALL_WORDS and not names.with_word(word)]
    known = [name for name in names.attributes if name in attributes]
    spoken_names = _either([spoken(name) for name in known])
    values = "; ".join(f"{spoken(one)} can be {_listed(names.attributes[one])}" for one in known)
    if not tried:
        return wrong(text, f"names no value of {spoken_names}", values)
    value = " ".join(tried)
    close = _near_word([value, *tried], [v for one in known for v in names.attributes[one]])
    what = f"{spoken_names} cannot be '{_short(value)}'"
    return wrong(text, what, f"{close} {values}" if close else values)


def not_one_thing(text: str, said: Iterable[Words]) -> WrongInput:
    """Say that a text says several things at once."""
    several = ", ".join(f"'{' '.join(words)}'" for words in said)
    return wrong(text, f"says several things: {several}", "say one thing at a time")


def ambiguous(text: str, said: Words, values: Mapping[str, str]) -> WrongInput:
    """Say which attributes a value could be of."""
    could = _either([spoken(name) for name in values])
    first = as_turn(next(iter(values.items()))).text
    return wrong(text, f"'{' '.join(said)}' could be {could}", f"say which, such as '{first}'")


def nothing_known(names: AttributeNames, text: str, words: Words) -> WrongInput:
    """Say that a text names no attribute and no value, and what comes nearest."""
    if not words:
        return wrong(text, "holds no words", _near_attribute(names, ""))
    known = [*map(spoken, names.attributes), *(v for one in names.attributes.values() for v in one)]
    tried = [word for word in words if word not in SMALL_WORDS][:GUESSED]
    close = _near_word([" ".join(tried), *tried], known)
    return wrong(
        text, "names no attribute and no value that is known", close or _near_attribute(names, "")
    )


def _near_attribute(names: AttributeNames, name: str) -> str:
    known = [spoken(one) for one in names.attributes]
    hint = nearest(_short(name), known)
    return hint if hint.startswith("did") else f"the attributes are {_listed(known)}"


def _near_word(tried: Sequence[str], known: Collection[str]) -> str:
    """Return a hint about the first of the words that is almost known, or nothing."""
    for word in tried:
        close = get_close_matches(word, known, n=1, cutoff=ALIKE)
        if close:
            return nearest(word, close)
    return ""


def _either(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _listed(names: Sequence[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _short(text: str) -> str:
    """Return the beginning of a text, on one line and without what a terminal would obey."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * SHOWN])
    shown = " ".join(shown.split())
    return f"{shown[:SHOWN]}…" if len(shown) > SHOWN or len(text) > 4 * SHOWN else shown
