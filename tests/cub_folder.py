"""Folders in the layout of CUB-200-2011, with drawn birds.

The numbers, names and values of the attributes are the real ones; those that are not read have no
names here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

COLOURS = [
    "blue",
    "brown",
    "iridescent",
    "purple",
    "rufous",
    "grey",
    "yellow",
    "olive",
    "green",
    "pink",
    "orange",
    "black",
    "white",
    "red",
    "buff",
]
SHAPES = [
    "upright-perching_water-like",
    "chicken-like-marsh",
    "long-legged-like",
    "duck-like",
    "owl-like",
    "gull-like",
    "hummingbird-like",
    "pigeon-like",
    "tree-clinging-like",
    "hawk-like",
    "sandpiper-like",
    "upland-ground-like",
    "swallow-like",
    "perching-like",
]
SIZES = [
    "large_(16_-_32_in)",
    "small_(5_-_9_in)",
    "very_large_(32_-_72_in)",
    "medium_(9_-_16_in)",
    "very_small_(3_-_5_in)",
]
FIRST: Mapping[str, tuple[int, Sequence[str]]] = {
    "has_size": (218, SIZES),
    "has_shape": (223, SHAPES),
    "has_primary_color": (249, COLOURS),
    "has_bill_color": (279, COLOURS),
}
ATTRIBUTES = 312
PAINTS = ("red", "blue", "yellow", "black", "white", "brown", "green")
SIX_FIELDS = (2, 7)
"""Pictures whose labels have one field more, a 0 before the seconds."""

CANVASES = ((120, 90), (80, 100), (160, 160))
Box = tuple[float, float, float, float]


def number_of(group: str, value: str) -> int:
    """Return the number of a value in attributes.txt."""
    first, values = FIRST[group]
    return first + list(values).index(value)


def truth(number: int) -> dict[str, str]:
    """Return what the labels say of picture `number`, each with certainty 4."""
    return {
        "has_primary_color": PAINTS[number % len(PAINTS)],
        "has_shape": SHAPES[number % len(SHAPES)],
        "has_size": SIZES[number % len(SIZES)],
        "has_bill_color": COLOURS[(3 * number) % len(COLOURS)],
    }


def box_of(number: int) -> Box:
    """Return the left, top, width and height of a bird: all of it inside of its picture."""
    width, height = CANVASES[number % len(CANVASES)]
    return width * 0.4, height * 0.35 + number % 5, width * 0.3, height * 0.2


def write_cub(folder: Path, classes: int = 2, each: int = 6, captions: bool = True) -> Path:
    """Write what CUB_200_2011.tgz unpacks in a folder; return its folder CUB_200_2011.

    `captions` are a folder text_c10/ beside it, as StackGAN's authors have it.
    """
    root = folder / "CUB_200_2011"
    (root / "attributes").mkdir(parents=True)
    numbers = range(1, classes * each + 1)
    birds = {number: (number - 1) // each + 1 for number in numbers}
    names = {n: f"{one:03}.Drawn_Bird_{one}/Drawn_Bird_{n:04}_{n}.jpg" for n, one in birds.items()}
    for number, name in names.items():
        draw_bird(root / "images" / name, number)
        if captions:
            write_captions(folder / "text_c10" / Path(name).with_suffix(".txt"), number)
    kinds = [(one, f"{one:03}.Drawn_Bird_{one}") for one in range(1, classes + 1)]
    write_rows(root / "images.txt", names.items())
    write_rows(root / "image_class_labels.txt", birds.items())
    write_rows(root / "classes.txt", kinds)
    write_rows(root / "train_test_split.txt", [(n, n % 2) for n in numbers])
    boxes = [(n, " ".join(f"{side:.1f}" for side in box_of(n))) for n in numbers]
    write_rows(root / "bounding_boxes.txt", boxes)
    write_rows(folder / "attributes.txt", attribute_names().items())
    write_labels(root, {n: {number_of(*one): (1, 4) for one in truth(n).items()} for n in numbers})
    table = [["0.0"] * ATTRIBUTES for _ in range(classes)]
    text = "".join(" ".join(row) + "\n" for row in table)
    (root / "attributes" / "class_attribute_labels_continuous.txt").write_text(text)
    return root


def attribute_names() -> dict[int, str]:
    """Return the lines of attributes.txt."""
    named = {
        first + place: f"{group}::{value}"
        for group, (first, values) in FIRST.items()
        for place, value in enumerate(values)
    }
    return {n: named.get(n, f"has_other::value_{n}") for n in range(1, ATTRIBUTES + 1)}


def write_labels(root: Path, present: Mapping[int, Mapping[int, tuple[int, int]]]) -> None:
    """Write what is said of each picture: (present, certainty) by number of the attribute.

    Of the others it is said that they are definitely not present.
    """
    lines: list[str] = []
    for number, said in present.items():
        extra = " 0" if number in SIX_FIELDS else ""
        for attribute in range(1, ATTRIBUTES + 1):
            is_present, certainty = said.get(attribute, (0, 4))
            lines.append(f"{number} {attribute} {is_present} {certainty}{extra} 27.7080000000\n")
    (root / "attributes" / "image_attribute_labels.txt").write_text("".join(lines))


def write_captions(path: Path, number: int) -> None:
    """Write ten captions of a picture, with stray spaces and an empty line as the real ones."""
    colour = truth(number)["has_primary_color"]
    lines = [f"this bird is {colour} and number {number},  said {n} times.\n" for n in range(10)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join([*lines, "\n"]))


def draw_bird(path: Path, number: int) -> None:
    """Draw a bird of its colour in its box, on grey; its bill is magenta, on the right."""
    width, height = CANVASES[number % len(CANVASES)]
    left, top, across, down = box_of(number)
    picture = Image.new("RGB", (width, height), (128, 128, 128))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((left, top, left + across, top + down), fill=truth(number)["has_primary_color"])
    bill = left + across * 0.8, top + down * 0.4, left + across, top + down * 0.6
    pen.rectangle(bill, fill="magenta")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("L" if number % 6 == 5 else "RGB").save(path, quality=95)


def write_rows(path: Path, rows: Iterable[tuple[int, object]]) -> None:
    """Write a line for each number, with what comes after it."""
    path.write_text("".join(f"{number} {rest}\n" for number, rest in rows))
