from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pytest

from painterkit_avatars.attributes import ATTRIBUTES, NAMES, Face
from painterkit_avatars.drawing import draw
from painterkit_avatars.faces import faces
from painterkit_avatars.masks import attribute_mask

R = 64
MAN: Face = dict(
    zip(
        NAMES,
        ("short", "pink", "tanned", "round", "none", "smile", "t-shirt", "red", "green"),
        strict=True,
    )
)
BEARDED: Face = {**MAN, "facial_hair": "beard"}
BALD: Face = {**MAN, "hair_shape": "bald", "hair_colour": None}

Mask = npt.NDArray[np.bool_]
mask_of = partial(attribute_mask, resolution=R)


def box(mask: Mask) -> tuple[int, int, int, int]:
    """Return the first and last row, the first and last column."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def near(mask: Mask, margin: int = 1) -> Mask:
    """Return the mask with everything that is at most `margin` pixels away."""
    size = 2 * margin + 1
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(mask, margin), (size, size))
    return np.asarray(windows.any((2, 3)))


def test_outside_of_the_mask_nothing_changes_and_inside_something_does() -> None:
    for face in faces(0, "train", 12):
        own = draw(face, R)
        for name in NAMES:
            mask = mask_of(face, name)
            assert mask.shape == (R, R)
            changed = np.zeros_like(mask)
            for value in ATTRIBUTES[name] if face[name] is not None else ():
                bald = {**face, name: value}["hair_shape"] == "bald"
                colour = None if bald else face["hair_colour"] or "black"
                other = {**face, "hair_colour": colour, name: value}
                changed |= (draw(other, R) != own).any(2)
            # No more than what changes and its neighbours, and no less.
            np.testing.assert_array_equal(mask, near(changed))


def test_glasses_are_in_the_middle_and_hardly_touch_the_background() -> None:
    glasses, background = mask_of(MAN, "glasses"), mask_of(MAN, "background")
    top, bottom, left, right = box(glasses)
    assert R * 0.25 < top < bottom < R * 0.5
    assert R * 0.2 < left < R * 0.3
    assert abs((left + right) / 2 - R / 2) < 2
    assert (glasses & background).sum() < glasses.sum() * 0.2
    # Only where the frame stands out over the temples.
    assert not (glasses & background)[:, 24:40].any()


def test_the_background_is_all_around_and_nothing_of_the_face() -> None:
    background = mask_of(MAN, "background")
    assert background[0].all()
    assert background[:40, :2].all()
    assert not background[22:60, 28:36].any()
    assert 0.4 < background.mean() < 0.75


def test_mouth_and_clothing_are_where_they_are() -> None:
    mouth, clothing = mask_of(MAN, "mouth"), mask_of(MAN, "clothing")
    assert not (mouth & clothing)[:, 28:36].any()
    assert box(clothing)[0] > R * 0.6
    assert box(clothing)[1] == R - 1
    top, bottom, left, right = box(mouth)
    assert R * 0.45 < top < bottom < R * 0.7
    assert abs((left + right) / 2 - R / 2) < 2
    assert (mask_of(MAN, "clothing_colour") & ~clothing).sum() < 20


def test_hair_colour_is_hair_and_beard() -> None:
    hair, bearded = mask_of(MAN, "hair_colour"), mask_of(BEARDED, "hair_colour")
    assert box(hair)[1] < R * 0.5
    assert box(bearded)[1] > R * 0.6
    assert not (hair & ~bearded).any()
    assert not mask_of(BALD, "hair_colour").any()


def test_the_bald_lose_the_colour_of_their_beard() -> None:
    # A pink beard becomes brown when its bearer becomes bald; a brown one stays as it is.
    chin = (slice(40, 45), slice(29, 35))
    assert mask_of(BEARDED, "hair_shape")[chin].all()
    assert not mask_of({**BEARDED, "hair_colour": "brown"}, "hair_shape")[chin].any()
    assert mask_of({**BALD, "facial_hair": "beard"}, "hair_shape")[chin].all()
    assert mask_of(BALD, "hair_shape")[:10, 24:40].all()


def test_an_unknown_attribute_is_named() -> None:
    with pytest.raises(ValueError, match="a face has no 'hat'; it has hair_shape"):
        mask_of(MAN, "hat")
