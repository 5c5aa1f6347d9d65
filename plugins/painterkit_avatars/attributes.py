"""The nine attributes of a face and the values that each can take."""

from __future__ import annotations

from collections.abc import Mapping

Face = Mapping[str, str | None]
"""The value of every attribute; the hair colour of the bald is None."""

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "hair_shape": ("short", "long", "curly", "bob", "bun", "bald"),
    "hair_colour": ("black", "brown", "blonde", "ginger", "grey", "pink"),
    "skin_tone": ("pale", "tanned", "brown", "dark"),
    "glasses": ("none", "round", "sunglasses"),
    "facial_hair": ("none", "moustache", "beard"),
    "mouth": ("smile", "serious", "sad", "laughing"),
    "clothing": ("hoodie", "blazer", "t-shirt", "overall"),
    "clothing_colour": ("red", "blue", "green", "yellow", "black", "white"),
    "background": ("white", "blue", "green", "yellow", "lilac"),
}

NAMES: tuple[str, ...] = tuple(ATTRIBUTES)


def visible(face: Face) -> tuple[str, ...]:
    """Return the names of the attributes that can be seen, in their fixed order."""
    return tuple(name for name in NAMES if face[name] is not None)


def class_of(face: Face) -> int:
    """Return the class of a face, 0 to 17: its hair shape and its facial hair together."""
    shape = ATTRIBUTES["hair_shape"].index(face["hair_shape"] or "")
    facial_hair = ATTRIBUTES["facial_hair"].index(face["facial_hair"] or "")
    return shape * len(ATTRIBUTES["facial_hair"]) + facial_hair
