"""One line of a JSON-lines file: what it tells of a picture, or all that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from attrs import frozen

from painterkit.data.conversation import Turn
from painterkit.errors import nearest
from painterkit.interfaces.dataset import SPLITS
from painterkit_datasets.json_object import Fault, is_whole, kind, read_object

KEYS = (
    "image",
    "caption",
    "captions",
    "turns",
    "attributes",
    "told_in",
    "class",
    "split",
    "id",
)
TURN_KINDS = ({"question", "answer"}, {"attribute", "value"})

Value = str | int
"""The value of an attribute: text, a whole number, or true or false."""


@frozen
class Line:
    """What a line tells of a picture. What it leaves out is empty.

    `attributes` are as they were written; `said` are the attributes and values of its turns.
    """

    number: int
    image: str
    captions: tuple[str, ...]
    turns: tuple[Turn, ...]
    attributes: Mapping[str, Value | None]
    said: tuple[tuple[str, Value], ...]
    told_in: Mapping[str, str | int] | None
    class_name: str
    split: str
    id: str


def read_line(text: str, number: int) -> Line | list[Fault]:
    """Read a line; return everything that is wrong with it if anything is."""
    data = read_object(text)
    return [data] if isinstance(data, Fault) else _Reader(data, number).read()


class _Reader:
    """Read the keys of one line and gather what is wrong with them."""

    def __init__(self, data: dict[str, Any], number: int) -> None:
        self.data = data
        self.number = number
        self.faults: list[Fault] = [
            Fault(f"unknown key '{key}'", nearest(key, KEYS)) for key in data if key not in KEYS
        ]
        self.said: list[tuple[str, Value]] = []

    def read(self) -> Line | list[Fault]:
        """Read them all."""
        turns = self._turns()
        line = Line(
            number=self.number,
            image=self._image(),
            captions=self._captions(),
            turns=turns,
            attributes=self._attributes(),
            said=tuple(self.said),
            told_in=self._told_in(len(turns)),
            class_name=self._text("class"),
            split=self._split(),
            id=self._text("id"),
        )
        return self.faults or line

    def _image(self) -> str:
        if "image" not in self.data:
            self._fault("has no 'image'", 'give the name of its picture: "image": "a.jpg"')
            return ""
        name = self.data["image"]  # its spaces are left as they are; ./a.jpg is a.jpg
        return str(PurePosixPath(name)) if self._is_text(name, "'image'") else ""

    def _captions(self) -> tuple[str, ...]:
        if "caption" in self.data and "captions" in self.data:
            self._fault("has both 'caption' and 'captions'", "keep 'captions', a list")
            return ()
        if "captions" not in self.data:
            if "caption" not in self.data:
                self._fault("has no caption", '"caption": "..." says what is seen')
            return (self._text("caption"),)
        captions = self.data["captions"]
        if not isinstance(captions, list):
            hint = "write [...]" if isinstance(captions, str) else ""
            self._fault(f"'captions' must be a list, and is {kind(captions)}", hint)
            return ()
        if not captions:
            self._fault("'captions' is empty", "give at least one caption")
        entries = cast("list[Any]", captions)
        return tuple(self._clean(one, f"caption {n}") for n, one in enumerate(entries, 1))

    def _turns(self) -> tuple[Turn, ...]:
        turns = self.data.get("turns", [])
        if not isinstance(turns, list):
            self._fault(f"'turns' must be a list, and is {kind(turns)}")
            return ()
        return tuple(
            self._turn(one, f"turn {n}") for n, one in enumerate(cast("list[Any]", turns), 1)
        )

    def _turn(self, turn: Any, place: str) -> Turn:
        if isinstance(turn, str):
            return Turn(self._clean(turn, place))
        keys = set(cast("dict[str, Any]", turn)) if isinstance(turn, dict) else set[str]()
        if keys == TURN_KINDS[0]:
            question = self._clean(turn["question"], f"the question of {place}")
            answer = self._clean(turn["answer"], f"the answer of {place}")
            return Turn(f"{question} {answer}", question, answer)
        if keys == TURN_KINDS[1]:
            name = self._clean(turn["attribute"], f"the attribute of {place}")
            value = self._value(turn["value"], f"the value of {place}")
            self.said.append((name, value))
            words = value_words(value)
            return Turn(f"{name.replace('_', ' ')}: {words}", attribute=name, value=words)
        what = f"an object with {', '.join(sorted(keys)) or 'nothing'}" if keys else kind(turn)
        hint = 'write a text, {"question", "answer"} or {"attribute", "value"}'
        self._fault(f"{place} is {what}", hint)
        return Turn("")

    def _attributes(self) -> dict[str, Value | None]:
        table = self._object("attributes")
        return {
            self._clean(name, "the name of an attribute"): (
                None if value is None else self._value(value, f"attribute '{name}'")
            )
            for name, value in table.items()
        }

    def _told_in(self, turns: int) -> dict[str, str | int] | None:
        if "told_in" not in self.data:
            return None
        table = self._object("told_in")
        for name, teller in table.items():
            is_turn = type(teller) is int and 0 <= teller < turns
            if teller != "caption" and not is_turn:
                said = json.dumps(teller, ensure_ascii=False)
                hint = f'write "caption" or a turn, 0 to {turns - 1}' if turns else ""
                self._fault(f"'{name}' is told in {said}, and there are {turns} turns", hint)
        return table

    def _split(self) -> str:
        split = self._text("split")
        if split and split not in SPLITS:
            self._fault(f"'split' is '{split}'", 'write "train" or "validation"')
        return split

    def _object(self, key: str) -> dict[str, Any]:
        table = self.data.get(key, {})
        if isinstance(table, dict):
            return cast("dict[str, Any]", table)
        self._fault(f"'{key}' must be an object, and is {kind(table)}")
        return {}

    def _value(self, value: Any, place: str) -> Value:
        if isinstance(value, bool | int):
            return value
        if isinstance(value, str):
            return self._clean(value, place)
        hint = "write a text, a whole number, true or false"
        self._fault(f"{place} is {kind(value)}", hint)
        return ""

    def _text(self, key: str) -> str:
        return self._clean(self.data[key], f"'{key}'") if key in self.data else ""

    def _clean(self, value: Any, place: str) -> str:
        """Return a text with single spaces between its words."""
        return " ".join(value.split()) if self._is_text(value, place) else ""

    def _is_text(self, value: Any, place: str) -> bool:
        if not isinstance(value, str):
            self._fault(f"{place} must be text, and is {kind(value)}")
        elif not value.strip():
            self._fault(f"{place} is empty")
        elif not is_whole(value):
            self._fault(f"{place} holds half a character", "write the file as UTF-8 again")
        else:
            return True
        return False

    def _fault(self, what: str, hint: str = "") -> None:
        self.faults.append(Fault(what, hint))


def value_words(value: Value) -> str:
    """Return the value of an attribute as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
