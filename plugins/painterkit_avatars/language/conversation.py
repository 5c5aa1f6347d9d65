"""Write the conversation about one face."""

from __future__ import annotations

from random import Random

from painterkit.data.conversation import Conversation, Turn
from painterkit.interfaces.dataset import Split
from painterkit_avatars.attributes import Face, class_of, visible
from painterkit_avatars.chance import often, pick, seeded, shuffled
from painterkit_avatars.language.caption import write_caption
from painterkit_avatars.language.dialogue import other_value, write_dialogue
from painterkit_avatars.language.facts import choose_facts
from painterkit_avatars.language.instructions import label_and_value, write_instructions
from painterkit_avatars.language.subject import Subject, pick_subject
from painterkit_avatars.settings import REVISED

CAPTION_TELLS = 3
WRONG_CAPTIONS = 0.15
"""Share of captions that tell one attribute wrongly; a turn of the dialogue corrects it."""


def converse(
    face: Face,
    seed: int,
    split: Split,
    index: int,
    turns: str,
    most_turns: int | None = None,
    revised: float = REVISED,
) -> Conversation:
    """Return the conversation about a face; it depends on the arguments alone.

    `turns` is "dialogue", "attributes" or "sentences"; `most_turns` and `revised` are for the
    latter two, see `choose_facts`. Sentences have the caption and the facts of attribute turns.
    """
    spoken_as = "dialogue" if turns == "dialogue" else "attributes"
    random = seeded("avatars", "words", seed, split, index, spoken_as)
    subject = pick_subject(random)
    names = shuffled(random, visible(face))[:CAPTION_TELLS]
    told = {name: face[name] or "" for name in names}
    if turns == "dialogue" and often(random, WRONG_CAPTIONS):
        wrong = pick(random, names)
        told[wrong] = other_value(random, wrong, told[wrong])
    caption = write_caption(random, subject, told)
    if turns == "dialogue":
        spoken, told_in = _dialogue(random, subject, face, told)
    else:
        lengths = seeded("avatars", "lengths", seed, split, index)
        facts = choose_facts(random, face, revised, most_turns, lengths)
        if turns == "sentences":
            words = seeded("avatars", "words", seed, split, index, turns)
            texts = write_instructions(words, subject, facts)
        else:
            texts = [label_and_value(name, value) for name, value in facts]
        spoken = [
            Turn(text, attribute=name, value=value)
            for text, (name, value) in zip(texts, facts, strict=True)
        ]
        told_in = {name: place for place, (name, _) in enumerate(facts)}
    return Conversation(
        id=f"{split}-{index}",
        captions=(caption,),
        turns=tuple(spoken),
        image=index,
        attributes=dict(face),
        told_in=told_in,
        class_id=class_of(face),
    )


def _dialogue(
    random: Random, subject: Subject, face: Face, told: dict[str, str]
) -> tuple[list[Turn], dict[str, str | int]]:
    """Return ten questions with their answers, and who told each attribute last."""
    spoken: list[Turn] = []
    told_in: dict[str, str | int] = dict.fromkeys(told, "caption")
    for place, exchange in enumerate(write_dialogue(random, subject, face, told)):
        text = f"{exchange.question} {exchange.answer}"
        spoken.append(Turn(text, exchange.question, exchange.answer))
        told_in.update(dict.fromkeys(exchange.tells, place))
    return spoken, told_in
