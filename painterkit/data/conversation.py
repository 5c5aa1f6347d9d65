"""What is said about a picture: captions and turns."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen


@frozen
class Turn:
    """One thing said: a sentence, a question with its answer, or an attribute with its value.

    `text` is what a text encoder reads: for a question it holds the question and its answer.
    """

    text: str
    question: str = ""
    answer: str = ""
    attribute: str = ""
    value: str = ""


Fact = tuple[str | int, str, str | None]
"""Who tells an attribute, "caption" or the index of a turn; the attribute; and its value."""


@frozen
class Conversation:
    """Everything said about one picture, and the truth where it is known.

    Without captions it has one, which is empty.

    `image` is the row of the picture in the images of the same split. `attributes` holds the
    true value of every attribute, or None where it cannot be seen (the hair colour of the
    bald); an attribute whose truth is not known is absent. `told_in` says for each of them who
    told it last: "caption" or the index of a turn; an attribute that nobody told is absent.
    `class_id` groups pictures of one class, -1 if the data set has no classes.

    `says` holds what the words tell where they are others than `told_in` speaks of, as those of
    the data set `retold`; without it that is what `told_in` and `attributes` say.
    """

    id: str
    captions: tuple[str, ...]
    turns: tuple[Turn, ...]
    image: int
    attributes: Mapping[str, str | None] = field(factory=dict)
    told_in: Mapping[str, str | int] = field(factory=dict)
    class_id: int = -1
    labels: tuple[int, ...] = ()
    says: tuple[Fact, ...] | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the caption and the turns tell, but for attributes that turns name themselves."""
        if self.says is not None:
            return self.says
        return tuple(
            (teller, name, self.attributes[name])
            for name, teller in self.told_in.items()
            if name in self.attributes
        )
