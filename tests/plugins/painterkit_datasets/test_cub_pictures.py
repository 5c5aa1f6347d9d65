"""CUB's pictures: cut around the bird, each the one that its conversation is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from painterkit_datasets.pictures import Around, Fit, UnusablePicture, check_whole, decode

from ...cub_folder import box_of, write_cub, write_rows
from .conftest import OpenData, fitted

SPLITS = ("train", "validation")
LIMIT = 10_000_000


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cub(tmp_path_factory.mktemp("cub"), captions=False)


def cut(path: Path, square: tuple[float, float, float], size: int) -> npt.NDArray[Any]:
    """Return the part of a picture around a point, the plain way."""
    x, y, half = square
    with Image.open(path) as picture:
        picture = picture.convert("RGB")
    part = picture.crop((round(x - half), round(y - half), round(x + half), round(y + half)))
    return np.asarray(part.resize((size, size))).astype(int)


def test_a_picture_is_cut_around_the_bird(open_data: OpenData, made: Path) -> None:
    data = open_data("cub", made, resolution=32)
    for split in SPLITS:
        pictures = data.images(split)
        assert pictures.shape == (data.size(split), 32, 32, 3)
        for one in data.conversations(split):
            left, top, width, height = box_of(int(one.id.split("_")[-1]))
            square = left + width / 2, top + height / 2, 0.75 * max(width, height)
            path = made / "images" / f"{one.id}.jpg"
            assert np.abs(cut(path, square, 32) - pictures[one.image]).mean() < 6, one.id
            share = np.mean(np.abs(pictures[one.image].astype(int) - 128).max(axis=2) > 40)
            assert share > 0.15, "the bird fills a good part of it"


def test_or_to_the_square_in_the_middle(open_data: OpenData, made: Path, tmp_path: Path) -> None:
    boxed = open_data("cub", made, resolution=32)
    assert not boxed.is_prepared("train")
    around = boxed.images("train")
    data = open_data("cub", made, resolution=32, crop="centre")
    assert not data.is_prepared("train"), "other pixels have another place in the cache"
    pictures = data.images("train")
    assert data.is_prepared("train")
    assert boxed.is_prepared("train")
    assert (data.prepared_bytes("train"), len(pictures)) == (128 + 10 * 32 * 32 * 3, 10)
    for one in data.conversations("train"):
        path = made / "images" / f"{one.id}.jpg"
        assert np.abs(fitted(path, 32) - pictures[one.image]).mean() < 6, one.id
    assert np.abs(around.astype(int) - pictures).mean() > 10


def test_another_box_is_another_picture(open_data: OpenData, tmp_path: Path) -> None:
    folder = write_cub(tmp_path / "cub", captions=False)
    first = np.array(open_data("cub", folder).images("train"))
    boxes = [(number, "2.0 2.0 20.0 20.0") for number in range(1, 13)]
    write_rows(folder / "bounding_boxes.txt", boxes)
    data = open_data("cub", folder)
    assert not data.is_prepared("train")
    assert not np.array_equal(data.images("train"), first)


def test_the_square_may_be_named_without_the_boxes_when_they_are_not_used(
    open_data: OpenData, tmp_path: Path
) -> None:
    folder = write_cub(tmp_path / "cub", captions=False)
    (folder / "bounding_boxes.txt").unlink()
    assert open_data("cub", folder, crop="centre").lacks() == ()
    assert len(open_data("cub", folder).lacks()) == 1


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    """Write a picture of 400 x 200 px: red, green, blue and white in its quarters."""
    picture = Image.new("RGB", (400, 200), "white")
    for colour, place in (("red", (0, 0)), ("lime", (200, 0)), ("blue", (0, 100))):
        picture.paste(Image.new("RGB", (200, 100), colour), place)
    picture.save(tmp_path / "quarters.jpg", quality=98, subsampling=0)
    return tmp_path / "quarters.jpg"


CORNERS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def corners(pixels: npt.NDArray[np.uint8]) -> list[str]:
    """Name the colours of the corners, from the left above, in reading order."""
    found = [pixels[row, column].astype(int) for row in (1, -2) for column in (1, -2)]
    return [
        min(CORNERS, key=lambda name: int(np.abs(colour - CORNERS[name]).sum())) for colour in found
    ]


@pytest.mark.parametrize("resolution", [8, 64])
@pytest.mark.parametrize(
    ("square", "expected"),
    [
        ((200, 100, 40), ["red", "lime", "blue", "white"]),
        ((100, 50, 40), ["red"] * 4),
        ((350, 160, 30), ["white"] * 4),
        ((200, 50, 49), ["red", "lime", "red", "lime"]),
        # Beyond the left end: 60 px of the square's 120 are left, and 60 of its height.
        ((0, 100, 60), ["red", "red", "blue", "blue"]),
        # Larger than the picture: as high as it is, and around the point.
        ((200, 100, 900), ["red", "lime", "blue", "white"]),
        ((395, 5, 900), ["lime", "lime", "white", "white"]),
    ],
)
def test_the_square_around_a_point(
    quarters: Path, square: tuple[float, float, float], expected: list[str], resolution: int
) -> None:
    pixels = decode(quarters, Fit(resolution, "centre", LIMIT), Around(*square))
    assert pixels.shape == (resolution, resolution, 3)
    assert corners(pixels) == expected


def test_a_square_is_as_sharp_as_its_pixels(tmp_path: Path) -> None:
    """A small square of a large picture is not decoded at a fraction of its size."""
    stripes = np.zeros((1600, 1600, 3), np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 255
    Image.fromarray(stripes).save(tmp_path / "stripes.jpg", quality=95)
    pixels = decode(tmp_path / "stripes.jpg", Fit(64, "centre", LIMIT), Around(800, 800, 32))
    assert pixels.std() > 110
    assert np.abs(pixels.astype(int) - stripes[768:832, 768:832]).mean() < 8


def test_a_square_is_in_pixels_of_the_file_and_then_turned(quarters: Path, tmp_path: Path) -> None:
    with Image.open(quarters) as picture:
        exif = picture.getexif()
        exif[0x0112] = 6  # to be turned a quarter to the right
        picture.save(tmp_path / "turned.jpg", exif=exif, quality=98, subsampling=0)
    fit = Fit(32, "centre", LIMIT)
    assert corners(decode(tmp_path / "turned.jpg", fit, Around(350, 50, 30))) == ["lime"] * 4
    across = decode(tmp_path / "turned.jpg", fit, Around(200, 50, 49))
    assert corners(across) == ["red", "red", "lime", "lime"]


@pytest.mark.parametrize("point", [(-1, 50), (401, 50), (50, -1), (50, 200.5)])
def test_a_point_beside_the_picture_is_refused(quarters: Path, point: tuple[float, float]) -> None:
    for use in (
        lambda: decode(quarters, Fit(8, "centre", LIMIT), Around(*point, 30)),
        lambda: check_whole(quarters, LIMIT, Around(*point, 30)),
    ):
        with pytest.raises(UnusablePicture, match="has 400 x 200 pixels, and its box lies around"):
            use()
