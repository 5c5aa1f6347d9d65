"""One picture: every kind becomes RGB, and what cannot is refused in words."""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from painterkit_datasets.pictures import Fit, UnusablePicture, check_whole, decode, pillow_told

LIMIT = 1_000_000
FIT = Fit(16, "centre", LIMIT)
RED = (200, 40, 30)

Save = Callable[[Path], object]


def plain(colour: object = RED, mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> Image.Image:
    return Image.new(mode, size, colour)  # pyright: ignore[reportArgumentType]


def means(picture: npt.NDArray[np.uint8]) -> list[int]:
    return [round(float(value)) for value in picture.reshape(-1, 3).mean(axis=0)]


def palette(transparent: int | None) -> Image.Image:
    picture = Image.new("P", (40, 30), 1)
    picture.putpalette([0, 0, 0, *RED])
    if transparent is not None:
        picture.info["transparency"] = transparent
    return picture


def sixteen_bit(value: int) -> Image.Image:
    return Image.fromarray(np.full((30, 40), value, np.uint16))


@pytest.mark.parametrize(
    ("name", "picture", "expected"),
    [
        ("rgb.png", plain(), RED),
        ("grey.png", plain(90, "L"), (90, 90, 90)),
        ("black-and-white.png", plain(1, "1"), (255, 255, 255)),
        ("palette.png", palette(None), RED),
        ("palette.gif", palette(None), RED),
        ("palette-seen-through.png", palette(1), (255, 255, 255)),
        ("alpha.png", plain((*RED, 255), "RGBA"), RED),
        ("half-alpha.webp", plain((0, 0, 0, 128), "RGBA"), (127, 127, 127)),
        ("grey-alpha.png", plain((0, 0), "LA"), (255, 255, 255)),
        ("sixteen-bit.png", sixteen_bit(257 * 90), (90, 90, 90)),
        ("sixteen-bit-white.tiff", sixteen_bit(65535), (255, 255, 255)),
        ("cmyk.tiff", plain((0, 255, 255, 0), "CMYK"), (255, 0, 0)),
        ("cmyk.jpg", plain((0, 255, 255, 0), "CMYK"), (255, 0, 0)),
        ("grey.jpg", plain(90, "L"), (90, 90, 90)),
        ("rgb.jpg", plain(), RED),
        ("rgb.bmp", plain(), RED),
        ("rgb.ppm", plain(), RED),
    ],
)
def test_every_kind_becomes_rgb(
    name: str, picture: Image.Image, expected: tuple[int, int, int], tmp_path: Path
) -> None:
    options: dict[str, Any] = {"transparency": 1} if "seen-through" in name else {}
    if name.endswith((".jpg", ".webp")):
        options["quality"] = 100
    picture.save(tmp_path / name, **options)
    decoded = decode(tmp_path / name, FIT)
    assert (decoded.shape, decoded.dtype) == ((16, 16, 3), np.uint8)
    np.testing.assert_allclose(means(decoded), expected, atol=2)
    check_whole(tmp_path / name, LIMIT)


def quarters(size: tuple[int, int]) -> Image.Image:
    """Return a picture whose quarters are black, red, green and blue, left to right, down."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, width // 2 :, 0] = 255
    pixels[height // 2 :, : width // 2, 1] = 255
    pixels[height // 2 :, width // 2 :, 2] = 255
    return Image.fromarray(pixels)


def corners(picture: npt.NDArray[np.uint8]) -> str:
    """Name the colours of the four quarters."""
    middles = [picture[y, x] for y in (3, 12) for x in (3, 12)]
    return "".join("krgb"[0 if one.max() < 128 else 1 + int(one.argmax())] for one in middles)


UPRIGHT = {1: "krgb", 2: "rkbg", 3: "bgrk", 4: "gbkr", 5: "kgrb", 6: "gkbr", 7: "brgk", 8: "rbkg"}


@pytest.mark.parametrize(("orientation", "expected"), UPRIGHT.items())
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_it_is_turned_upright(orientation: int, expected: str, suffix: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{suffix}"
    quarters((64, 64)).save(path, exif=exif)
    assert corners(decode(path, FIT)) == expected


@pytest.mark.parametrize(
    "garbage", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + bytes(64)]
)
def test_a_picture_with_broken_exif_is_taken_as_it_is(garbage: bytes, tmp_path: Path) -> None:
    quarters((64, 64)).save(tmp_path / "a.jpg", exif=b"Exif\0\0" + garbage)
    with pillow_told():
        assert corners(decode(tmp_path / "a.jpg", FIT)) == UPRIGHT[1]


@pytest.mark.parametrize("size", [(90, 30), (30, 90)])
def test_the_crop_is_in_the_middle(size: tuple[int, int], tmp_path: Path) -> None:
    picture = plain((0, 0, 255), size=size)
    left, top = (size[0] - 30) // 2, (size[1] - 30) // 2
    picture.paste(RED, (left, top, left + 30, top + 30))
    picture.save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png", FIT)
    inside = decoded[2:-2, 2:-2].astype(int)  # at its edges it blends with what was cut off
    assert np.abs(inside - RED).max() <= 2
    whole = decode(tmp_path / "a.png", Fit(16, "none", LIMIT))
    assert means(whole)[2] > 150, "without a crop the blue around it stays"


def test_a_draft_looks_like_a_full_decoding(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
    picture = coarse.resize((800, 600), Image.Resampling.BICUBIC)
    picture.save(tmp_path / "a.jpg", quality=95)
    picture.save(tmp_path / "a.png")
    by_draft = decode(tmp_path / "a.jpg", FIT).astype(int)
    in_full = decode(tmp_path / "a.png", FIT).astype(int)
    assert np.abs(by_draft - in_full).mean() < 1.5


def test_a_fine_pattern_becomes_its_mean(tmp_path: Path) -> None:
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png", FIT).astype(int)
    assert np.abs(decoded - 128).max() <= 4, "it is resized with antialiasing"


def test_a_small_picture_is_enlarged(tmp_path: Path) -> None:
    plain(size=(1, 1)).save(tmp_path / "a.png")
    assert means(decode(tmp_path / "a.png", FIT)) == list(RED)


def png_of_size(width: int, height: int) -> bytes:
    """Return a PNG that says how large it is and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


def saved(name: str, picture: Image.Image, change: Callable[[bytes], bytes]) -> Save:
    def save(folder: Path) -> None:
        picture.save(folder / name)
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return save


def noise(size: tuple[int, int] = (200, 150)) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def broken_middle(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(50) + data[middle + 50 :]


@pytest.mark.parametrize(
    ("name", "save", "words"),
    [
        ("gone.jpg", lambda folder: None, "is missing"),
        ("empty.jpg", lambda folder: (folder / "empty.jpg").touch(), "is empty"),
        ("a.jpg", lambda folder: (folder / "a.jpg").write_text("hello"), "no picture of a kind"),
        ("a.svg", lambda folder: (folder / "a.svg").write_text("<svg/>"), "no picture of a kind"),
        ("a.eps", lambda folder: plain().save(folder / "a.eps"), "no picture of a kind"),
        ("folder", lambda folder: (folder / "folder").mkdir(), "is not a file"),
        ("pipe", lambda folder: os.mkfifo(folder / "pipe"), "is not a file"),
        ("cut.jpg", saved("cut.jpg", noise(), lambda data: data[:-3000]), "broken or cut short"),
        ("cut.png", saved("cut.png", noise(), lambda data: data[:-3000]), "broken or cut short"),
        ("cut.gif", saved("cut.gif", noise(), lambda data: data[:-9000]), "broken or cut short"),
        ("cut.webp", saved("cut.webp", noise(), lambda data: data[:-3000]), "broken or cut short"),
        ("head.png", saved("head.png", noise(), lambda data: data[:20]), "broken or cut short"),
        ("middle.png", saved("middle.png", noise(), broken_middle), "broken or cut short"),
        (
            "large.png",
            lambda folder: (folder / "large.png").write_bytes(png_of_size(1001, 1000)),
            "has 1,001 x 1,000 pixels, above the limit of 1,000,000",
        ),
        (
            "warned.png",
            lambda folder: (folder / "warned.png").write_bytes(png_of_size(10_000, 10_000)),
            "above the limit of 1,000,000",
        ),
        (
            "bomb.png",
            lambda folder: (folder / "bomb.png").write_bytes(png_of_size(60_000, 60_000)),
            "far too many pixels, above the limit of 1,000,000",
        ),
        (
            "fractions.tiff",
            lambda folder: plain(0.5, "F").save(folder / "fractions.tiff"),
            "fractions for pixels",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(
    name: str, save: Save, words: str, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    save(tmp_path)
    with pillow_told():
        with pytest.raises(UnusablePicture, match=words):
            decode(tmp_path / name, FIT)
        with pytest.raises(UnusablePicture, match=words):
            check_whole(tmp_path / name, LIMIT)
    assert list(recwarn) == []


def test_a_large_picture_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(self: object) -> None:
        raise AssertionError("it was decoded")

    plain(size=(1001, 1000)).save(tmp_path / "large.jpg")
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    with pytest.raises(UnusablePicture, match="above the limit"):
        decode(tmp_path / "large.jpg", FIT)


def test_a_jpeg_with_something_behind_it_is_whole(tmp_path: Path) -> None:
    plain().save(tmp_path / "a.jpg")
    with (tmp_path / "a.jpg").open("ab") as file:
        file.write(b"what a telephone adds")
    check_whole(tmp_path / "a.jpg", LIMIT)
    assert decode(tmp_path / "a.jpg", FIT).shape == (16, 16, 3)


def test_warnings_are_as_before_afterwards() -> None:
    before = list(warnings.filters)
    with pillow_told():
        assert warnings.filters != before
    assert warnings.filters == before
