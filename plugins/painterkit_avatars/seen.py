"""The attributes that the classifier sees in pictures, and those that were said, as codes.

A code is the place of a value in `ATTRIBUTES`, or UNSEEN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from painterkit.data.facts import UNSEEN
from painterkit.interfaces.metric import Drawn
from painterkit_avatars.attributes import ATTRIBUTES, NAMES
from painterkit_avatars.classifier import AttributeClassifier

Codes = npt.NDArray[np.int8]

AT_ONCE = 256
"""Pictures that are classified together."""

BALD = ATTRIBUTES["hair_shape"].index("bald")
SHAPE, COLOUR = NAMES.index("hair_shape"), NAMES.index("hair_colour")


@torch.no_grad()
def seen_codes(network: AttributeClassifier, images: Tensor) -> Codes:
    """Return what is seen in pictures [..., 3, R, R] in [-1, 1]: [..., 9] in the order of NAMES.

    Where no hair is seen its colour is UNSEEN, although the classifier always names one.
    """
    network.to(images.device)
    found: list[Tensor] = []
    for some in images.flatten(0, -4).split(AT_ONCE):
        logits = network(some.float())
        found.append(torch.stack([logits[name].argmax(1) for name in NAMES], dim=1))
    codes = torch.cat(found).to(torch.int8).cpu().numpy()
    codes[codes[:, SHAPE] == BALD, COLOUR] = UNSEEN
    return codes.reshape(*images.shape[:-3], len(NAMES))


def seen_turns(network: AttributeClassifier, drawn: Drawn) -> list[Mapping[int, Codes]]:
    """Return for each row of a batch what is seen after each turn that was drawn: {turn: [9]}."""
    assert drawn.turns is not None, "a metric that asks for every turn is given them"
    codes = seen_codes(network, drawn.turns)
    return [
        {turn: codes[row, place] for turn, place in places.items()}
        for row, places in enumerate(places_of_turns(drawn))
    ]


def places_of_turns(drawn: Drawn) -> Sequence[Mapping[int, int]]:
    """Return for each row where among its pictures that of each turn is, {turn: place}, rising."""
    assert drawn.moments is not None, "a metric that asks for every turn is given them"
    # A row with fewer turns repeats its last picture: any of these places has it.
    return [{turn: k for k, turn in enumerate(row)} for row in drawn.moments.tolist()]


def visible_codes(said: Mapping[str, str]) -> dict[str, int]:
    """Return the codes of what was said and can be seen: no hair colour with a bald head."""
    bald = said.get("hair_shape") == "bald"
    return {
        name: ATTRIBUTES[name].index(value)
        for name, value in said.items()
        if not (bald and name == "hair_colour")
    }
