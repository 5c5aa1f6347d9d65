"""Plan ten questions and answers about a face, and write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from painterkit_avatars.attributes import ATTRIBUTES, Face, visible
from painterkit_avatars.chance import often, pick, shuffled
from painterkit_avatars.language.exchanges import Exchange, Move, realise
from painterkit_avatars.language.subject import Subject
from painterkit_avatars.language.vocabulary import SPEECH

TURNS = 10
MOST_IRRELEVANT = 2
MOST_CORRECTED = 2

Unit = tuple[Move, ...]
"""Moves that stay next to each other."""


def write_dialogue(
    random: Random, subject: Subject, face: Face, caption_told: Mapping[str, str]
) -> list[Exchange]:
    """Return ten exchanges that tell every visible attribute that the caption did not tell rightly.

    `caption_told` is what the caption said, right or wrong. What the caption told rightly is not
    asked again, so a picture can show it only by the caption, and all else only by the dialogue.
    """
    said = dict(caption_told)
    exchanges: list[Exchange] = []
    for unit in _plan(random, face, caption_told):
        for move in unit:
            exchange = realise(random, subject, move, said)
            said.update(exchange.tells)
            exchanges.append(exchange)
    return exchanges


def other_value(random: Random, attribute: str, value: str) -> str:
    """Return a wrong value; never that somebody is bald, who would have no hair to speak of."""
    others = [other for other in ATTRIBUTES[attribute] if other not in (value, "bald")]
    return pick(random, others)


def _plan(random: Random, face: Face, caption_told: Mapping[str, str]) -> list[Unit]:
    truth = {name: face[name] or "" for name in visible(face)}
    wrong = [name for name, value in caption_told.items() if truth[name] != value]
    to_tell = shuffled(random, [name for name in truth if name not in caption_told])
    units: dict[str, Unit] = {name: (Move("tell", name, truth[name]),) for name in to_tell}
    later = [Move("correct", name, truth[name], caption_told[name]) for name in wrong]
    _join_clothes(random, units, truth)
    spare = TURNS - len(to_tell) - len(later)
    corrected = irrelevant = 0
    aside: list[Unit] = []
    for _ in range(spare):
        draw = random.random()
        plain = [name for name in units if len(units[name]) == 1]
        again = [name for name in to_tell if all(move.attribute != name for move in later)]
        if draw < 0.45 and _expand(random, plain, units, truth):
            continue
        if draw < 0.65 and corrected < MOST_CORRECTED and plain:
            name = pick(random, plain)
            if all(move.attribute != name for move in later):
                mistake = other_value(random, name, truth[name])
                units[name] = (Move("tell", name, mistake),)
                later.append(Move("correct", name, truth[name], mistake))
                corrected += 1
                continue
        if (draw < 0.85 and irrelevant < MOST_IRRELEVANT) or not again:
            aside.append((Move("irrelevant"),))
            irrelevant += 1
            continue
        name = pick(random, again)
        later.append(Move("again", name, truth[name]))
    return _arranged(random, [*units.values(), *aside], later)


def _join_clothes(random: Random, units: dict[str, Unit], truth: Mapping[str, str]) -> None:
    """Let the colour be asked straight after the garment, at times, as "what colour is it?"."""
    if "clothing" in units and "clothing_colour" in units and often(random, 0.35):
        colour = Move("follow", "clothing_colour", truth["clothing_colour"])
        del units["clothing_colour"]
        units["clothing"] = (*units["clothing"], colour)


def _expand(
    random: Random, plain: Sequence[str], units: dict[str, Unit], truth: Mapping[str, str]
) -> bool:
    """Turn one telling into a question and its follow-up, if any attribute allows it."""
    choices = [
        (name, follow_up)
        for name in plain
        if units[name][0].value == truth[name]
        for follow_up in SPEECH[name].follow_ups
        if truth[name] in follow_up.replies
    ]
    if not choices:
        return False
    name, follow_up = pick(random, choices)
    units[name] = (
        Move("lead", name, follow_up=follow_up),
        Move("follow", name, truth[name], follow_up=follow_up),
    )
    return True


def _arranged(random: Random, units: Sequence[Unit], later: Sequence[Move]) -> list[Unit]:
    """Shuffle the units, then put each later move somewhere behind what it comes back to."""
    order = shuffled(random, units)
    for move in later:
        first = 0
        for place, unit in enumerate(order):
            if any(other.attribute == move.attribute for other in unit):
                first = place + 1
        order.insert(pick(random, range(first, len(order) + 1)), (move,))
    return order
