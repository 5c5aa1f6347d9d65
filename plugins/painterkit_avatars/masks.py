"""Where in the picture of a face an attribute shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from painterkit_avatars.attributes import ATTRIBUTES, Face
from painterkit_avatars.drawing import draw

REGROWN = ATTRIBUTES["hair_colour"][0]
"""The hair colour of a bald face that is given hair."""


def attribute_mask(face: Face, name: str, resolution: int) -> npt.NDArray[np.bool_]:
    """Return the pixels that show an attribute of a face, [R, R].

    They are those in which its picture differs from the picture of any face that has another
    value of this attribute alone, and their eight neighbours. A face that becomes bald loses its
    hair colour, and a bald one that gets hair gets black hair; facial hair has the colour of the
    hair, so it may belong to the mask of hair_shape as well. Nothing shows the hair colour of the
    bald. Raises ValueError for an unknown attribute, Failure if python-avatars and resvg-py are
    not installed.
    """
    if name not in ATTRIBUTES:
        raise ValueError(f"a face has no {name!r}; it has {', '.join(ATTRIBUTES)}")
    own = draw(face, resolution)
    differing = np.zeros((resolution, resolution), bool)
    for other in _others(face, name):
        differing |= (draw(other, resolution) != own).any(2)
    return _grown(differing)


def _others(face: Face, name: str) -> Iterator[Face]:
    """Return the faces with another value of one attribute."""
    if face[name] is None:
        return
    for value in ATTRIBUTES[name]:
        if value == face[name]:
            continue
        other = {**face, name: value}
        if name == "hair_shape" and value == "bald":
            other["hair_colour"] = None
        elif name == "hair_shape" and face["hair_shape"] == "bald":
            other["hair_colour"] = REGROWN
        yield other


def _grown(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Add to a mask [R, R] every pixel that touches it, by a side or a corner."""
    height, width = mask.shape
    padded = np.pad(mask, 1)
    grown = np.zeros_like(mask)
    for row in range(3):
        for column in range(3):
            grown |= padded[row : row + height, column : column + width]
    return grown
