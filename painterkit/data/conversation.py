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


@frozen
class Conversation:
    """Everything said about one picture, and the truth where it is known.

    Without captions it has one, which is empty.

    `image` is the row of the picture in the images of the same split. `attributes` holds the
    true value of every attribute, or None where it cannot be seen (the hair colour of the
    bald). `told_in` says for each attribute who told it last: "caption" or the index of a turn;
    an attribute that nobody told is absent. `class_id` groups pictures of one class, -1 if the
    data set has no classes.
    """

    id: str
    captions: tuple[str, ...]
    turns: tuple[Turn, ...]
    image: int
    attributes: Mapping[str, str | None] = field(factory=dict)
    told_in: Mapping[str, str | int] = field(factory=dict)
    class_id: int = -1
    labels: tuple[int, ...] = ()
