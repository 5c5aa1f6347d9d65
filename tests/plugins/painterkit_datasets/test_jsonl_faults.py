"""The data set of one's own pictures: all that can be wrong with it is told, by line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from painterkit.errors import Failure, Problem
from painterkit_datasets.problems import MOST

from .conftest import OpenData, WriteFolder, line


def problems(data: Any) -> list[str]:
    """Return what a data set lacks, the folder's name left out."""
    return [str(one).replace(f"{Path(data.settings.folder)}{os.sep}", "") for one in data.lacks()]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [line("a.jpg", id="x"), line("b.jpg", id="x")],
            "list.jsonl line 2   has the id 'x' of line 1; give each line an 'id' of its own",
        ),
        (
            [line("a.jpg"), line("b.jpg", id="a")],
            "list.jsonl line 2   has the id 'a' of line 1; give each line an 'id' of its own",
        ),
        (
            [
                line("a.jpg", attributes={"age": "old"}),
                line("b.jpg", attributes={"age": None}),
                line("c.jpg", attributes={"age": 3}),
                line("a.jpg", attributes={"age": 4}),
            ],
            "list.jsonl line 3   'age' is a whole number here and text on line 1; write all "
            "values of 'age' alike",
        ),
        (
            [
                line("a.jpg", attributes={"old": True}),
                line("b.jpg", turns=[{"attribute": "old", "value": 1}]),
            ],
            "list.jsonl line 2   'old' is a whole number here and true or false on line 1; write "
            "all values of 'old' alike",
        ),
        (
            [line("a.jpg", attributes={"age": "old"}, told_in={"agee": "caption"}), line("b.jpg")],
            "list.jsonl line 1   'told_in' names 'agee', no attribute of this file; did you mean "
            "'age'?",
        ),
        (
            [line("a.jpg", split="train"), line("b.jpg"), line("c.jpg")],
            "list.jsonl line 2   gives no split, and line 1 does (2 lines give none); give every "
            "line a split, or none",
        ),
        (
            [
                line("a.jpg", split="train"),
                line("b.jpg", split="validation"),
                line("a.jpg", split="validation"),
            ],
            "list.jsonl line 3   'a.jpg' is for validation, and on line 1 for train; a picture "
            "can be held out or trained on",
        ),
        (
            [line("a.jpg", split="train")],
            'list.jsonl   no line is for validation; give some lines "split": "validation"',
        ),
        (
            [line("a.jpg"), line("a.jpg")],
            "list.jsonl   names one picture alone, and one must be held out; add pictures",
        ),
        ([], "list.jsonl   holds no line; 'painterkit info dataset jsonl' shows what a line holds"),
        (
            [line("a.jpg"), line("B.jpg")],
            "list.jsonl line 2   'B.jpg' is missing; did you mean 'b.jpg'?",
        ),
        (
            [line("a.jpg"), line("b.png")],
            "list.jsonl line 2   'b.png' is missing; did you mean 'b.jpg'?",
        ),
    ],
)
def test_what_is_wrong_between_lines(
    open_data: OpenData, write_folder: WriteFolder, lines: list[Any], expected: str
) -> None:
    data = open_data("jsonl", write_folder(lines))
    assert problems(data) == [expected]


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/hosts", "link.jpg"])
def test_a_picture_outside_the_folder_is_refused(
    open_data: OpenData, write_folder: WriteFolder, name: str
) -> None:
    folder = write_folder([line("a.jpg"), line(name)])
    Image.new("RGB", (8, 8)).save(folder.parent / "secret.jpg")
    (folder / "link.jpg").symlink_to("../secret.jpg")
    data = open_data("jsonl", folder)
    [problem] = problems(data)
    assert problem.startswith(f"list.jsonl line 2   '{name}' ")
    assert problem.endswith(f"; put the picture into {folder}")
    with pytest.raises(Failure):
        data.images("train")


def test_all_that_is_wrong_is_told_at_once_by_line(
    open_data: OpenData, write_folder: WriteFolder
) -> None:
    folder = write_folder(
        [
            line("a.jpg"),
            "{",
            line("gone.jpg"),
            line("c.jpg"),
            line("b.jpg", captoin="x"),
            line("a.jpg"),
        ]
    )
    cut = (folder / "c.jpg").read_bytes()
    (folder / "c.jpg").write_bytes(cut[: len(cut) // 2])
    with (folder / "list.jsonl").open("ab") as file:
        file.write(b'{"image": "\xff"}\n')
    data = open_data("jsonl", folder)
    found = problems(data)
    assert [one.split("   ")[0] for one in found] == [
        f"list.jsonl line {n}" for n in (2, 3, 4, 5, 7)
    ]
    for words, problem in zip(
        ("is not JSON", "is missing", "cut short", "did you mean 'caption'?", "is not UTF-8"),
        found,
        strict=True,
    ):
        assert words in problem
    for use in (
        lambda: data.size("train"),
        lambda: data.conversations("train"),
        lambda: data.attributes,
        lambda: data.images("train"),
        lambda: data.prepared_bytes("train"),
    ):
        with pytest.raises(Failure) as failure:
            use()
        assert failure.value.problems == tuple(data.lacks())
    assert data.is_prepared("train") is False


def test_of_very_many_faults_the_rest_is_counted(
    open_data: OpenData, write_folder: WriteFolder
) -> None:
    data = open_data("jsonl", write_folder(["{"] * 100 + [line("a.jpg")] * 3))
    assert len(data.lacks()) == MOST + 1
    assert data.lacks()[-1] == Problem(
        "", "and 80 more", "run the command again when these are mended"
    )


def test_a_missing_picture_leaves_the_words_usable(
    open_data: OpenData, write_folder: WriteFolder
) -> None:
    data = open_data("jsonl", write_folder([line("a.jpg"), line("b.jpg"), line("gone.jpg")]))
    assert data.size("train") + data.size("validation") == 3
    assert len(data.lacks()) == 1
    assert data.is_prepared("train") is False
    with pytest.raises(Failure, match=r"line 3   'gone\.jpg' is missing"):
        data.images("train")


@pytest.mark.parametrize(
    ("name", "what"), [("gone", "is not there"), ("empty", "holds no .jsonl file")]
)
def test_a_folder_without_a_list(open_data: OpenData, tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "empty").mkdir()
    [problem] = open_data("jsonl", tmp_path / name).lacks()
    assert (problem.where, problem.what) == (str(tmp_path / name), what)
    assert problem.hint
