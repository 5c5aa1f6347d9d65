"""The data set of one's own pictures: what it gives, and all that can be wrong between lines."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from painterkit.errors import Failure, Problem
from painterkit_datasets.problems import MOST

from ...picture_folders import write_jsonl_folder, write_lines
from .conftest import OpenData, WriteFolder, fitted


def line(image: str, **keys: Any) -> dict[str, Any]:
    return {"image": image, "caption": f"what {image} shows", **keys}


def problems(data: Any) -> list[str]:
    """Return what a data set lacks, the folder's name left out."""
    return [str(one).replace(f"{Path(data.settings.folder)}{os.sep}", "") for one in data.lacks()]


def test_real_pictures(open_data: OpenData, tmp_path: Path) -> None:
    folder = write_jsonl_folder(tmp_path / "own", 10)
    data = open_data("jsonl", folder, resolution=64)
    assert list(data.lacks()) == []
    assert (data.size("train"), data.size("validation")) == (9, 1)
    told = [json.loads(text) for text in (folder / "faces.jsonl").read_text().splitlines()]
    seen: list[str] = []
    for split in ("train", "validation"):
        pictures = data.images(split)
        for one in data.conversations(split):
            [source] = [entry for entry in told if entry["image"] == f"{one.id}.jpg"]
            assert list(one.captions) == source["captions"]
            assert [turn.question for turn in one.turns] == [t["question"] for t in source["turns"]]
            assert one.attributes == source["attributes"]
            assert one.told_in == source["told_in"]
            assert data.attributes["glasses"] == ["none", "round", "sunglasses"]
            difference = np.abs(fitted(folder / source["image"], 64) - pictures[one.image])
            assert difference.mean() < 5, one.id
            seen.append(one.id)
    assert sorted(seen) == [f"faces/{number:03}" for number in range(10)]


def test_attributes_are_gathered_and_sorted(open_data: OpenData, write_folder: WriteFolder) -> None:
    folder = write_folder(
        [
            line("a.jpg", attributes={"count": 10, "shape": "star", "filled": True}),
            line("b.jpg", attributes={"count": 9, "shape": None}),
            line("c.jpg", turns=[{"attribute": "shape", "value": "circle"}], told_in={}),
            line("a.jpg", turns=[{"attribute": "shape", "value": "star"}]),
        ]
    )
    data = open_data("jsonl", folder)
    assert data.lacks() == ()
    assert data.attributes == {
        "count": ["9", "10"],
        "filled": ["true"],
        "shape": ["circle", "star"],
    }
    by_id = {one.id: one for split in ("train", "validation") for one in data.conversations(split)}
    assert by_id["a"].attributes == {"count": "10", "filled": "true", "shape": "star"}
    assert by_id["b"].attributes == {"count": "9", "filled": None, "shape": None}
    assert by_id["c"].turns[0].text == "shape: circle"
    assert by_id["c"].told_in == {}
    assert by_id["a-2"].told_in == {"shape": 0}


def test_classes_and_ids(open_data: OpenData, write_folder: WriteFolder) -> None:
    lines = [
        line("b.jpg", **{"class": "zebra"}, split="train"),
        line("b.jpg", **{"class": "ape"}, split="train", id="mine"),
        line("b.jpg", split="train"),
        line("sub/a.jpg", split="validation"),
    ]
    data = open_data("jsonl", write_folder(lines, "b.jpg sub/a.jpg"))
    trained = data.conversations("train")
    assert [(one.id, one.class_id, one.image) for one in trained] == [
        ("b", 1, 0),
        ("mine", 0, 0),
        ("b-2", -1, 0),
    ]
    assert data.images("train").shape == (1, 16, 16, 3), "a picture is kept once"
    assert [one.id for one in data.conversations("validation")] == ["sub/a"]


def many(count: int) -> tuple[list[dict[str, Any]], str]:
    names = [f"{number}.png" for number in range(count)]
    return [line(name) for name in [*names, *names]], " ".join(names)


@pytest.mark.parametrize(("share", "held_out"), [(0.1, 2), (0.001, 1), (0.5, 10), (0.999, 19)])
def test_a_share_of_the_pictures_is_held_out(
    open_data: OpenData, write_folder: WriteFolder, share: float, held_out: int
) -> None:
    lines, names = many(20)
    data = open_data("jsonl", write_folder(lines, names), validation=share)
    splits = {
        split: {one.id.split("-")[0] for one in data.conversations(split)}
        for split in ("train", "validation")
    }
    assert len(splits["validation"]) == held_out
    assert len(splits["train"]) == 20 - held_out
    assert not splits["train"] & splits["validation"]
    assert data.size("train") + data.size("validation") == 40


def test_the_seed_chooses_what_is_held_out_and_a_new_picture_moves_few(
    open_data: OpenData, write_folder: WriteFolder
) -> None:
    lines, names = many(20)
    folder = write_folder(lines, names)

    def held_out(**settings: Any) -> set[str]:
        data = open_data("jsonl", folder, validation=0.3, **settings)
        return {one.id for one in data.conversations("validation")}

    first = held_out()
    assert held_out(seed=0) == first
    assert len({frozenset(held_out(seed=seed)) for seed in range(5)}) == 5
    write_folder([*lines, line("new.png")], f"{names} new.png")
    assert len(first - held_out()) <= 2


def test_a_file_can_be_named_itself_and_a_byte_order_mark_is_no_fault(
    open_data: OpenData, write_folder: WriteFolder
) -> None:
    folder = write_folder([line("a.jpg"), "", line("b.jpg")])
    text = (folder / "list.jsonl").read_text()
    (folder / "other.jsonl").write_text(text, encoding="utf-8-sig")
    data = open_data("jsonl", folder / "other.jsonl")
    assert data.lacks() == ()
    assert data.size("train") + data.size("validation") == 2
    [problem] = open_data("jsonl", folder).lacks()
    assert problem.what == "holds 2 .jsonl files: list.jsonl, other.jsonl"
    assert problem.hint == f"name one of them, as in {folder / 'list.jsonl'}"


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


def test_after_a_change_the_pictures_are_made_anew(
    open_data: OpenData, write_folder: WriteFolder
) -> None:
    lines = [line("a.jpg", split="train"), line("b.jpg", split="validation")]
    folder = write_folder(lines)
    before = np.array(open_data("jsonl", folder).images("train"))
    assert open_data("jsonl", folder).is_prepared("train")
    write_lines(folder / "list.jsonl", [*lines, line("b.jpg", split="validation")])
    assert open_data("jsonl", folder).is_prepared("train"), "the words are not in the pictures"
    Image.new("RGB", (20, 20), "white").save(folder / "a.jpg")
    data = open_data("jsonl", folder)
    assert not data.is_prepared("train")
    assert data.images("train").mean() > before.mean() + 100
