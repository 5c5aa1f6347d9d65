"""What a painter takes from the turns that anyone says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from attrs import evolve, frozen

from painterkit.data import Turn
from painterkit.data.attribute_names import AttributeNames
from painterkit.data.attribute_words import require_short, stated, understand
from painterkit.data.free_words import is_pair, unknown_words, values_alone
from painterkit.errors import PainterkitError, Problem, WrongInput
from painterkit.interfaces.dataset import Dataset, TellsAttributes
from painterkit.interfaces.text_encoder import TextEncoder, Understands


@frozen
class Heard:
    """A turn as it is shown, with the attribute that it was understood to tell.

    `read` is what the turn encoder reads of it. `doubt` says that no word of it is known.
    """

    turn: Turn
    read: str
    doubt: Problem | None = None


class Hearing:
    """Understand turns, each after those before it.

    A turn encoder that knows attributes alone says itself what it takes a text for, and is shown
    so. To any other, where the data's turns tell `attributes`, a text stays what it is, but that

    - "attribute: value" must name what there is;
    - a value alone, as in "no, blue", is of the attribute that was told last and has it, and is
      refused where it could be several;
    - a text is not longer than anybody types.

    Without `attributes` everything is read as it is.
    """

    def __init__(
        self, encoder: TextEncoder, attributes: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.encoder = encoder
        self.names = AttributeNames(attributes) if attributes else None

    def hear(self, text: str, before: Sequence[Turn] = ()) -> Heard:
        """Return what is heard of a text, said after the turns `before`.

        Raises WrongInput for what is not known, with the nearest that is.
        """
        text = whole_characters(text)
        if isinstance(self.encoder, Understands):
            turn = self.encoder.understand(text, before)
            return Heard(turn, turn.text)
        if self.names is None:
            return Heard(Turn(text), text)
        return _heard_freely(self.names, text, before)

    def hear_all(self, texts: Sequence[str]) -> list[Heard]:
        """Return what is heard of texts, said one after the other.

        Raises WrongInput as `hear` does, and for one text in place of several: its letters would
        be heard as turns.
        """
        if isinstance(texts, str):
            problem = Problem("turns", "must be a list of texts, got one text", "write [text]")
            raise WrongInput(problem)
        found: list[Heard] = []
        for text in texts:
            found.append(self.hear(text, [one.turn for one in found]))
        return found


def told_attributes(dataset: Dataset) -> Mapping[str, Sequence[str]]:
    """Return the attributes that a data set's turns tell; none if its files are not here."""
    with suppress(PainterkitError):
        if isinstance(dataset, TellsAttributes) and dataset.tells_attributes:
            return dataset.attributes
    return {}


def whole_characters(text: str) -> str:
    """Return a text with half characters, as broken bytes on a command line make, replaced.

    Tokenizers refuse them.

    >>> whole_characters("a \\udcff face")
    'a � face'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _heard_freely(names: AttributeNames, text: str, before: Sequence[Turn]) -> Heard:
    require_short(text)
    alone = values_alone(names, text)
    several = len(alone) == 1 and max(map(len, alone.values())) > 1
    # After a sentence that was not understood a value alone may be of what the sentence told.
    lost = len(before) > 0 and not before[-1].attribute
    try:
        pair = understand(names, text, () if lost else before)
    except WrongInput:
        if is_pair(names, text) or (several and not lost):
            raise
        return Heard(Turn(text), text, unknown_words(names, text))
    turn = evolve(pair, text=text)
    corrects = bool(alone) and any(one.attribute == pair.attribute for one in before)
    # Data whose turns tell attributes tell them in pairs, of every value and at every place of a
    # conversation, in corrections too. "no, blue" they seldom tell, or never: it is less learned.
    as_pair = corrects or stated(names, text) is not None
    return Heard(turn, pair.text if as_pair else text)
