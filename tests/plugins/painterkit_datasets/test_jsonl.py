"""The data set of one's own pictures: what it gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from painterkit.data.facts import UNKNOWN, UNSEEN, Facts

from ...picture_folders import write_jsonl_folder, write_lines
from .conftest import OpenData, WriteFolder, fitted, line


def test_real_pictures(open_data: OpenData, tmp_path: Path) -> None:
    folder = write_jsonl_folder(tmp_path / "own", 10)
    data = open_data("jsonl", folder, resolution=64)
    assert list(data.lacks()) == []
    assert (data.size("train"), data.size("validation")) == (9, 1)
    assert not data.tells_attributes, "its turns are questions and answers"
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
            line(
                "b.jpg",
                turns=[{"attribute": "shape", "value": "star"}],
                attributes={"shape": "star"},
                told_in={"shape": 0, "count": "caption"},
            ),
        ]
    )
    data = open_data("jsonl", folder)
    assert data.lacks() == ()
    assert data.attributes == {
        "count": ["9", "10"],
        "filled": ["true"],
        "shape": ["circle", "star"],
    }
    assert data.tells_attributes
    by_id = {one.id: one for split in ("train", "validation") for one in data.conversations(split)}
    assert by_id["a"].attributes == {"count": "10", "filled": "true", "shape": "star"}
    assert by_id["b"].attributes == {"count": "9", "shape": None}, "left out, it is not known"
    assert by_id["c"].turns[0].text == "shape: circle"
    assert by_id["c"].told_in == {}
    assert by_id["a-2"].attributes == by_id["a-2"].told_in == {}
    assert by_id["b-2"].told_in == {"shape": 0}, "nobody knows whether the count was told truly"
    facts = Facts([by_id["b"], by_id["a-2"], by_id["b-2"]], data.attributes)
    assert facts.truth.tolist() == [
        [0, UNKNOWN, UNSEEN],
        [UNKNOWN, UNKNOWN, UNKNOWN],
        [UNKNOWN, UNKNOWN, 1],
    ]
    assert facts.said[1:, -1].tolist() == [[UNKNOWN, UNKNOWN, 1]] * 2


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
