"""Draw a face with python-avatars.

Every part of a face (skin, clothing, facial hair, mouth, hair, glasses) is drawn once in every
value and colour, about a hundred layers in all, and a face is the six of its layers laid over its
background. That draws thousands of faces in the time that rendering hundreds would take.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
from PIL import Image

from painterkit.errors import Failure, Problem
from painterkit_avatars.attributes import Face

DRAWING_VERSION = 1
"""To be raised with every change of what a face looks like: prepared pictures depend on it."""

PARTS: Mapping[str, Mapping[str, str]] = {
    "hair_shape": {
        "bald": "NONE",
        "short": "SHORT_FLAT",
        "long": "STRAIGHT_1",
        "curly": "FRO",
        "bob": "BOB",
        "bun": "BUN",
    },
    "glasses": {"none": "NONE", "round": "ROUND", "sunglasses": "WAYFARERS"},
    "facial_hair": {"none": "NONE", "moustache": "MOUSTACHE_MAGNUM", "beard": "BEARD_MEDIUM"},
    "mouth": {"smile": "TWINKLE", "serious": "SERIOUS", "sad": "SAD", "laughing": "BIG_SMILE"},
    "clothing": {
        "hoodie": "HOODIE",
        "blazer": "BLAZER_SHIRT",
        "t-shirt": "SHIRT_SCOOP_NECK",
        "overall": "OVERALL",
    },
}
COLOURS: Mapping[str, Mapping[str | None, str]] = {
    "hair_colour": {
        "black": "#15120F",
        "brown": "#55301A",
        "blonde": "#F2D45C",
        "ginger": "#E0561B",
        "grey": "#A9ADB5",
        "pink": "#FF6FB8",
        None: "#55301A",
    },
    "skin_tone": {"pale": "#FFE3CF", "tanned": "#EDB27C", "brown": "#B87840", "dark": "#8C5634"},
    "clothing_colour": {
        "red": "#D9302C",
        "blue": "#2F62D0",
        "green": "#2E9B48",
        "yellow": "#F5C518",
        "black": "#22262B",
        "white": "#E2E5E8",
    },
    "background": {
        "white": "#FFFFFF",
        "blue": "#BFE3FF",
        "green": "#C6F0C4",
        "yellow": "#FFF3B0",
        "lilac": "#DFCBF7",
    },
}
SVG = "http://www.w3.org/2000/svg"
SQUARE_VIEW = "-8 0 280 280"
MOUTH_PLACE = "translate(2 53) translate(54 20) scale(1.4) translate(-54 -20)"
"""Where python-avatars has it, but larger: mouths have to be told apart at 32 pixels."""

JACKET, LAPELS = "#3A4C5A", "#2F4351"
"""The fixed colours of the blazer in python-avatars, which colours the shirt beneath instead."""

SHIRT_UNDER_BLAZER = "#FFFFFF"

Layer = tuple[tuple[slice, slice], npt.NDArray[np.uint16], npt.NDArray[np.uint16]]
"""Where it covers anything; there, colour times opacity and what shines through, 0 to 255."""


def require_drawing() -> str:
    """Return the versions of what draws, or raise Failure if it is not installed."""
    try:
        return f"python-avatars {version('python-avatars')}, resvg-py {version('resvg-py')}"
    except PackageNotFoundError as error:
        raise Failure(
            Problem(
                "",
                "the data set avatars needs python-avatars and resvg-py",
                'pip install "painterkit[avatars]"',
            )
        ) from error


def draw(face: Face, resolution: int) -> npt.NDArray[np.uint8]:
    """Draw a face: [R, R, 3], RGB."""
    hair_colour = COLOURS["hair_colour"][face["hair_colour"]]
    clothing_colour = COLOURS["clothing_colour"][face["clothing_colour"]]
    skin = COLOURS["skin_tone"][face["skin_tone"]]
    background = COLOURS["background"][face["background"]]
    picture = np.empty((resolution, resolution, 3), np.uint16)
    picture[:] = [int(background[start : start + 2], 16) for start in (1, 3, 5)]
    layers = (
        ("skin_tone", "", skin),
        ("clothing", face["clothing"], clothing_colour),
        ("facial_hair", face["facial_hair"], hair_colour),
        ("mouth", face["mouth"], skin if face["facial_hair"] == "beard" else ""),
        ("hair_shape", face["hair_shape"], hair_colour),
        ("glasses", face["glasses"], ""),
    )
    for part, value, colour in layers:
        box, covering, through = _layer(part, value or "", colour, resolution)
        covered = picture[box]
        covered *= through
        covered += 127
        covered //= 255
        covered += covering
    return np.minimum(picture, 255).astype(np.uint8)


@lru_cache(maxsize=256)
def _layer(part: str, value: str, colour: str, resolution: int) -> Layer:
    import resvg_py

    png = resvg_py.svg_to_bytes(
        svg_string=layer_svg(part, value, colour),
        width=resolution,
        height=resolution,
        skip_system_fonts=True,
    )
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(np.uint16)
    rows = np.flatnonzero(pixels[..., 3].any(1))
    columns = np.flatnonzero(pixels[..., 3].any(0))
    if not rows.size:  # No glasses, say.
        box = slice(0, 0), slice(0, 0)
    else:
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    opacity = pixels[box][..., 3:]
    covering = (pixels[box][..., :3] * opacity + 127) // 255
    return box, covering.astype(np.uint16), (255 - opacity).astype(np.uint16)


def layer_svg(part: str, value: str, colour: str) -> str:
    """Return the SVG of one part of a face alone, on a square with nothing behind it."""
    import python_avatars as avatars

    choices: dict[str, Any] = dict.fromkeys(
        ("eyebrows", "eyes", "nose", "mouth", "facial_hair", "accessory", "clothing"), ""
    )
    choices["top"] = avatars.HairType.NONE
    if part == "skin_tone":
        choices["skin_color"] = colour
        choices["eyes"] = avatars.EyeType.DEFAULT
        choices["eyebrows"] = avatars.EyebrowType.DEFAULT_NATURAL
        choices["nose"] = avatars.NoseType.DEFAULT
    elif part == "clothing":
        choices["clothing"] = avatars.ClothingType[PARTS[part][value]]
        choices["clothing_color"] = SHIRT_UNDER_BLAZER if value == "blazer" else colour
    elif part == "facial_hair":
        choices["facial_hair"] = avatars.FacialHairType[PARTS[part][value]]
        choices["facial_hair_color"] = colour
    elif part == "mouth":
        choices["mouth"] = avatars.MouthType[PARTS[part][value]]
    elif part == "hair_shape":
        choices["top"] = avatars.HairType[PARTS[part][value]]
        choices["hair_color"] = colour
    else:
        choices["accessory"] = avatars.AccessoryType[PARTS[part][value]]
    svg = avatars.Avatar(**choices).render()
    if value == "blazer":
        svg = svg.replace(JACKET, colour).replace(LAPELS, _darker(colour))
    return _alone(svg, keep_body=part == "skin_tone", shaved=colour if part == "mouth" else "")


def _alone(svg: str, keep_body: bool, shaved: str) -> str:
    """Set the picture on its square, without the body unless asked, the mouth readable.

    A mouth is drawn larger and black; `shaved` is the colour of the skin around it that a beard
    leaves free, or empty. A moustache is drawn a little higher.
    """
    root = ElementTree.fromstring(svg)
    root.set("viewBox", SQUARE_VIEW)
    root.set("width", "280")
    root.set("height", "280")
    for group in root.iter():
        if group.get("id") == "transparent_Mouth":
            group.set("transform", MOUTH_PLACE)
            for shape in group.iter():
                if shape.get("fill-opacity"):
                    shape.set("fill-opacity", "0.9")
            if shaved:
                patch = {"cx": "54", "cy": "21", "rx": "21", "ry": "13", "fill": shaved}
                group.insert(0, ElementTree.Element(f"{{{SVG}}}ellipse", patch))
        if (group.get("id") or "").endswith("Facial-Hair/Moustache-Magnum"):
            group.set("transform", "translate(0 -9)")
        for child in list(group):
            if child.get("id") == "transparent_Body" and not keep_body:
                group.remove(child)
    return ElementTree.tostring(root, encoding="unicode")


def _darker(colour: str) -> str:
    return "#" + "".join(f"{int(colour[i : i + 2], 16) * 3 // 4:02X}" for i in (1, 3, 5))
