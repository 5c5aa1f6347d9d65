"""COCO with VisDial, in the layouts of the real files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from painterkit.data.conversation import Turn
from painterkit.errors import Failure, WrongInput
from painterkit.structure import WrongData

from ...picture_folders import Dialog, write_visdial
from .conftest import OpenData, Table, change, copied, fitted

SPLITS = ("train", "validation")


def test_version_09(open_data: OpenData, made_09: Path) -> None:
    data = open_data("coco-visdial", made_09)
    assert data.lacks() == ()
    assert [data.size(split) for split in SPLITS] == [6, 4]
    assert data.attributes == {}
    trained, held_out = data.conversations("train"), data.conversations("validation")
    assert [one.id for one in trained] == [f"COCO_train2014_{n:012d}" for n in range(1, 7)]
    assert [one.id for one in held_out] == [f"COCO_val2014_{n:012d}" for n in range(40, 44)]
    captions = json.loads((made_09 / "annotations" / "captions_train2014.json").read_text())
    visdial = json.loads((made_09 / "visdial_0.9_train.json").read_text())["data"]
    for row, (one, dialog) in enumerate(zip(trained, visdial["dialogs"], strict=True)):
        assert one.image == row
        entries = captions["annotations"]
        texts = [entry["caption"] for entry in entries if entry["image_id"] == dialog["image_id"]]
        assert any("  " in text or "\n" in text for text in texts)
        assert list(one.captions) == [" ".join(text.split()) for text in texts]
        assert len(one.captions) == 5 + row % 2
        for turn, said in zip(one.turns, dialog["dialog"], strict=True):
            question = visdial["questions"][said["question"]]
            answer = visdial["answers"][said["answer"]]
            assert not question.endswith("?")
            assert turn == Turn(f"{question}? {answer}", f"{question}?", answer)


def test_the_pictures_are_those_of_the_conversations(open_data: OpenData, made_09: Path) -> None:
    data = open_data("coco-visdial", made_09, resolution=32)
    modes: set[str] = set()
    for split, folder in (("train", "train2014"), ("validation", "val2014")):
        pictures = data.images(split)
        assert pictures.shape == (data.size(split), 32, 32, 3)
        for one in data.conversations(split):
            path = made_09 / folder / f"{one.id}.jpg"
            with Image.open(path) as picture:
                modes.add(picture.mode)
            assert np.abs(fitted(path, 32) - pictures[one.image]).mean() < 6, one.id
    assert modes == {"RGB", "L", "CMYK"}


def test_a_few_conversations_need_no_more_pictures(open_data: OpenData, folder_09: Path) -> None:
    for path in sorted((folder_09 / "train2014").iterdir())[2:]:
        path.unlink()
    data = open_data("coco-visdial", folder_09, train=2, validation=3)
    assert data.lacks() == ()
    assert [len(data.conversations(split)) for split in SPLITS] == [2, 3]
    assert data.images("train").shape == (2, 16, 16, 3)
    assert len(open_data("coco-visdial", folder_09).lacks()) == 4


def test_the_captions_of_visdial_need_no_file_of_coco(open_data: OpenData, folder_09: Path) -> None:
    for path in (folder_09 / "annotations").iterdir():
        path.unlink()
    data = open_data("coco-visdial", folder_09, captions="visdial")
    assert data.lacks() == ()
    table = json.loads((folder_09 / "visdial_0.9_val.json").read_text())["data"]
    told = [one.captions for one in data.conversations("validation")]
    assert told == [(entry["caption"],) for entry in table["dialogs"]]
    assert len(open_data("coco-visdial", folder_09).lacks()) == 2


def test_the_first_captions_alone(open_data: OpenData, made_09: Path) -> None:
    def told(**settings: Any) -> list[tuple[str, ...]]:
        data = open_data("coco-visdial", made_09, **settings)
        return [one.captions for split in SPLITS for one in data.conversations(split)]

    whole = told()
    assert {len(captions) for captions in whole} == {5, 6}
    for most in (1, 5, 9):
        assert told(most_captions=most) == [captions[:most] for captions in whole]
    with pytest.raises(WrongData, match="must be at least 1"):
        told(most_captions=0)


def test_version_10(open_data: OpenData, made_10: Path) -> None:
    data = open_data("coco-visdial", made_10, version="1.0")
    assert data.lacks() == ()
    ids = [one.id for one in data.conversations("train")]
    assert ids[:3] == [f"COCO_val2014_{n:012d}" for n in range(40, 43)]
    assert ids[3:] == [f"COCO_train2014_{n:012d}" for n in range(1, 4)]
    assert all(len(one.captions) >= 5 for one in data.conversations("train"))
    held_out = data.conversations("validation")
    assert [one.id for one in held_out] == [f"VisualDialog_val2018_{n:012d}" for n in range(1, 5)]
    assert all(len(one.captions) == 1 and len(one.turns) == 10 for one in held_out)
    assert data.images("validation").shape == (4, 16, 16, 3)


def test_version_10_without_the_captions_of_coco(open_data: OpenData, made_10: Path) -> None:
    with_coco = open_data("coco-visdial", made_10, version="1.0").conversations("train")
    data = open_data("coco-visdial", made_10, version="1.0", captions="visdial")
    assert [one.id for one in data.conversations("train")] == [one.id for one in with_coco]
    assert all(len(one.captions) == 1 for one in data.conversations("train"))
    assert data.images("train").shape == (6, 16, 16, 3)


def test_the_test_dialogues_of_version_10(open_data: OpenData, made_10: Path) -> None:
    data = open_data("coco-visdial", made_10, version="1.0", held_out="test")
    assert data.lacks() == ()
    held_out = data.conversations("validation")
    assert held_out[0].id == "VisualDialog_test2018_000000000001"
    assert [len(one.turns) for one in held_out] == [0, 1, 2, 3], "the last has no answer"
    assert all(turn.answer for one in held_out for turn in one.turns)
    with pytest.raises(WrongInput, match=r"0\.9 has no test dialogues"):
        open_data("coco-visdial", made_10, version="0.9", held_out="test")


def test_minus_one_is_nothing_and_not_the_last(open_data: OpenData, folder_09: Path) -> None:
    def pad(table: Table) -> None:
        dialog = table["data"]["dialogs"][0]["dialog"]
        dialog[2]["answer"] = -1
        dialog[3:] = [{"question": -1, "answer": -1} for _ in dialog[3:]]

    change(folder_09 / "visdial_0.9_train.json", pad)
    data = open_data("coco-visdial", folder_09)
    first, second = data.conversations("train")[:2]
    assert (len(first.turns), len(second.turns)) == (2, 10)


def test_a_question_mark_is_added_once(open_data: OpenData, folder_09: Path) -> None:
    dialogs: list[Dialog] = [
        (40 + n, "a face", [("is it  a face ?", "yes"), ("why?", "why not?"), ("so", "no")])
        for n in range(4)
    ]
    write_visdial(folder_09 / "visdial_0.9_val.json", "0.9", "val", dialogs)
    turns = open_data("coco-visdial", folder_09).conversations("validation")[0].turns
    assert [turn.text for turn in turns] == ["is it a face ? yes", "why? why not?", "so? no"]


def test_the_files_may_lie_in_two_folders(
    open_data: OpenData, made_10: Path, tmp_path: Path
) -> None:
    folder = copied(made_10, tmp_path / "coco")
    dialogs = tmp_path / "visdial"
    dialogs.mkdir()
    for name in ("visdial_1.0_train.json", "visdial_1.0_val.json", "VisualDialog_val2018"):
        (folder / name).rename(dialogs / name)
    (folder / "annotations" / "captions_val2014.json").rename(folder / "captions_val2014.json")
    data = open_data("coco-visdial", folder, version="1.0", dialogs=str(dialogs))
    assert data.lacks() == ()
    assert data.images("validation").shape == (4, 16, 16, 3)


def test_a_folder_of_pictures_may_be_a_link(open_data: OpenData, folder_09: Path) -> None:
    (folder_09 / "train2014").rename(folder_09.parent / "elsewhere")
    (folder_09 / "train2014").symlink_to("../elsewhere")
    data = open_data("coco-visdial", folder_09)
    assert data.lacks() == ()
    assert data.images("train").shape == (6, 16, 16, 3)


def test_the_large_files_are_read_once(
    open_data: OpenData, folder_09: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_data("coco-visdial", folder_09).conversations("train")
    read: list[Path] = []

    def read_dialogs(path: Path) -> Any:
        read.append(path)
        raise Failure(())

    monkeypatch.setattr("painterkit_datasets.coco_words.read_dialogs", read_dialogs)
    assert open_data("coco-visdial", folder_09).conversations("train") == first
    assert open_data("coco-visdial", folder_09, train=2).size("train") == 2
    assert read == []
    change(folder_09 / "annotations" / "captions_train2014.json", lambda t: t.update(info={"x": 1}))
    with pytest.raises(Failure):
        open_data("coco-visdial", folder_09).size("train")
    assert read == [folder_09 / "visdial_0.9_train.json"]


def test_half_of_what_was_kept_is_read_anew(
    open_data: OpenData, folder_09: Path, tmp_path: Path
) -> None:
    first = open_data("coco-visdial", folder_09).conversations("train")
    [kept] = (tmp_path / "cache").glob("visdial-words-*.json")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert open_data("coco-visdial", folder_09).conversations("train") == first
    assert kept.read_bytes() == whole
