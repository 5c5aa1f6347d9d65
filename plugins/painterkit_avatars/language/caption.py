"""Write the caption of a face."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from painterkit_avatars.chance import often, pick, shuffled
from painterkit_avatars.language.hair import COLOUR_WORDS
from painterkit_avatars.language.scene import BACKGROUND_WORDS, CLOTHING_COLOUR_WORDS, GARMENTS
from painterkit_avatars.language.subject import Subject

ADJECTIVES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "skin_tone": {
        "pale": ("pale", "pale-skinned", "very pale"),
        "tanned": ("tanned", "sun-tanned"),
        "brown": ("brown-skinned", "medium brown-skinned"),
        "dark": ("dark-skinned", "very dark-skinned"),
    },
    "mouth": {
        "smile": ("smiling",),
        "serious": ("serious", "serious-looking"),
        "sad": ("sad", "sad-looking", "frowning"),
        "laughing": ("laughing",),
    },
    "facial_hair": {
        "none": ("clean-shaven",),
        "moustache": ("moustached",),
        "beard": ("bearded",),
    },
    "hair_shape": {"bald": ("bald",)},
    "hair_colour": {
        "black": ("black-haired",),
        "brown": ("brown-haired", "brunette"),
        "blonde": ("blonde", "blonde-haired"),
        "ginger": ("ginger", "red-haired", "ginger-haired"),
        "grey": ("grey-haired", "silver-haired"),
        "pink": ("pink-haired",),
    },
}
MOUTH_NOUNS = {
    "smile": ("a small smile", "a smile on {his} face"),
    "serious": ("a serious, straight face", "a serious look"),
    "sad": ("a sad mouth", "a sad, frowning face"),
    "laughing": ("a big open laugh", "a laughing face"),
}
SKIN_NOUNS = {
    "pale": ("pale skin", "very pale skin"),
    "tanned": ("tanned skin", "a sun-tanned face"),
    "brown": ("brown skin", "medium brown skin"),
    "dark": ("dark skin", "very dark skin"),
}
HAIR_NOUNS = {
    "short": ("short *hair", "*hair cut short"),
    "long": ("long *hair", "long and straight *hair"),
    "curly": ("curly *hair", "a big curly *afro"),
    "bob": ("a *bob", "*hair cut in a bob", "a chin-length *bob"),
    "bun": ("a *bun", "*hair in a bun", "*hair tied up in a bun"),
    "bald": ("a bald head", "no hair on {his} head"),
}
FACIAL_NOUNS = {
    "none": ("no facial hair", "a clean-shaven face"),
    "moustache": ("a moustache",),
    "beard": ("a beard", "a full beard"),
}
GLASSES_NOUNS = {
    "none": ("no glasses", "no spectacles"),
    "round": ("round glasses", "a pair of round glasses"),
    "sunglasses": ("sunglasses", "dark sunglasses"),
}
OPENINGS = ("*", "*", "a picture of *", "a portrait of *", "this is *", "here we see *")
WHERE = ("in front of a {} background", "on a {} background", "before a {} wall")


def write_caption(random: Random, subject: Subject, told: Mapping[str, str]) -> str:
    """Return a sentence in lower case that tells each attribute in `told`, and no other."""
    left = dict(told)
    person = _person(random, subject, left)
    sentence = pick(random, OPENINGS).replace("*", person)
    having = _having(random, subject, left)
    if having:
        sentence += " with " + " and ".join(filter(None, (", ".join(having[:-1]), having[-1])))
    wearing = _wearing(random, left)
    if wearing:
        sentence += f"{',' if having else ''} {wearing}"
    if "background" in left:
        words = pick(random, BACKGROUND_WORDS[left["background"]])
        sentence += f"{',' if wearing else ''} {pick(random, WHERE).format(words)}"
    return sentence + "."


def _person(random: Random, subject: Subject, left: dict[str, str]) -> str:
    """Name the person, with one or no adjective; what it tells is taken from `left`."""
    noun = pick(random, subject.nouns)
    fitting = [name for name in left if left[name] in ADJECTIVES.get(name, {})]
    if "hair_shape" in left and "hair_colour" in fitting:
        fitting.remove("hair_colour")  # "a blonde man with long hair" says it twice over
    if not fitting or often(random, 0.3):
        return f"a {noun}"
    name = pick(random, fitting)
    adjective = pick(random, ADJECTIVES[name][left.pop(name)])
    return f"a {adjective} {noun}"


def _having(random: Random, subject: Subject, left: dict[str, str]) -> list[str]:
    """Return what comes after "with"."""
    parts: list[str] = []
    if "hair_shape" in left or "hair_colour" in left:
        colour = pick(random, COLOUR_WORDS[left["hair_colour"]]) if "hair_colour" in left else ""
        style = pick(random, HAIR_NOUNS[left["hair_shape"]]) if "hair_shape" in left else "*hair"
        parts.append(style.replace("*", f"{colour} " if colour else ""))
    if "facial_hair" in left:
        parts.append(pick(random, FACIAL_NOUNS[left["facial_hair"]]))
    if "mouth" in left:
        parts.append(pick(random, MOUTH_NOUNS[left["mouth"]]))
    if "skin_tone" in left:
        parts.append(pick(random, SKIN_NOUNS[left["skin_tone"]]))
    if "glasses" in left:
        parts.append(pick(random, GLASSES_NOUNS[left["glasses"]]))
    return [subject.say(part) for part in shuffled(random, parts)]


def _wearing(random: Random, left: dict[str, str]) -> str:
    """Return what the person wears, beginning with "wearing" or "in"; empty if nothing is told."""
    if "clothing" in left:
        garment = pick(random, GARMENTS[left["clothing"]])
        if "clothing_colour" in left:
            colour = pick(random, CLOTHING_COLOUR_WORDS[left["clothing_colour"]])
            garment = f"a {colour} {garment.split(' ', 1)[1]}"
        return f"{pick(random, ('wearing', 'in', 'dressed in'))} {garment}"
    if "clothing_colour" in left:
        colour = pick(random, CLOTHING_COLOUR_WORDS[left["clothing_colour"]])
        return pick(random, (f"wearing {colour} clothes", f"dressed in {colour}"))
    return ""
