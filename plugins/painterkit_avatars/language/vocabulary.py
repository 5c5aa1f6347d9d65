"""The words for all nine attributes."""

from __future__ import annotations

from collections.abc import Mapping

from painterkit_avatars.language import face, hair, scene
from painterkit_avatars.language.speech import Speech

SPEECH: Mapping[str, Speech] = {
    "hair_shape": hair.HAIR_SHAPE,
    "hair_colour": hair.HAIR_COLOUR,
    "skin_tone": face.SKIN_TONE,
    "glasses": face.GLASSES,
    "facial_hair": hair.FACIAL_HAIR,
    "mouth": face.MOUTH,
    "clothing": scene.CLOTHING,
    "clothing_colour": scene.CLOTHING_COLOUR,
    "background": scene.BACKGROUND,
}

IRRELEVANT: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (question, ("i can't tell.", "no idea.", "can't say."))
    for question in (
        "is it raining?",
        "what is {his} name?",
        "how old {is} {he}?",
        "is it a nice day?",
        "is there a dog?",
        "can you see {his} hands?",
        "where was this drawn?",
        "{is} {he} rich?",
        "is it morning?",
        "who drew this?",
    )
)
