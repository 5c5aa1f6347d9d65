"""One picture file: is it whole, and what does it look like at a resolution?"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Literal

import numpy as np
import numpy.typing as npt
from attrs import frozen
from PIL import ExifTags, Image, UnidentifiedImageError

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""What is read. Pillow knows more, and runs other programs for some of them."""

DRAFT_MARGIN = 2
"""A JPEG is decoded at a half, a quarter or an eighth if it stays so many times the resolution."""

TURNS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a picture is turned upright, by its EXIF orientation."""

WHITE = (255, 255, 255, 255)
END_OF_JPEG = b"\xff\xd9"
AGAIN = "copy or download it again"


@frozen
class Fit:
    """How pictures are made to fit a square of `resolution` px."""

    resolution: int
    crop: Literal["centre", "none"]
    pixel_limit: int


@frozen
class Around:
    """A square that a picture is cut to, around a point of it, in pixels of its file.

    `half` is half the square's side. What of the square lies beside the picture is cut off.
    """

    x: float
    y: float
    half: float


class UnusablePicture(Exception):
    """A picture that cannot be used: what is wrong with it, and what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


@contextmanager
def pillow_told() -> Iterator[None]:
    """Have Pillow raise where it would warn of a huge picture, and warn of nothing else.

    Warnings belong to the whole process: open it in the main thread, around all work.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def decode(path: str | Path, fit: Fit, around: Around | None = None) -> npt.NDArray[np.uint8]:
    """Return a picture as RGB, [R, R, 3] in 0 to 255, upright and on white.

    With `around` the picture is cut to that square, whatever `fit` says of the crop. Raises
    UnusablePicture if it is missing, broken, cut short or too large, or around a point beside it.
    """
    with _opened(path, fit.pixel_limit) as image:
        if around is not None:
            return np.asarray(_cut_around(image, around, fit.resolution))
        side = DRAFT_MARGIN * fit.resolution
        image.draft(None, (side, side))
        image.load()
        return np.asarray(_fitted(_rgb(_upright(image)), fit))


def check_whole(path: str | Path, pixel_limit: int, around: Around | None = None) -> None:
    """Raise UnusablePicture for a file that cannot be decoded, without decoding most of them.

    A JPEG that ends as it should is taken for whole and a PNG has checksums; others are decoded.
    """
    with _opened(path, pixel_limit) as image:
        if around is not None:
            _window(image.size, around)
        if image.format == "PNG":
            image.verify()
        elif image.format not in ("JPEG", "MPO") or not _ends_as_jpeg(path):
            image.draft(None, (1, 1))
            image.load()
        if image.mode == "F":
            raise UnusablePicture(*_fractions())


@contextmanager
def _opened(path: str | Path, pixel_limit: int) -> Iterator[Image.Image]:
    """Open a picture whose header is in order, and put into words whatever goes wrong with it."""
    try:
        if not S_ISREG(os.stat(path).st_mode):
            raise UnusablePicture("is not a file", "name a picture")
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > pixel_limit:
                raise UnusablePicture(*_too_large(f"{width:,} x {height:,} pixels", pixel_limit))
            yield image
    except UnusablePicture:
        raise
    except FileNotFoundError as error:
        raise UnusablePicture("is missing") from error
    except UnidentifiedImageError as error:
        raise UnusablePicture(*_no_picture(path)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnusablePicture(*_too_large("far too many pixels", pixel_limit)) from error
    except MemoryError as error:
        raise UnusablePicture("needs more memory than there is", "make it smaller") from error
    except Exception as error:
        # Broken files make Pillow's many decoders raise almost anything.
        if isinstance(error, OSError) and error.strerror:
            raise UnusablePicture(f"cannot be read: {error.strerror}") from error
        raise UnusablePicture(f"is broken or cut short ({_words(error)})", AGAIN) from error


def _upright(image: Image.Image) -> Image.Image:
    """Turn a picture as its EXIF says; one whose EXIF is broken stays as it is."""
    return _turned(image, _turn_of(image))


def _turn_of(image: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # whatever nonsense in it makes Pillow raise
        return None


def _turned(image: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    return image if turn is None else image.transpose(turn)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise UnusablePicture(*_fractions())
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
        grey = np.asarray(image).clip(0, 65535) // 257
        return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, WHITE), image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _fitted(image: Image.Image, fit: Fit) -> Image.Image:
    width, height = image.size
    box = None
    if fit.crop == "centre":
        # In fractions: of a picture decoded at an eighth, half a pixel is four of the whole one.
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        box = (left, top, left + side, top + side)
    size = (fit.resolution, fit.resolution)
    return image.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)


def _cut_around(image: Image.Image, around: Around, resolution: int) -> Image.Image:
    """Decode what is needed of a picture, cut it, and then turn it upright."""
    width, height = image.size
    left, top, right, bottom = _window(image.size, around)
    share = DRAFT_MARGIN * resolution / (right - left)
    image.draft(None, (max(1, int(share * width)), max(1, int(share * height))))
    image.load()
    turn = _turn_of(image)
    across, down = image.width / width, image.height / height
    box = (left * across, top * down, right * across, bottom * down)
    size = (resolution, resolution)
    square = _rgb(image).resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    return _turned(square, turn)


def _window(size: tuple[int, int], around: Around) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of the square in a picture of a size.

    Where the picture ends within it, it is the largest square in what is left of it, with its
    middle as near to the point as can be.
    """
    width, height = size
    if not (0 <= around.x <= width and 0 <= around.y <= height):
        what = f"has {width:,} x {height:,} pixels, and its box lies around a point beside them"
        raise UnusablePicture(what, AGAIN)
    left, right = max(0.0, around.x - around.half), min(width, around.x + around.half)
    top, bottom = max(0.0, around.y - around.half), min(height, around.y + around.half)
    side = min(right - left, bottom - top)
    left = min(max(around.x - side / 2, left), right - side)
    top = min(max(around.y - side / 2, top), bottom - side)
    return left, top, left + side, top + side


def _ends_as_jpeg(path: str | Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-2, os.SEEK_END)
        return file.read(2) == END_OF_JPEG


def _no_picture(path: str | Path) -> tuple[str, str]:
    if os.path.getsize(path) == 0:
        return "is empty", AGAIN
    return f"is no picture of a kind that is read ({', '.join(FORMATS)})", "save it as JPEG or PNG"


def _too_large(size: str, pixel_limit: int) -> tuple[str, str]:
    return f"has {size}, above the limit of {pixel_limit:,}", "make it smaller"


def _fractions() -> tuple[str, str]:
    return "has fractions for pixels, whose range is not known", "save it as JPEG or PNG"


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
