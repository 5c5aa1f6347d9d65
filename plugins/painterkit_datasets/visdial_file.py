"""Read a JSON file of VisDial, without the 100 candidate answers of every round."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from painterkit.errors import Failure, Problem
from painterkit_datasets.problems import first_problems

AGAIN = "download the file again"
NONE = -1
"""What some files have in place of a question or an answer that is not there."""


@frozen
class Dialog:
    """A dialogue about a picture: its number in the file, from 1, and its rounds.

    A round is the numbers of its question and its answer; one without an answer is left out.
    """

    number: int
    image_id: int
    caption: str
    rounds: tuple[tuple[int, int], ...]


@frozen
class DialogFile:
    """All dialogues of a file, and the texts that their rounds number."""

    questions: Sequence[str]
    answers: Sequence[str]
    dialogs: Sequence[Dialog]


def read_dialogs(path: Path) -> DialogFile:
    """Read a file. Raises Failure naming every dialogue that is not as it should be."""
    data = read_json(path, drop=("answer_options", "gt_index"))
    try:
        table = data["data"]
        questions = [_question(text) for text in table["questions"]]
        answers = [clean(text) for text in table["answers"]]
        listed = list(table["dialogs"])
    except (KeyError, TypeError, AttributeError) as error:
        what = f"is no file of VisDial: it lacks {_lacking(error)}"
        raise Failure(Problem(str(path), what, AGAIN)) from error
    dialogs: list[Dialog] = []
    problems: list[Problem] = []
    numbers: dict[int, int] = {}
    for number, entry in enumerate(listed, 1):
        where = place(path, number)
        try:
            dialog = _dialog(entry, number, len(questions), len(answers))
        except (KeyError, TypeError, AttributeError) as error:
            problems.append(Problem(where, f"lacks {_lacking(error)}", AGAIN))
            continue
        except ValueError as error:
            problems.append(Problem(where, str(error), AGAIN))
            continue
        other = numbers.setdefault(dialog.image_id, number)
        if other != number:
            what = f"is about image {dialog.image_id}, as dialog {other} is"
            problems.append(Problem(where, what, "a picture has one dialogue"))
        dialogs.append(dialog)
    if not listed:
        problems.append(Problem(str(path), "holds no dialogue", AGAIN))
    if problems:
        raise Failure(first_problems(problems))
    return DialogFile(questions, answers, dialogs)


def place(path: Path | str, number: int) -> str:
    """Return how a message names a dialogue of a file."""
    return f"{path} dialog {number}"


def read_json(path: Path, drop: Sequence[str] = ()) -> Any:
    """Read a JSON file, and keep nothing of the keys in `drop` while it is read.

    Raises Failure where it cannot be read or is cut short.
    """

    def lighter(table: dict[str, Any]) -> dict[str, Any]:
        for key in drop:
            table.pop(key, None)
        return table

    try:
        with path.open(encoding="utf-8") as file:
            return json.load(file, object_hook=lighter if drop else None)
    except OSError as error:
        raise Failure(Problem(str(path), f"cannot be read: {error.strerror}")) from error
    except (ValueError, RecursionError) as error:
        what = f"is broken or cut short ({error})"
        raise Failure(Problem(str(path), what, AGAIN)) from error


def clean(text: str) -> str:
    """Return a text with single spaces between its words; COCO's have stray newlines."""
    return " ".join(text.split())


def _question(text: str) -> str:
    """Return a question with its mark, which VisDial's lack."""
    text = clean(text)
    return text if text.endswith("?") or not text else f"{text}?"


def _dialog(entry: Mapping[str, Any], number: int, questions: int, answers: int) -> Dialog:
    image_id = entry["image_id"]
    if type(image_id) is not int or image_id < 0:
        raise ValueError(f"has the image id {image_id!r}")
    rounds = tuple(_rounds(entry["dialog"], questions, answers))
    caption = clean(entry.get("caption", ""))
    return Dialog(number, image_id, caption, rounds)


def _rounds(
    dialog: Sequence[Mapping[str, Any]], questions: int, answers: int
) -> Iterator[tuple[int, int]]:
    for number, one in enumerate(dialog, 1):
        question, answer = one.get("question", NONE), one.get("answer", NONE)
        for what, index, count in (("question", question, questions), ("answer", answer, answers)):
            if type(index) is not int or not NONE <= index < count:
                raise ValueError(f"names {what} {index!r} in round {number}; there are {count}")
        if NONE not in (question, answer):
            yield question, answer


def _lacking(error: Exception) -> str:
    return f"'{error.args[0]}'" if isinstance(error, KeyError) else "what it should hold"
