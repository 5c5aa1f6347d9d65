"""COCO with VisDial: what is missing or broken is told, with what to download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from painterkit.errors import Failure

from .conftest import OpenData, Table, change


def sentences(data: Any, folder: Path) -> list[str]:
    return [str(one).replace(f"{folder}/", "") for one in data.lacks()]


def test_what_is_missing_is_told_with_where_it_comes_from(
    open_data: OpenData, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    visdial = "VisDial's data page (visualdialog.org/data)"
    coco = "COCO's download page (cocodataset.org/#download)"
    data = open_data("coco-visdial", folder)
    assert sentences(data, folder) == [
        f"visdial_0.9_train.json   is missing; download visdial_0.9_train.zip from {visdial} and "
        f"unpack it in {folder}",
        f"annotations/captions_train2014.json   is missing; download annotations_trainval2014.zip "
        f"from {coco} and unpack it in {folder}",
        f"train2014   is missing; download train2014.zip from {coco} and unpack it in {folder}",
        f"visdial_0.9_val.json   is missing; download visdial_0.9_val.zip from {visdial} and "
        f"unpack it in {folder}",
        f"annotations/captions_val2014.json   is missing; download annotations_trainval2014.zip "
        f"from {coco} and unpack it in {folder}",
        f"val2014   is missing; download val2014.zip from {coco} and unpack it in {folder}",
    ]
    for use in (data.size, data.conversations, data.images, data.prepared_bytes):
        with pytest.raises(Failure, match=r"visdial_0\.9_train\.json   is missing"):
            use("train")
    assert data.is_prepared("train") is False
    found = sentences(open_data("coco-visdial", folder, version="1.0"), folder)
    assert [one.split("   ")[0] for one in found] == [
        "visdial_1.0_train.json",
        "annotations/captions_train2014.json",
        "annotations/captions_val2014.json",
        "train2014",
        "val2014",
        "visdial_1.0_val.json",
        "VisualDialog_val2018",
    ]
    assert f"download VisualDialog_val2018.zip from {visdial}" in found[-1]


def test_the_other_version_is_recognised(open_data: OpenData, made_10: Path) -> None:
    found = sentences(open_data("coco-visdial", made_10), made_10)
    assert found[0] == (
        "visdial_0.9_train.json   is missing; the files of VisDial 1.0 are there: read them with "
        'version = "1.0"'
    )


def test_pictures_that_are_missing_or_broken_are_told_with_their_dialogue(
    open_data: OpenData, folder_09: Path
) -> None:
    pictures = sorted((folder_09 / "train2014").iterdir())
    pictures[1].unlink()
    pictures[3].write_bytes(pictures[3].read_bytes()[:-100])
    pictures[4].unlink()
    pictures[4].symlink_to(folder_09 / "val2014" / "COCO_val2014_000000000040.jpg")
    pictures[5].write_bytes(b"")
    data = open_data("coco-visdial", folder_09)
    missing, outside, cut, empty = sentences(data, folder_09)
    assert missing.startswith(
        "visdial_0.9_train.json dialog 2   'train2014/COCO_train2014_000000000002.jpg' is missing; "
        "download train2014.zip"
    )
    assert "dialog 5" in outside
    assert "is a link that leads outside" in outside
    assert "dialog 4" in cut
    assert "cut short" in cut
    assert "dialog 6" in empty
    assert "is empty" in empty
    assert data.size("train") == 6, "the words are all there"
    with pytest.raises(Failure):
        data.images("train")
    assert data.images("validation").shape == (4, 16, 16, 3)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda t: t["data"].pop("questions"), "is no file of VisDial: it lacks 'questions'"),
        (lambda t: t.update(data=[]), "is no file of VisDial"),
        (lambda t: t["data"].update(dialogs=[]), "holds no dialogue"),
        (lambda t: t["data"]["dialogs"][1].pop("image_id"), "dialog 2   lacks 'image_id'"),
        (lambda t: t["data"]["dialogs"][1].pop("dialog"), "dialog 2   lacks 'dialog'"),
        (lambda t: t["data"]["dialogs"].__setitem__(1, 3), "dialog 2   lacks what it should hold"),
        (
            lambda t: t["data"]["dialogs"][1].update(image_id="../../secret"),
            "dialog 2   has the image id '../../secret'",
        ),
        (
            lambda t: t["data"]["dialogs"][1].update(image_id=1),
            "dialog 2   is about image 1, as dialog 1 is",
        ),
        (
            lambda t: t["data"]["dialogs"][1].update(image_id=7),
            "dialog 2   is about image 7, which has no caption in captions_train2014.json; take "
            'VisDial\'s own: data.captions = "visdial"',
        ),
        (
            lambda t: t["data"]["dialogs"][1]["dialog"][4].update(answer=10_000),
            "dialog 2   names answer 10000 in round 5; there are",
        ),
        (
            lambda t: t["data"]["dialogs"][1]["dialog"][4].update(question=-2),
            "dialog 2   names question -2 in round 5; there are",
        ),
        (
            lambda t: t["data"]["dialogs"][1]["dialog"][4].update(question="is it?"),
            "dialog 2   names question 'is it?' in round 5",
        ),
    ],
)
def test_a_broken_file_of_dialogues_is_told(
    open_data: OpenData, folder_09: Path, edit: Callable[[Table], object], words: str
) -> None:
    change(folder_09 / "visdial_0.9_train.json", edit)
    data = open_data("coco-visdial", folder_09)
    [problem] = sentences(data, folder_09)
    assert problem.startswith("visdial_0.9_train.json")
    assert words in problem
    with pytest.raises(Failure):
        data.size("train")


@pytest.mark.parametrize("name", ["visdial_0.9_train.json", "annotations/captions_train2014.json"])
def test_a_file_that_is_cut_short_is_told(open_data: OpenData, folder_09: Path, name: str) -> None:
    path = folder_09 / name
    path.write_bytes(path.read_bytes()[:-40])
    [problem] = sentences(open_data("coco-visdial", folder_09), folder_09)
    assert problem.startswith(f"{name}   is broken or cut short (")
    assert problem.endswith("; download the file again")


def test_a_file_that_is_no_file_of_captions_is_told(open_data: OpenData, folder_09: Path) -> None:
    path = folder_09 / "annotations" / "captions_train2014.json"
    change(path, lambda table: table["annotations"][0].pop("image_id"))
    [problem] = sentences(open_data("coco-visdial", folder_09), folder_09)
    assert "captions_train2014.json   is no file of COCO's captions" in problem
