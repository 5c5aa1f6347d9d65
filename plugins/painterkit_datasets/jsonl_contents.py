"""All that a JSON-lines file and its folder say, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from painterkit.data.conversation import Conversation
from painterkit.errors import Problem
from painterkit.interfaces.dataset import SPLITS, Split
from painterkit_datasets.jsonl_file import attribute_values, find_file, ids, read_lines
from painterkit_datasets.jsonl_line import Line, value_words
from painterkit_datasets.jsonl_pictures import named_pictures, split_of_pictures
from painterkit_datasets.prepare import ListedPicture

Numbered = tuple[tuple[int, Problem], ...]
"""Problems beside the number of their line, 0 for the whole file."""


@frozen
class Contents:
    """The conversations of both splits, their pictures, and what is wrong.

    With `line_problems` there are no conversations. `missing` are pictures that cannot be found;
    `pictures` holds the others, by name.
    """

    conversations: Mapping[Split, tuple[Conversation, ...]]
    names: Mapping[Split, tuple[str, ...]]
    attributes: Mapping[str, Sequence[str]]
    pictures: Mapping[str, ListedPicture]
    line_problems: Numbered
    missing: Numbered


def read_contents(folder: str, validation: float, seed: int) -> Contents:
    """Read the file that `folder` stands for, and look for the pictures that it names."""
    path = find_file(folder)
    if isinstance(path, Problem):
        return Contents({}, {}, {}, {}, ((0, path),), ())
    file = read_lines(path)
    found = named_pictures(file)
    if file.problems:
        return Contents({}, {}, {}, found.pictures, file.problems, found.problems)
    splits = split_of_pictures(file.lines, validation, seed)
    if isinstance(splits, tuple):
        problem = Problem(file.place(0), *splits)
        return Contents({}, {}, {}, found.pictures, ((0, problem),), found.problems)
    names: dict[Split, tuple[str, ...]] = {
        split: tuple(name for name in _in_order(file.lines) if splits[name] == split)
        for split in SPLITS
    }
    values = attribute_values(file.lines)
    return Contents(
        conversations=_conversations(file.lines, names),
        names=names,
        attributes={name: [value_words(value) for value in values[name]] for name in values},
        pictures=found.pictures,
        line_problems=(),
        missing=found.problems,
    )


def _in_order(lines: Sequence[Line]) -> Sequence[str]:
    """Return the names of the pictures, each once, as they first come."""
    return list(dict.fromkeys(line.image for line in lines))


def _conversations(
    lines: Sequence[Line], names: Mapping[Split, Sequence[str]]
) -> dict[Split, tuple[Conversation, ...]]:
    classes = sorted({line.class_name for line in lines if line.class_name})
    class_ids = {"": -1, **{name: number for number, name in enumerate(classes)}}
    named = list(zip(lines, ids(lines), strict=True))
    found: dict[Split, tuple[Conversation, ...]] = {}
    for split, pictures in names.items():
        rows = {name: row for row, name in enumerate(pictures)}
        found[split] = tuple(
            Conversation(
                id=name,
                captions=line.captions,
                turns=line.turns,
                image=rows[line.image],
                attributes=_truth(line),
                told_in=_told_in(line),
                class_id=class_ids[line.class_name],
            )
            for line, name in named
            if line.image in rows
        )
    return found


def _truth(line: Line) -> Mapping[str, str | None]:
    """Return what the line knows of its picture; what it leaves out is not known."""
    return {
        name: None if value is None else value_words(value)
        for name, value in line.attributes.items()
    }


def _told_in(line: Line) -> Mapping[str, str | int]:
    """Return who tells each attribute that is known: what the line says, or else its turns."""
    told: Mapping[str, str | int] = (
        {turn.attribute: place for place, turn in enumerate(line.turns) if turn.attribute}
        if line.told_in is None
        else line.told_in
    )
    return {name: teller for name, teller in told.items() if name in line.attributes}
