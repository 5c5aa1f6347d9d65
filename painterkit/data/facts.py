"""What was said of each attribute, when, and what the pictures show: as tables of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit.data.order import choose

UNSEEN = -1
"""Of an attribute that cannot be seen in a picture, such as the hair colour of the bald."""

UNKNOWN = -2
"""Of an attribute that nobody has spoken of, or that the data do not know."""

Table = npt.NDArray[np.int32]


class Facts:
    """Tell of the conversations of a split what was said, and what is true.

    Values stand for their place in the data set's `attributes`. Without `from_captions` only turns
    count as said. The tables are made when they are first asked for.
    """

    def __init__(
        self,
        conversations: Sequence[Conversation],
        attributes: Mapping[str, Sequence[str]],
        from_captions: bool = True,
    ) -> None:
        self.conversations = conversations
        self.names = tuple(attributes)
        self.from_captions = from_captions
        self._places = {
            name: {value: place for place, value in enumerate(values)}
            for name, values in attributes.items()
        }

    @cached_property
    def truth(self) -> Table:
        """What each picture shows, [N, A]."""
        table = np.full((len(self.conversations), len(self.names)), UNKNOWN, np.int32)
        for row, conversation in enumerate(self.conversations):
            for column, name in enumerate(self.names):
                if name in conversation.attributes:
                    table[row, column] = self._place(name, conversation.attributes[name])
        return table

    @cached_property
    def said(self) -> Table:
        """What had been said before the first turn and after each turn, [N, longest + 1, A].

        After the last turn it stays as it is.
        """
        longest = max((len(c.turns) for c in self.conversations), default=0)
        shape = (len(self.conversations), longest + 1, len(self.names))
        table = np.full(shape, UNKNOWN, np.int32)
        for row, conversation in enumerate(self.conversations):
            for moment, name, value in self._sayings(conversation):
                table[row, moment:, self.names.index(name)] = self._place(name, value)
        return table

    def matching(self, rows: npt.NDArray[np.int64], key: Sequence[int]) -> npt.NDArray[np.int64]:
        """Return rows whose pictures fit what had been said in `rows` [B] so far, [B, moments].

        One of all that fit is chosen by the key, row and moment. Where none fits, as after a
        mistake that no picture shows, it is the row itself.
        """
        said = self.said[rows]
        found = np.empty(said.shape[:2], np.int64)
        for place, row in enumerate(rows):
            for moment in range(said.shape[1]):
                fitting = self._fitting(said[place, moment])
                fitting = fitting if len(fitting) else np.array([row])
                number = np.array([int(row) * said.shape[1] + moment])
                [chosen] = choose(key, number, np.array([len(fitting)]))
                found[place, moment] = fitting[chosen]
        return found

    def _fitting(self, said: Table) -> npt.NDArray[np.int64]:
        """Return the rows of the split whose truth is what was said, where anything was."""
        fits = np.ones(len(self.conversations), bool)
        for column in np.flatnonzero(said != UNKNOWN):
            fits &= self._columns[column] == said[column]
        return np.flatnonzero(fits)

    @cached_property
    def _columns(self) -> Table:
        return np.ascontiguousarray(self.truth.T)

    def _sayings(self, conversation: Conversation) -> list[tuple[int, str, str | None]]:
        """Return (moment, attribute, value) of everything that is known to have been said."""
        told_at: dict[int, list[tuple[str, str | None]]] = {}
        for teller, name, value in conversation.facts:
            if isinstance(teller, int) or self.from_captions:
                moment = teller + 1 if isinstance(teller, int) else 0
                told_at.setdefault(moment, []).append((name, value))
        sayings: list[tuple[int, str, str | None]] = []
        for moment in range(len(conversation.turns) + 1):
            turn = conversation.turns[moment - 1] if moment else None
            sayings += [(moment, *told) for told in told_at.get(moment, ())]
            if turn is not None and turn.attribute in self._places:
                sayings.append((moment, turn.attribute, turn.value))
        return [saying for saying in sayings if saying[1] in self._places]

    def _place(self, name: str, value: str | None) -> int:
        return UNSEEN if value is None else self._places[name].get(value, UNKNOWN)
