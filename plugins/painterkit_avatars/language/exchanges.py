"""Put one move of a dialogue into words: a question and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from attrs import field, frozen

from painterkit_avatars.attributes import ATTRIBUTES
from painterkit_avatars.chance import often, pick
from painterkit_avatars.language.speech import FollowUp
from painterkit_avatars.language.subject import Subject
from painterkit_avatars.language.vocabulary import IRRELEVANT, SPEECH

YES = ("yes.", "right.", "that is right.")
APOLOGIES = ("sorry, i misspoke,", "no, i was wrong,", "sorry, no,")


@frozen
class Move:
    """What one turn is to do; its words are chosen when the turns before it are known.

    `kind` is tell, lead, follow, again, correct or irrelevant. `value` is what the turn says of
    the attribute, right or wrong; `before` is the wrong value that a correct takes back.
    """

    kind: str
    attribute: str = ""
    value: str = ""
    before: str = ""
    follow_up: FollowUp | None = None


@frozen
class Exchange:
    """A question, its answer, and what the two tell."""

    question: str
    answer: str
    tells: Mapping[str, str] = field(factory=dict[str, str])


def realise(random: Random, subject: Subject, move: Move, said: Mapping[str, str]) -> Exchange:
    """Put a move into words; `said` is what caption and turns have told so far."""
    if move.kind == "irrelevant":
        question, answers = pick(random, IRRELEVANT)
        return Exchange(subject.say(question), pick(random, answers))
    if move.kind == "lead" and move.follow_up:
        question = pick(random, move.follow_up.lead)
        return Exchange(
            subject.say(question), subject.say(pick(random, move.follow_up.lead_answer))
        )
    words = {
        "tell": _tell,
        "follow": _follow,
        "again": _again,
        "correct": _correct,
    }
    question, answer = words[move.kind](random, move)
    garment = _garment(said)
    return Exchange(
        subject.say(question, garment), subject.say(answer, garment), {move.attribute: move.value}
    )


def _garment(said: Mapping[str, str]) -> str:
    """Name the garment only if it was told: a question must not tell what nobody has."""
    return said.get("clothing", "outfit")


def _tell(random: Random, move: Move) -> tuple[str, str]:
    speech = SPEECH[move.attribute]
    if move.value == "none" and speech.absent and often(random, 0.6):
        return pick(random, speech.absent), pick(random, speech.absence_answers)
    draw = random.random()
    if draw < 0.5:
        return pick(random, speech.questions), _short(random, move)
    if draw < 0.7:
        return pick(random, speech.asked[move.value]), pick(random, YES)
    others = [value for value in ATTRIBUTES[move.attribute] if value not in (move.value, "none")]
    return pick(random, speech.asked[pick(random, others)]), f"no, {_short(random, move)}"


def _follow(random: Random, move: Move) -> tuple[str, str]:
    if move.follow_up is None:
        return pick(random, ELLIPTICAL_COLOUR), _short(random, move)
    elliptical = often(random, 0.3)
    questions = move.follow_up.elliptical if elliptical else move.follow_up.named
    return pick(random, questions), pick(random, move.follow_up.replies[move.value])


def _again(random: Random, move: Move) -> tuple[str, str]:
    return pick(random, SPEECH[move.attribute].doubt[move.value]), pick(random, YES)


def _correct(random: Random, move: Move) -> tuple[str, str]:
    speech = SPEECH[move.attribute]
    truth = pick(random, speech.full[move.value])
    return pick(random, speech.doubt[move.before]), f"{pick(random, APOLOGIES)} {truth}."


def _short(random: Random, move: Move) -> str:
    return f"{pick(random, SPEECH[move.attribute].short[move.value])}."


ELLIPTICAL_COLOUR = ("what colour is it?", "in which colour?", "what colour?")
"""After the garment alone."""
