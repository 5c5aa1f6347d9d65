"""CUB-200-2011: what is missing or broken is told, with its file and its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from painterkit.errors import Failure

from ...cub_folder import write_cub, write_labels
from .conftest import OpenData, copied

LABELS = "attributes/image_attribute_labels.txt"
CLASS_LABELS = "attributes/class_attribute_labels_continuous.txt"
AGAIN = "unpack CUB_200_2011.tgz again"
Edit = Callable[[list[str]], object]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cub(tmp_path_factory.mktemp("cub")).parent


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path / "birds") / "CUB_200_2011"


def sentences(data: Any, folder: Path) -> list[str]:
    return [str(one).replace(f"{folder}/", "") for one in data.lacks()]


def change(path: Path, edit: Edit) -> None:
    """Change the lines of a file."""
    lines = path.read_text().splitlines()
    edit(lines)
    path.write_text("".join(f"{line}\n" for line in lines))


def test_what_is_missing_is_told_at_once_with_where_it_comes_from(
    open_data: OpenData, tmp_path: Path
) -> None:
    folder = tmp_path / "CUB_200_2011"
    data = open_data("cub", folder, split="published")
    page = "CUB-200-2011's page (vision.caltech.edu/datasets/cub_200_2011)"
    download = f"is missing; download CUB_200_2011.tgz from {page} and unpack it in {tmp_path}"
    beside = (
        "is missing; CUB_200_2011.tgz has it beside the folder CUB_200_2011: copy it to attributes"
    )
    assert sentences(data, folder) == [
        f"images.txt   {download}",
        f"classes.txt   {download}",
        f"image_class_labels.txt   {download}",
        f"train_test_split.txt   {download}",
        f"bounding_boxes.txt   {download}",
        f"attributes/attributes.txt   {beside}",
        f"{LABELS}   {download}",
        f"images   {download}",
    ]
    for use in (data.size, data.conversations, data.images, data.prepared_bytes):
        with pytest.raises(Failure, match=r"images\.txt   is missing"):
            use("train")
    assert data.is_prepared("train") is False
    with pytest.raises(Failure):
        _ = data.attributes
    [first, *_] = sentences(open_data("cub", tmp_path / "birds"), tmp_path)
    assert first.endswith("unpack it in birds"), "the archive has a folder of its own"


def test_what_is_not_used_need_not_be_there(open_data: OpenData, folder: Path) -> None:
    for name in ("train_test_split.txt", "bounding_boxes.txt", CLASS_LABELS):
        (folder / name).unlink()
    assert open_data("cub", folder, crop="centre").lacks() == ()
    found = sentences(open_data("cub", folder, split="published"), folder)
    assert [one.split("   ")[0] for one in found] == ["train_test_split.txt", "bounding_boxes.txt"]


def test_pictures_that_are_missing_or_broken_are_told_with_their_line(
    open_data: OpenData, folder: Path
) -> None:
    pictures = sorted((folder / "images").glob("*/*.jpg"))
    pictures[1].unlink()
    pictures[3].write_bytes(pictures[3].read_bytes()[:-100])
    pictures[4].unlink()
    pictures[4].symlink_to("/etc/hostname")
    pictures[8].write_bytes(b"")
    change(folder / "bounding_boxes.txt", lambda lines: lines.__setitem__(9, "10 500.0 1.0 9 9"))
    data = open_data("cub", folder)
    missing, outside, *broken = sentences(data, folder)
    name = "images/001.Drawn_Bird_1/Drawn_Bird_0002_2.jpg"
    assert missing == f"images.txt line 2   '{name}' is missing; {AGAIN}"
    assert outside.startswith("images.txt line 5   'images/001.Drawn_Bird_1/Drawn_Bird_0005_5.jpg'")
    assert "is a link that leads outside" in outside
    beside, cut, empty = sorted(broken)
    assert cut.startswith("images.txt line 4   ")
    assert "cut short" in cut
    assert empty.startswith("images.txt line 9   ")
    assert "is empty" in empty
    assert beside.startswith("images.txt line 10   ")
    assert "has 80 x 100 pixels, and its box lies around a point beside them" in beside
    assert data.size("train") == 10, "the words are all there"
    with pytest.raises(Failure, match="is missing"):
        data.images("train")


def test_a_broken_picture_is_told_where_nothing_else_is_wrong(
    open_data: OpenData, folder: Path
) -> None:
    path = sorted((folder / "images").glob("*/*.jpg"))[0]
    path.write_bytes(b"no picture at all")
    data = open_data("cub", folder, validation=0.5)
    [told] = sentences(data, folder)
    assert told.startswith(
        "images.txt line 1   'images/001.Drawn_Bird_1/Drawn_Bird_0001_1.jpg' is "
    )
    split = "train" if any("0001" in o.id for o in data.conversations("train")) else "validation"
    with pytest.raises(Failure, match="is no picture"):
        data.images(split)


@pytest.mark.parametrize(
    ("name", "edit", "expected"),
    [
        ("images.txt", lambda t: t.clear(), "images.txt   is empty"),
        (
            "images.txt",
            lambda t: t.__setitem__(2, "three a.jpg"),
            "images.txt line 3   must be a number, a space and more, and is 'three a.jpg'",
        ),
        ("images.txt", lambda t: t.__setitem__(2, "3"), "images.txt line 3   must be a number"),
        (
            "images.txt",
            lambda t: t.__setitem__(2, t[1]),
            "images.txt line 3   has the number 2 of line 2",
        ),
        (
            "images.txt",
            lambda t: t.__setitem__(2, "3 " + t[1].split()[1]),
            "images.txt line 3   names '001.Drawn_Bird_1/Drawn_Bird_0002_2.jpg', as line 2 does",
        ),
        (
            "image_class_labels.txt",
            lambda t: t.__setitem__(2, "3 9"),
            "image_class_labels.txt line 3   must be the picture's number and that of a class, 1 "
            "to 2, and is '3 9'",
        ),
        (
            "image_class_labels.txt",
            lambda t: t.__delitem__(slice(9, None)),
            "image_class_labels.txt   leaves out picture 10 and 2 more of images.txt",
        ),
        (
            "image_class_labels.txt",
            lambda t: t.append("99 1"),
            "image_class_labels.txt line 13   is about picture 99, which images.txt does not list",
        ),
        (
            "bounding_boxes.txt",
            lambda t: t.__setitem__(0, "1 60.0 27.0 325.0"),
            "bounding_boxes.txt line 1   must be the picture's number and a box: left, top, width "
            "and height, and is '1 60.0 27.0 325.0'",
        ),
        (
            "bounding_boxes.txt",
            lambda t: t.__setitem__(0, "1 60.0 27.0 nan 3"),
            "bounding_boxes.txt line 1   must be",
        ),
        (
            "bounding_boxes.txt",
            lambda t: t.__setitem__(0, "1 60.0 27.0 0 3"),
            "bounding_boxes.txt line 1   must be",
        ),
        (
            "train_test_split.txt",
            lambda t: t.__setitem__(0, "1 2"),
            "train_test_split.txt line 1   must be the picture's number and 1 for training or 0 "
            "for test, and is '1 2'",
        ),
        (
            "train_test_split.txt",
            lambda t: t.__setitem__(slice(None), [f"{n} 1" for n in range(1, 13)]),
            "train_test_split.txt   leaves nothing to train on, or nothing to hold out",
        ),
        (
            "../attributes.txt",
            lambda t: t.__delitem__(slice(217, 222)),
            "attributes.txt   names no has_size::...",
        ),
        (
            LABELS,
            lambda t: t.__setitem__(4, "1 5 yes 4 1.0"),
            f"{LABELS} line 5   must be <picture> <attribute> <0 or 1> <certainty, 1 to 4> "
            f"<seconds>: '1 5 yes 4 1.0'; {AGAIN}",
        ),
        (LABELS, lambda t: t.__setitem__(4, "1 5 2 4 1.0"), f"{LABELS} line 5   must be"),
        (LABELS, lambda t: t.__setitem__(4, "1 5 -1 4 1.0"), f"{LABELS} line 5   must be"),
        (LABELS, lambda t: t.__setitem__(4, "1 5 1 5 1.0"), f"{LABELS} line 5   must be"),
        (LABELS, lambda t: t.__setitem__(-1, "12 312 0"), f"{LABELS} line 3744   must be"),
        (
            LABELS,
            lambda t: t.__delitem__(slice(-400, None)),
            f"{LABELS}   leaves out picture 11 and 1 more of images.txt; {AGAIN}",
        ),
        (LABELS, lambda t: t.clear(), f"{LABELS}   leaves out picture 1 and 11 more"),
        (
            LABELS,
            lambda t: t.append("77 1 0 4 1.0"),
            f"{LABELS}   is about picture 77, which images.txt does not list",
        ),
        (
            CLASS_LABELS,
            lambda t: t.pop(),
            f"{CLASS_LABELS}   has 1 lines of 312 numbers; there are 2 classes and 312 attributes",
        ),
        (
            CLASS_LABELS,
            lambda t: t.__setitem__(1, "0.0 ?"),
            f"{CLASS_LABELS}   is no table of numbers (",
        ),
        (
            CLASS_LABELS,
            lambda t: t.__setitem__(1, t[1].replace("0.0", "nan", 1)),
            f"{CLASS_LABELS}   holds a number that is not between 0 and 100",
        ),
    ],
)
def test_a_wrong_line_is_told(
    open_data: OpenData, folder: Path, name: str, edit: Edit, expected: str
) -> None:
    change(folder / name, edit)
    split = "published" if "split" in name else "stratified"
    data = open_data("cub", folder, split=split)
    [told] = [one.replace(f"{folder.parent}/", "") for one in sentences(data, folder)]
    assert told.startswith(expected)
    with pytest.raises(Failure):
        data.size("train")


def test_text_that_is_not_utf8_is_told(open_data: OpenData, folder: Path) -> None:
    (folder / "images.txt").write_bytes(b"1 a\xff.jpg\n")
    [told] = sentences(open_data("cub", folder), folder)
    assert told == f"images.txt   is not UTF-8 at byte 4; {AGAIN}"


def test_captions_that_are_missing_or_empty_are_told(open_data: OpenData, folder: Path) -> None:
    text = folder.parent / "text_c10"
    first, second, third, *_ = sorted(text.glob("*/*.txt"))
    first.unlink()
    third.unlink()
    second.write_text("\n \n")
    told = sentences(open_data("cub", folder), text)
    where = "the captions of CUB's pictures come from github.com/reedscot/cvpr2016"
    assert told == [
        f"001.Drawn_Bird_1/Drawn_Bird_0001_1.txt   is missing; {where}",
        f"001.Drawn_Bird_1/Drawn_Bird_0003_3.txt   is missing; {where}",
    ]
    first.write_text("a bird")
    third.symlink_to("/etc/hostname")
    empty, outside = sentences(open_data("cub", folder), text)
    assert empty.startswith("001.Drawn_Bird_1/Drawn_Bird_0002_2.txt   holds no caption")
    assert "0003_3.txt   is a link that leads outside" in outside
    [told] = sentences(open_data("cub", folder, text=str(text / "elsewhere")), text)
    assert told.startswith("elsewhere   is missing; name the folder that holds")


def test_a_picture_outside_of_the_folder_is_not_read(open_data: OpenData, folder: Path) -> None:
    change(folder / "images.txt", lambda lines: lines.__setitem__(0, "1 ../../secret.jpg"))
    (folder.parent / "text_c10").rename(folder.parent / "no-captions")
    told = sentences(open_data("cub", folder), folder)
    assert told[0].startswith("images.txt line 1   'images/../../secret.jpg' climbs out of its")


def test_labels_of_which_nothing_is_believed_are_told(open_data: OpenData, folder: Path) -> None:
    write_labels(folder, {number: {249: (1, 2)} for number in range(1, 13)})
    train, *_ = sentences(open_data("cub", folder), folder)
    assert train == (
        f"{LABELS}   says nothing with certainty 3 of any train picture; believe more: "
        "data.certainty = 2"
    )
    assert open_data("cub", folder, certainty=2).lacks() == ()
