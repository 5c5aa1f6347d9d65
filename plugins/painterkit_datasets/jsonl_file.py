"""A whole JSON-lines file: its lines, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from attrs import frozen

from painterkit.errors import Problem, WrongInput, nearest
from painterkit.interfaces.dataset import SPLITS
from painterkit.user_paths import expanded
from painterkit_datasets.json_object import Fault, kind
from painterkit_datasets.jsonl_line import Line, Value, read_line

HOW = "'painterkit info dataset jsonl' shows what a line holds"


@frozen
class LinesFile:
    """The lines that could be read, in order, and what is wrong with the others or between them.

    `problems` stand beside the number of their line, 0 for the whole file.
    """

    path: Path
    lines: tuple[Line, ...]
    problems: tuple[tuple[int, Problem], ...]

    def place(self, number: int) -> str:
        """Return how a message names a line."""
        return place(self.path, number)


def place(path: Path, number: int) -> str:
    """Return how a message names a line of a file."""
    return f"{path} line {number}" if number else str(path)


def find_file(folder: str) -> Path | Problem:
    """Return the JSON-lines file that a folder or a path stands for."""
    try:
        path = expanded(folder, "jsonl.folder")
    except WrongInput as error:
        return error.problems[0]
    if path.is_file():
        return path
    if not path.is_dir():
        hint = "name a folder with one .jsonl file in it"
        return Problem(str(path.absolute()), "is not there", hint)
    found = sorted(path.glob("*.jsonl"))
    if len(found) == 1:
        return found[0]
    if not found:
        hint = f"write one, an object a line; {HOW}"
        return Problem(str(path), "holds no .jsonl file", hint)
    names = ", ".join(file.name for file in found[:5])
    hint = f"name one of them, as in {found[0]}"
    return Problem(str(path), f"holds {len(found)} .jsonl files: {names}", hint)


def read_lines(path: Path) -> LinesFile:
    """Read a file to its end, whatever is wrong with its lines."""
    lines: list[Line] = []
    problems: list[tuple[int, Problem]] = []
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                found = _read(text, number)
                if isinstance(found, Line):
                    lines.append(found)
                    continue
                where = place(path, number)
                problems += [(number, Problem(where, what, hint)) for what, hint in found]
    except OSError as error:
        problems.append((0, Problem(str(path), f"cannot be read: {error.strerror}")))
    if not lines and not problems:
        problems.append((0, Problem(str(path), "holds no line", HOW)))
    problems += [
        (number, Problem(place(path, number), what, hint)) for number, what, hint in _between(lines)
    ]
    problems.sort(key=lambda one: one[0])
    return LinesFile(path, tuple(lines), tuple(problems))


def attribute_values(lines: Sequence[Line]) -> Mapping[str, Sequence[Value]]:
    """Return the values of every attribute, those of turns included, sorted."""
    found: dict[str, set[Value]] = {}
    for line in lines:
        for name, value in _named_values(line):
            values = found.setdefault(name, set())
            if value is not None:
                values.add(value)
    return {name: sorted(found[name], key=_rank) for name in sorted(found)}


def ids(lines: Sequence[Line]) -> list[str]:
    """Return the id of each line: its own, or its picture's name without the suffix.

    A name that several lines would have so is followed by `-2`, `-3` and so on.
    """
    seen: dict[str, int] = {}
    found: list[str] = []
    for line in lines:
        stem = str(PurePosixPath(line.image).with_suffix(""))
        if not line.id:
            seen[stem] = seen.get(stem, 0) + 1
        found.append(line.id or (f"{stem}-{seen[stem]}" if seen[stem] > 1 else stem))
    return found


def _rank(value: Value) -> tuple[bool, Value]:
    return isinstance(value, str), value


def _named_values(line: Line) -> Iterator[tuple[str, Value | None]]:
    yield from line.attributes.items()
    yield from line.said


def _read(data: bytes, number: int) -> Line | list[Fault]:
    """Read a line; an empty one is neither a line nor a fault."""
    try:
        text = data.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        return [Fault(f"is not UTF-8 at byte {error.start + 1}", "save the file as UTF-8")]
    return read_line(text, number) if text.strip() else []


def _between(lines: Sequence[Line]) -> Iterator[tuple[int, str, str]]:
    yield from _same_ids(lines)
    yield from _mixed_values(lines)
    yield from _unknown_tellings(lines)
    yield from _half_split(lines)


def _same_ids(lines: Sequence[Line]) -> Iterator[tuple[int, str, str]]:
    first: dict[str, int] = {}
    for line, name in zip(lines, ids(lines), strict=True):
        if name in first:
            hint = "give each line an 'id' of its own"
            yield line.number, f"has the id '{name}' of line {first[name]}", hint
        first.setdefault(name, line.number)


def _mixed_values(lines: Sequence[Line]) -> Iterator[tuple[int, str, str]]:
    first: dict[str, tuple[str, int]] = {}
    told: set[str] = set()
    for line in lines:
        for name, value in _named_values(line):
            if value is None:
                continue
            what = kind(value)
            known, number = first.setdefault(name, (what, line.number))
            if what != known and name not in told:
                told.add(name)
                hint = f"write all values of '{name}' alike"
                yield line.number, f"'{name}' is {what} here and {known} on line {number}", hint


def _unknown_tellings(lines: Sequence[Line]) -> Iterator[tuple[int, str, str]]:
    names = attribute_values(lines).keys()
    for line in lines:
        for name in line.told_in or ():
            if name not in names:
                hint = nearest(name, names)
                yield line.number, f"'told_in' names '{name}', no attribute of this file", hint


def _half_split(lines: Sequence[Line]) -> Iterator[tuple[int, str, str]]:
    """Find lines without a split beside some with one, and pictures that are in both."""
    with_split = [line for line in lines if line.split]
    without = [line for line in lines if not line.split]
    if with_split and without:
        first, count = without[0].number, len(without)
        more = f" ({count:,} lines give none)" if count > 1 else ""
        hint = "give every line a split, or none"
        yield first, f"gives no split, and line {with_split[0].number} does{more}", hint
        return
    split_of: dict[str, Line] = {}
    for line in with_split:
        other = split_of.setdefault(line.image, line)
        if other.split != line.split:
            what = f"'{line.image}' is for {line.split}, and on line {other.number} for "
            yield line.number, what + other.split, "a picture can be held out or trained on"
    for split in SPLITS:
        if with_split and not any(line.split == split for line in with_split):
            yield 0, f"no line is for {split}", f'give some lines "split": "{split}"'
