"""What a conversation has told by a turn, and how likely that makes every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit_avatars.attributes import ATTRIBUTES, NAMES, Face
from painterkit_avatars.faces import held_out_triples

UNSEEN = -1
"""The code of a value that cannot be seen: the hair colour of the bald."""


def told_so_far(conversation: Conversation, turn: int) -> Mapping[str, str]:
    """Return what the turns 0 to `turn` have said of each attribute, the latest value of each.

    `turn` -1 is before anything was said. Turns that are not attributes say nothing here. Raises
    ValueError if there is no such turn.
    """
    if not -1 <= turn < len(conversation.turns):
        raise ValueError(f"{conversation.id} has {len(conversation.turns)} turns, and none {turn}")
    said = conversation.turns[: turn + 1]
    return {one.attribute: one.value for one in said if one.attribute}


def face_table(faces: Sequence[Face]) -> npt.NDArray[np.int8]:
    """Return the faces as the places of their values in `ATTRIBUTES`, [N, 9]; -1 is None."""
    codes = {
        name: {None: UNSEEN, **{value: place for place, value in enumerate(values)}}
        for name, values in ATTRIBUTES.items()
    }
    rows = [[codes[name][face[name]] for name in NAMES] for face in faces]
    # Column by column in memory: that is how it is read.
    return np.asfortranarray(np.array(rows, np.int8).reshape(len(rows), len(NAMES)))


def training_law(seed: int) -> npt.NDArray[np.int8]:
    """Return the table of what training faces are drawn from, each face as often as it is likely.

    [552960, 9] for every seed: a bald face has six rows, since hair shapes are equally likely and
    bald hair has no colour. Beside the faces themselves it lacks the chance of which of them were
    drawn, which weighs much once only a handful of them fits what was said, and the rule that no
    face comes twice, which weighs little.
    """
    sizes = [len(values) for values in ATTRIBUTES.values()]
    columns = np.indices(sizes, np.int8).reshape(len(sizes), -1)
    shape, colour = NAMES.index("hair_shape"), NAMES.index("hair_colour")
    columns[colour, columns[shape] == _code("hair_shape", "bald")] = UNSEEN
    kept = np.ones(columns.shape[1], bool)
    for hair, clothing, glasses in held_out_triples(seed):
        held_out = columns[colour] == (UNSEEN if hair is None else _code("hair_colour", hair))
        held_out &= columns[NAMES.index("clothing_colour")] == _code("clothing_colour", clothing)
        held_out &= columns[NAMES.index("glasses")] == _code("glasses", glasses)
        kept &= ~held_out
    return np.ascontiguousarray(columns[:, kept]).T


def exact_conditional(
    table: npt.NDArray[np.int8], said: Mapping[str, str]
) -> Mapping[str, npt.NDArray[np.float64]] | None:
    """Return the distribution of every attribute over the faces that fit what was said.

    `table` is [N, 9], from `face_table` or `training_law`; `said` gives the values of any
    attributes. For each attribute there are the probabilities of its values in their order, [V];
    for hair_colour that of None behind them, [V + 1]. None if no face fits. Raises ValueError for
    an unknown attribute or value.
    """
    fits = np.ones(len(table), bool)
    for name, value in said.items():
        fits &= table[:, _place(name)] == _code(name, value)
    fitting = table[fits]
    if not len(fitting):
        return None
    found: dict[str, npt.NDArray[np.float64]] = {}
    for place, (name, values) in enumerate(ATTRIBUTES.items()):
        # Counted from -1, which then moves behind the others.
        counts = np.bincount(fitting[:, place].astype(np.intp) + 1, minlength=len(values) + 1)
        shares = np.roll(counts, -1) / len(fitting)
        found[name] = shares if name == "hair_colour" else shares[:-1]
    return found


def _place(name: str) -> int:
    if name not in ATTRIBUTES:
        raise ValueError(f"a face has no {name!r}; it has {', '.join(NAMES)}")
    return NAMES.index(name)


def _code(name: str, value: str) -> int:
    values = ATTRIBUTES[name]
    if value not in values:
        raise ValueError(f"{name} is never {value!r}; it is one of {', '.join(values)}")
    return values.index(value)
