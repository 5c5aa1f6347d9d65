"""What is said about a bird: its attributes, each with its value, in an order of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from painterkit.data.conversation import Turn


def write_turns(
    attributes: Mapping[str, str], name: str, seed: int, turns: str
) -> tuple[Turn, ...]:
    """Return a turn for each attribute, shuffled.

    With `turns` "random" the first 1, 2, 3 ... of them, each number as likely as the others.
    Order and number are a function of the seed and the picture's name.
    """
    order = sorted(attributes, key=lambda attribute: _digest(seed, name, attribute))
    if turns == "random" and order:
        count = 1 + int.from_bytes(_digest(seed, name, "how many")[:8], "big") % len(order)
        order = order[:count]
    return tuple(_turn(attribute, attributes[attribute]) for attribute in order)


def _turn(attribute: str, value: str) -> Turn:
    return Turn(f"{attribute}: {value}", attribute=attribute, value=value)


def _digest(seed: int, name: str, what: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}\0{what}".encode()).digest()
