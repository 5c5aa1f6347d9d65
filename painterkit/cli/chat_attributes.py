"""The attributes that can be said, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from painterkit.cli.output import say
from painterkit.data import Turn
from painterkit.reporting.legible import legible

MOST = 5
"""So many texts are shown, the last ones, that tell no attribute."""

SHOWN = 60
"""So many characters of each."""


def print_attributes(attributes: Mapping[str, Sequence[str]], turns: Sequence[Turn]) -> None:
    """Print the attributes with their values on stderr, those that were said last marked."""
    if not attributes:
        say("the data of this painter name no attributes: say it in your own words")
        return
    said = said_values(attributes, turns)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("attribute", no_wrap=True)
    table.add_column("said", no_wrap=True, style="bold")
    table.add_column("values")
    for attribute, values in attributes.items():
        shown = Text(", ").join(
            Text(_spoken(value), style="bold" if said.get(attribute) == value else "")
            for value in values
        )
        value = said.get(attribute)
        table.add_row(_spoken(attribute), Text(_spoken(value) if value else ""), shown)
    Console(stderr=True, highlight=False).print(table)
    unplaced = [turn.text for turn in turns if not said_values(attributes, [turn])]
    if unplaced:
        words = ", ".join(f"'{legible(text, SHOWN)}'" for text in unplaced[-MOST:])
        say(f"said besides, in words that are not understood as one of these: {words}")


def said_values(attributes: Mapping[str, Sequence[str]], turns: Sequence[Turn]) -> dict[str, str]:
    """Return the value that was last said of each attribute.

    A turn says one where it was understood so, or where it is no more than `attribute: value`.
    """
    said: dict[str, str] = {}
    pairs = {
        f"{_spoken(name)}: {_spoken(value)}".casefold(): (name, value)
        for name, values in attributes.items()
        for value in values
    }
    for turn in turns:
        name, value = turn.attribute, turn.value
        if not name:
            name, value = pairs.get(_spoken(turn.text).strip().casefold(), ("", ""))
        if name:
            said[name] = value
    return said


def _spoken(name: str) -> str:
    return name.replace("_", " ")
