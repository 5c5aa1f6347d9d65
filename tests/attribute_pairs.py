"""A small data set whose turns are an attribute and its value."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from painterkit.data.conversation import Conversation, Turn
from painterkit.interfaces.dataset import Split
from painterkit.testing import SampleDataset


class AttributePairs(SampleDataset):
    """The kit's data, in which a turn is not a question but "colour: red"."""

    tells_attributes = True

    def conversations(self, split: Split) -> Sequence[Conversation]:
        return [
            evolve(
                one,
                turns=tuple(
                    Turn(f"{turn.attribute}: {turn.value}", "", "", turn.attribute, turn.value)
                    for turn in one.turns
                ),
            )
            for one in super().conversations(split)
        ]
