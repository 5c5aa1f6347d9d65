"""Faces of the data set that have what a person tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from attrs import evolve

import painterkit
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.text_encoder import Understands
from painterkit.roles import Role
from painterkit_avatars.attributes import ATTRIBUTES, Face
from painterkit_avatars.chance import seeded
from painterkit_avatars.faces import face_with

READER = "standard:attribute-value"
"""The text encoder that understands what is told, as it does where a painter reads attributes."""

TOLD = "--told"


def told_attributes(texts: Sequence[str]) -> dict[str, str]:
    """Return the value of each attribute that is told, in words as "hair colour: black".

    Raises WrongInput with all that is not understood, that contradicts what was told before, or
    that no face can show.
    """
    if not texts:
        return {}
    reader: Understands = painterkit.build(
        Role.TEXT_ENCODER, {"use": READER, "attributes": ATTRIBUTES}
    )
    told: dict[str, str] = {}
    problems: list[Problem] = []
    for text in texts:
        try:
            turn = reader.understand(text, ())
        except WrongInput as error:
            problems += [evolve(one, where=f"{TOLD} {one.where}") for one in error.problems]
            continue
        before = told.setdefault(turn.attribute, turn.value)
        if before != turn.value:
            what = f"contradicts '{_said(turn.attribute, before)}', which is told as well"
            problems.append(Problem(f"{TOLD} '{turn.text}'", what, "leave one of them out"))
    if told.get("hair_shape") == "bald" and "hair_colour" in told:
        colour = _said("hair_colour", told["hair_colour"])
        what = f"cannot be seen on a bald head, and '{_said('hair_shape', 'bald')}' is told as well"
        problems.append(Problem(f"{TOLD} '{colour}'", what, "leave one of them out"))
    if problems:
        raise WrongInput(problems)
    return told


def faces_told(told: Mapping[str, str], count: int, seed: int) -> list[Face]:
    """Return different faces that have what is told, drawn as those of the data set are.

    There are fewer than `count` where no more than that fit.
    """
    random = seeded("avatars", "told", seed)
    wanted = min(count, _fitting(told))
    found: dict[tuple[str | None, ...], Face] = {}
    while len(found) < wanted:
        face = face_with(random, told)
        found.setdefault(tuple(face.values()), face)
    return list(found.values())


def _fitting(told: Mapping[str, str]) -> int:
    """Return how many faces have what is told; the bald have no hair colour to choose."""
    free = {name: 1 if name in told else len(values) for name, values in ATTRIBUTES.items()}
    shapes, colours = free.pop("hair_shape"), free.pop("hair_colour")
    shape = told.get("hair_shape")
    bald = shape == "bald" or (shape is None and "hair_colour" not in told)
    with_hair = 0 if shape == "bald" else shapes - (shape is None)
    return (bald + with_hair * colours) * prod(free.values())


def _said(attribute: str, value: str) -> str:
    return f"{attribute.replace('_', ' ')}: {value}"
