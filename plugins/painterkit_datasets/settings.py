"""What a recipe can say about the data sets.

`marks` are names of files by which `painterkit data check` knows what a folder holds.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from attrs import frozen

from painterkit.settings import setting

MOST_PIXELS = 80_000_000
"""Below the size at which Pillow begins to warn of a decompression bomb."""


@frozen
class JsonLinesSettings:
    """Pictures of your own, and a JSON-lines file of what is said about them.

    Each line is an object: {"image": "a.jpg", "captions": ["a red circle"], "turns": [...]}. A
    turn is a text, {"question", "answer"} or {"attribute", "value"}. A line may also give
    "attributes", "told_in", "class", "split" ("train" or "validation") and "id". Names of
    pictures are relative to the file's folder. Where no line gives a split, a share of the
    pictures is held out.
    """

    marks: ClassVar[tuple[str, ...]] = ("*.jsonl",)

    folder: str = setting(
        help="The folder of the pictures, with one .jsonl file in it, or the path of that file.",
        min_length=1,
    )
    resolution: int = setting(
        64,
        help="Height and width that the pictures are made to fit.",
        unit="px",
        at_least=8,
        at_most=1024,
    )
    crop: Literal["centre", "none"] = setting(
        "centre", help="Cut out the largest square in the middle, or squeeze the whole picture."
    )
    validation: float = setting(
        0.1,
        help="Share of the pictures that is held out, where no line gives a split.",
        above=0.0,
        below=1.0,
    )
    seed: int = setting(0, help="Chooses the pictures that are held out.", at_least=0)
    pixel_limit: int = setting(
        MOST_PIXELS,
        help="A picture with more pixels is refused before it is decoded.",
        unit="px",
        at_least=1,
        at_most=MOST_PIXELS,
    )


@frozen
class CocoVisDialSettings:
    """Pictures and captions of COCO 2014 with the dialogues of VisDial.

    Nothing is downloaded: `painterkit data check` and `painterkit check` say which files to fetch
    and where to put them. A question without an answer is left out.
    """

    marks: ClassVar[tuple[str, ...]] = (
        "visdial_0.9_*.json",
        "visdial_1.0_*.json",
        "captions_*2014.json",
        "annotations/captions_*2014.json",
    )

    folder: str = setting(
        help="The folder that holds train2014/, val2014/ and the caption files, these either "
        "beside them or in annotations/.",
        min_length=1,
    )
    dialogs: str = setting(
        "",
        help="The folder of VisDial's files and of VisualDialog_val2018/; the same as folder if "
        "left out.",
    )
    version: Literal["0.9", "1.0"] = setting(
        "0.9",
        help="0.9 is what ChatPainter used. 1.0 trains on the pictures of both COCO folders and "
        "holds out others, which have one caption each.",
    )
    held_out: Literal["val", "test"] = setting(
        "val", help="What to hold out: test, of 1.0 alone, has 1 to 10 rounds."
    )
    captions: Literal["coco", "visdial"] = setting(
        "coco",
        help="All captions that COCO has of a picture, or the one in VisDial's file.",
    )
    most_captions: int | None = setting(
        None,
        help="Take the first so many captions of a picture alone; COCO has five to seven.",
        at_least=1,
    )
    resolution: int = setting(
        64,
        help="Height and width that the pictures are made to fit.",
        unit="px",
        at_least=8,
        at_most=1024,
    )
    crop: Literal["centre", "none"] = setting(
        "centre", help="Cut out the largest square in the middle, or squeeze the whole picture."
    )
    train: int | None = setting(
        None, help="Take the first so many training conversations alone.", at_least=1
    )
    validation: int | None = setting(
        None, help="Take the first so many held-out conversations alone.", at_least=1
    )
    pixel_limit: int = setting(
        MOST_PIXELS,
        help="A picture with more pixels is refused before it is decoded.",
        unit="px",
        at_least=1,
        at_most=MOST_PIXELS,
    )


@frozen
class CubSettings:
    """Birds of CUB-200-2011, told in four attributes: primary colour, shape, size and bill colour.

    Nothing is downloaded: `painterkit data check` and `painterkit check` say which files to fetch
    and where to put them. People labelled the attributes, and some of them several values of one
    picture, or none. What counts is a value that is said to be present, with at least the
    `certainty` of the settings: of several the one with the highest certainty, then the one that
    is said most often of the picture's class (class_attribute_labels_continuous.txt, where it is
    there), then the first in attributes.txt. An attribute without such a value is not told; a
    picture without any is left out. A picture without captions has one, which is empty.
    """

    marks: ClassVar[tuple[str, ...]] = (
        "image_class_labels.txt",
        "attributes/image_attribute_labels.txt",
        "CUB_200_2011/image_class_labels.txt",
        "CUB_200_2011/attributes/image_attribute_labels.txt",
    )

    folder: str = setting(
        help="The folder CUB_200_2011 with images.txt and images/ in it, or the folder it is in.",
        min_length=1,
    )
    text: str = setting(
        "",
        help="The folder of captions, a folder of .txt files for each class; if left out text/ or "
        "text_c10/ in CUB_200_2011, or text_c10/ beside it, and no captions where none is there.",
    )
    split: Literal["stratified", "published"] = setting(
        "stratified",
        help="Hold out a share of every class, as the Neural Painter does, or what "
        "train_test_split.txt calls test, about half.",
    )
    validation: float = setting(
        0.1,
        help="Share of the pictures of a class that is held out, where the split is stratified.",
        above=0.0,
        below=1.0,
    )
    turns: Literal["all", "random"] = setting(
        "all",
        help="Tell every attribute that is known, at most four, or the first 1, 2, 3 or 4 of "
        "them, as many as the seed and the picture say.",
    )
    certainty: int = setting(
        3,
        help="Believe labels of at least this certainty: 1 not visible, 2 guessing, 3 probably, "
        "4 definitely.",
        at_least=1,
        at_most=4,
    )
    resolution: int = setting(
        64,
        help="Height and width that the pictures are made to fit.",
        unit="px",
        at_least=8,
        at_most=1024,
    )
    flips: bool = setting(
        False,
        help="Mirror every other training picture, another half in each epoch: what is told of a "
        "bird stays true.",
    )
    crop: Literal["box", "centre"] = setting(
        "box",
        help="Cut out a square around the bird's bounding box, 1.5 times its longer side, or the "
        "largest square in the middle of the picture.",
    )
    seed: int = setting(
        0,
        help="Chooses the pictures that are held out, the order of the turns, and how many.",
        at_least=0,
    )
    pixel_limit: int = setting(
        MOST_PIXELS,
        help="A picture with more pixels is refused before it is decoded.",
        unit="px",
        at_least=1,
        at_most=MOST_PIXELS,
    )
