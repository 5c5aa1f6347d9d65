"""Choose what the attribute turns about a face tell, before it is put into words."""

from __future__ import annotations

from random import Random

from painterkit_avatars.attributes import Face, visible
from painterkit_avatars.chance import often, pick, shuffled
from painterkit_avatars.language.dialogue import other_value

Fact = tuple[str, str]
"""An attribute and what is said of it."""


def choose_facts(
    random: Random, face: Face, revised: float, most_turns: int | None, lengths: Random
) -> list[Fact]:
    """Return what each turn tells: visible attributes in a random order, the last word true.

    With the probability `revised`, one of them is told wrongly first. Without `most_turns`, every
    visible attribute is told; with it, their number is drawn from 1 to `most_turns` by `lengths`,
    which draws for nothing else, so `random` gives the same order at any limit. A conversation of
    one turn revises nothing.
    """
    facts = shuffled(random, [(name, face[name] or "") for name in visible(face)])
    revise = often(random, revised)
    if most_turns is not None:
        turns = pick(lengths, range(1, min(most_turns, len(facts) + revise) + 1))
        revise = revise and turns > 1
        facts = facts[: turns - revise]
    if revise:
        _tell_one_wrongly(random, facts)
    return facts


def _tell_one_wrongly(random: Random, facts: list[Fact]) -> None:
    """Put a wrong value somewhere, and the true one somewhere behind it."""
    name, value = facts.pop(int(random.random() * len(facts)))
    mistake = (name, other_value(random, name, value))
    first = int(random.random() * (len(facts) + 1))
    facts.insert(first, mistake)
    facts.insert(pick(random, range(first + 1, len(facts) + 1)), (name, value))
