"""What is said about COCO's pictures: captions and dialogues, joined and kept compactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from painterkit.data.conversation import Turn
from painterkit.errors import Failure, Problem
from painterkit_datasets.coco_captions import read_captions
from painterkit_datasets.compact import kept
from painterkit_datasets.problems import first_problems
from painterkit_datasets.visdial_file import Dialog, place, read_dialogs

VERSION = 1
"""Counted up when the same files would become other words."""

ANYWHERE = -1
"""The folder of a picture, where no file of captions tells it."""


@frozen
class Words:
    """The words about one picture. `folder` is the number of its folder in the split's layout.

    `rounds` alternate between the number of a question and that of its answer.
    """

    number: int
    image_id: int
    folder: int
    captions: tuple[str, ...]
    rounds: tuple[int, ...]


@frozen
class SplitWords:
    """The words about all pictures of a split, and the texts that the rounds number."""

    questions: Sequence[str]
    answers: Sequence[str]
    words: tuple[Words, ...]

    def turns(self, words: Words) -> tuple[Turn, ...]:
        """Return the turns of a conversation: a question and its answer each."""
        pairs = zip(words.rounds[::2], words.rounds[1::2], strict=True)
        return tuple(_turn(self.questions[one], self.answers[other]) for one, other in pairs)


def read_words(
    cache: Path, dialogs: Path, captions: Sequence[Path | None], limit: int | None
) -> SplitWords:
    """Return the first `limit` conversations of a file of dialogues, or all.

    `captions` are the files of captions, one for each folder of pictures; None where the captions
    are those of the dialogues. Raises Failure where a file is broken.
    """
    sources = [dialogs, *(path for path in captions if path is not None)]
    data = kept(cache, f"visdial-words-{VERSION}", sources, lambda: _join(dialogs, captions))
    words = tuple(
        Words(number, image_id, folder, tuple(texts), tuple(rounds))
        for number, image_id, folder, texts, rounds in data["dialogs"][:limit]
    )
    return SplitWords(data["questions"], data["answers"], words)


def _join(dialogs: Path, captions: Sequence[Path | None]) -> dict[str, Any]:
    """Return questions, answers and for each dialogue what `Words` holds, as plain data."""
    file = read_dialogs(dialogs)
    tables = [read_captions(path) if path is not None else {} for path in captions]
    told_by_dialogs = None in captions
    joined: list[list[Any]] = []
    problems: list[Problem] = []
    for dialog in file.dialogs:
        folder, texts = _captions_of(dialog, tables)
        if told_by_dialogs:
            folder, texts = ANYWHERE, [dialog.caption] if dialog.caption else []
        if not texts:
            where = place(dialogs, dialog.number)
            problems.append(_without_caption(where, dialog, captions))
        rounds = [index for one in dialog.rounds for index in one]
        joined.append([dialog.number, dialog.image_id, folder, texts, rounds])
    if problems:
        raise Failure(first_problems(problems))
    return {"questions": file.questions, "answers": file.answers, "dialogs": joined}


def _captions_of(
    dialog: Dialog, tables: Sequence[Mapping[int, list[str]]]
) -> tuple[int, list[str]]:
    for folder, table in enumerate(tables):
        if dialog.image_id in table:
            return folder, table[dialog.image_id]
    return ANYWHERE, []


def _without_caption(where: str, dialog: Dialog, captions: Sequence[Path | None]) -> Problem:
    what = f"is about image {dialog.image_id}, which has no caption"
    names = " or ".join(path.name for path in captions if path is not None)
    if not names:
        return Problem(where, what)
    return Problem(where, f"{what} in {names}", 'take VisDial\'s own: data.captions = "visdial"')


def _turn(question: str, answer: str) -> Turn:
    return Turn(f"{question} {answer}", question, answer)
