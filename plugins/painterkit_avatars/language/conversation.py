"""Write the conversation about one face."""

from __future__ import annotations

from random import Random

from painterkit.data.conversation import Conversation, Turn
from painterkit.interfaces.dataset import Split
from painterkit_avatars.attributes import Face, class_of, visible
from painterkit_avatars.chance import often, pick, seeded, shuffled
from painterkit_avatars.language.caption import write_caption
from painterkit_avatars.language.dialogue import other_value, write_dialogue
from painterkit_avatars.language.subject import pick_subject

CAPTION_TELLS = 3
WRONG_CAPTIONS = 0.15
"""Share of captions that tell one attribute wrongly; a turn of the dialogue corrects it."""

REVISED = 0.25
"""Share of attribute conversations in which one attribute is told wrongly first."""


def converse(face: Face, seed: int, split: Split, index: int, turns: str) -> Conversation:
    """Return the conversation about a face; it depends on the arguments alone.

    `turns` is "dialogue" or "attributes".
    """
    random = seeded("avatars", "words", seed, split, index, turns)
    subject = pick_subject(random)
    names = shuffled(random, visible(face))[:CAPTION_TELLS]
    told = {name: face[name] or "" for name in names}
    if turns == "dialogue" and often(random, WRONG_CAPTIONS):
        wrong = pick(random, names)
        told[wrong] = other_value(random, wrong, told[wrong])
    caption = write_caption(random, subject, told)
    told_in: dict[str, str | int] = dict.fromkeys(told, "caption")
    if turns == "dialogue":
        spoken: list[Turn] = []
        for place, exchange in enumerate(write_dialogue(random, subject, face, told)):
            spoken.append(
                Turn(f"{exchange.question} {exchange.answer}", exchange.question, exchange.answer)
            )
            told_in.update(dict.fromkeys(exchange.tells, place))
    else:
        spoken = attribute_turns(random, face)
        told_in = {turn.attribute: place for place, turn in enumerate(spoken)}
    return Conversation(
        id=f"{split}-{index}",
        captions=(caption,),
        turns=tuple(spoken),
        image=index,
        attributes=dict(face),
        told_in=told_in,
        class_id=class_of(face),
    )


def attribute_turns(random: Random, face: Face) -> list[Turn]:
    """Return every visible attribute with its value, in a random order; some are revised later."""
    facts = shuffled(random, [(name, face[name] or "") for name in visible(face)])
    if often(random, REVISED):
        name, value = facts.pop(int(random.random() * len(facts)))
        mistake = (name, other_value(random, name, value))
        first = int(random.random() * (len(facts) + 1))
        facts.insert(first, mistake)
        facts.insert(pick(random, range(first + 1, len(facts) + 1)), (name, value))
    return [
        Turn(f"{name.replace('_', ' ')}: {value}", attribute=name, value=value)
        for name, value in facts
    ]
