"""Which faces the data set holds, and which of them are held out."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from painterkit.interfaces.dataset import Split
from painterkit_avatars.attributes import ATTRIBUTES, NAMES, Face
from painterkit_avatars.chance import pick, seeded, shuffled

Triple = tuple[str | None, str, str]
"""Hair colour (None for the bald), clothing colour, glasses."""

ROUNDS = 2


def held_out_triples(seed: int) -> tuple[Triple, ...]:
    """Return the 14 of the 126 triples that only validation faces have.

    Each hair colour, the bald's None included, is in two of them, and so is each clothing colour
    among those with hair; each kind of glasses is in four. So every value stays common in both
    splits, and what is new in a validation face is the combination.
    """
    random = seeded("avatars", "held out", seed)
    hair = ATTRIBUTES["hair_colour"]
    glasses = shuffled(random, ATTRIBUTES["glasses"])
    clothing = shuffled(random, ATTRIBUTES["clothing_colour"])
    order = shuffled(random, hair)
    triples: list[Triple] = []
    for repeat in range(ROUNDS):
        for place, colour in enumerate(order):
            # Another clothing colour and other glasses in each round: a diagonal of the cube.
            garment = clothing[(place + repeat) % len(clothing)]
            triples.append((colour, garment, glasses[(place + 2 * repeat) % len(glasses)]))
        triples.append((None, clothing[repeat], glasses[repeat]))
    return tuple(triples)


def faces(seed: int, split: Split, count: int) -> tuple[Face, ...]:
    """Return the first `count` faces of a split, all different from each other.

    Hair shape and every attribute that does not hang on it are uniform. Validation holds exactly
    faces of the held-out triples, training none of them.
    """
    held_out = held_out_triples(seed)
    random = seeded("avatars", "faces", seed, split)
    seen: set[tuple[str | None, ...]] = set()
    found: list[Face] = []
    while len(found) < count:
        face = _draw(random, held_out if split == "validation" else ())
        if split == "train" and triple_of(face) in held_out:
            continue
        values = tuple(face[name] for name in NAMES)
        if values not in seen:
            seen.add(values)
            found.append(face)
    return tuple(found)


def face_with(random: Random, told: Mapping[str, str | None]) -> Face:
    """Return a face drawn as the data set's are, held out or not, with what is told of it.

    A hair colour rules out a bald head, and a hair colour of None any other, unless the shape is
    told as well.
    """
    face: dict[str, str | None] = {}
    for name, values in ATTRIBUTES.items():
        possible = values
        if name == "hair_shape" and "hair_colour" in told:
            possible = [v for v in values if (v == "bald") == (told["hair_colour"] is None)]
        face[name] = told.get(name) or pick(random, possible)
    if face["hair_shape"] == "bald":
        face["hair_colour"] = None
    return face


def triple_of(face: Face) -> Triple:
    """Return the part of a face that decides its split."""
    return face["hair_colour"], face["clothing_colour"] or "", face["glasses"] or ""


def _draw(random: Random, triples: tuple[Triple, ...]) -> Face:
    face: dict[str, str | None] = {
        name: pick(random, values) for name, values in ATTRIBUTES.items()
    }
    bald = face["hair_shape"] == "bald"
    if bald:
        face["hair_colour"] = None
    fitting = [triple for triple in triples if (triple[0] is None) == bald]
    if fitting:
        face["hair_colour"], face["clothing_colour"], face["glasses"] = pick(random, fitting)
    return face
