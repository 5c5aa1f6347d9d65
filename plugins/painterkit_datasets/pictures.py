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


def decode(path: str | Path, fit: Fit) -> npt.NDArray[np.uint8]:
    """Return a picture as RGB, [R, R, 3] in 0 to 255, upright and on white.

    Raises UnusablePicture if it is missing, broken, cut short or too large.
    """
    with _opened(path, fit.pixel_limit) as image:
        side = DRAFT_MARGIN * fit.resolution
        image.draft(None, (side, side))
        image.load()
        return np.asarray(_fitted(_rgb(_upright(image)), fit))


def check_whole(path: str | Path, pixel_limit: int) -> None:
    """Raise UnusablePicture for a file that cannot be decoded, without decoding most of them.

    A JPEG that ends as it should is taken for whole and a PNG has checksums; others are decoded.
    """
    with _opened(path, pixel_limit) as image:
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
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # whatever nonsense in it makes Pillow raise
        orientation = None
    turn = TURNS.get(orientation)
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
