"""The `retold` data set: another one's pictures, with the conversations told otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from attrs import evolve

from painterkit.data.conversation import Conversation, Fact, Turn
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset, Mirrored, Progress, ShowsWhere, Split
from painterkit.roles import Role
from painterkit_standard.settings import RetoldSettings, Telling

Turns = tuple[Turn, ...]

Facts = tuple[Fact, ...]
"""What is told otherwise: see `Conversation.says`."""


class Retold:
    """Tell the conversations of a data set otherwise; pictures and truth stay.

    So do captions, but that where the dialogue says the caption, that one is the only one.

    `attributes` and `told_in` stay those of the conversation as it was, so that a metric asks the
    same of every telling; `says` is what the words tell now, so that a training-step is told no
    more than that. See `painterkit.interfaces.Dataset`.
    """

    def __init__(self, dataset: Dataset, telling: Telling, turns: int | None, seed: int) -> None:
        self.dataset = dataset
        self.telling: Telling = telling
        self.turns = turns
        self.seed = seed
        self.resolution: int = dataset.resolution
        self.attributes: Mapping[str, Sequence[str]] = dataset.attributes
        # What only some data sets can do, this one can where the other one can.
        if isinstance(dataset, Mirrored):
            self.flips = dataset.flips
        if isinstance(dataset, ShowsWhere):
            self.attribute_mask = dataset.attribute_mask

    def size(self, split: Split) -> int:
        """Return how many conversations a split has."""
        return self.dataset.size(split)

    def conversations(self, split: Split) -> Sequence[Conversation]:
        """Return the conversations of a split, told otherwise.

        Raises WrongInput for one half of the turns where no turn is a question.
        """
        told = self.dataset.conversations(split)
        if self.telling in ("questions", "answers") and not _asks(told):
            raise WrongInput(
                Problem(
                    "retold.telling",
                    f"is '{self.telling}', and no turn of the data set is a question",
                    "'shuffled' and 'another' fit turns of any kind",
                )
            )
        tell = _tellings(told, self.seed)[self.telling]
        captions = slice(1 if self.telling == "caption" else None)
        found: list[Conversation] = []
        for row, conversation in enumerate(told):
            turns, says = tell(row, conversation)
            found.append(
                evolve(
                    conversation,
                    captions=conversation.captions[captions],
                    turns=turns[: self.turns],
                    says=says,
                )
            )
        return tuple(found)

    def images(self, split: Split, progress: Progress | None = None) -> npt.NDArray[np.uint8]:
        """Return the pictures of a split, [N, R, R, 3] RGB."""
        return self.dataset.images(split, progress)

    def lacks(self) -> Sequence[Problem]:
        """Say what must be installed or downloaded before `images` works."""
        return self.dataset.lacks()

    def is_prepared(self, split: Split) -> bool:
        """Tell whether the split's pictures are in the cache."""
        return self.dataset.is_prepared(split)

    def prepared_bytes(self, split: Split) -> int:
        """Return the size of the split's cache on disk in bytes."""
        return self.dataset.prepared_bytes(split)


def _tellings(
    told: Sequence[Conversation], seed: int
) -> Mapping[Telling, Callable[[int, Conversation], tuple[Turns, Facts | None]]]:
    """Return how each telling makes a conversation's turns, and what its words tell then."""

    def another(row: int, conversation: Conversation) -> tuple[Turns, Facts]:
        following = (told[(row + by) % len(told)] for by in range(1, len(told)))
        other = next((one for one in following if one.image != conversation.image), None)
        of_caption = tuple(_of_caption(conversation))
        return (other.turns, (*of_caption, *_of_turns(other))) if other else ((), of_caption)

    def shuffled(row: int, conversation: Conversation) -> tuple[Turns, Facts]:
        order = np.random.Generator(np.random.Philox([seed, row])).permutation(
            len(conversation.turns)
        )
        place_now = {int(was): now for now, was in enumerate(order)}
        moved = [(place_now[was], name, value) for was, name, value in _of_turns(conversation)]
        turns = tuple(conversation.turns[place] for place in order)
        return turns, (*_of_caption(conversation), *moved)

    def caption(row: int, conversation: Conversation) -> tuple[Turns, Facts]:
        turns = tuple(Turn(conversation.captions[0]) for _ in conversation.turns)
        told = list(_of_caption(conversation))
        return turns, (*told, *((0, name, value) for _, name, value in told))

    return {
        "as-told": lambda row, conversation: (conversation.turns, conversation.says),
        "another": another,
        "shuffled": shuffled,
        "questions": lambda row, conversation: _only(conversation, "question"),
        "answers": lambda row, conversation: _only(conversation, "answer"),
        "caption": caption,
    }


def _asks(told: Sequence[Conversation]) -> bool:
    return any(turn.question for conversation in told for turn in conversation.turns)


def _only(conversation: Conversation, half: str) -> tuple[Turns, Facts]:
    """Return one half of each turn; a turn that is no question and answer stays whole.

    What half a turn tells nobody knows: of those that are halved it is nothing.
    """
    turns = tuple(
        Turn(getattr(turn, half), **{half: getattr(turn, half)}) if turn.question else turn
        for turn in conversation.turns
    )
    whole = [one for one in _of_turns(conversation) if not conversation.turns[one[0]].question]
    return turns, (*_of_caption(conversation), *whole)


def _of_caption(conversation: Conversation) -> Iterator[Fact]:
    return (fact for fact in conversation.facts if fact[0] == "caption")


def _of_turns(conversation: Conversation) -> Iterator[tuple[int, str, str | None]]:
    for teller, name, value in conversation.facts:
        if isinstance(teller, int) and teller < len(conversation.turns):
            yield teller, name, value


def build(settings: RetoldSettings, context: BuildContext) -> Retold:
    """Build the data set in the slot, to be told otherwise."""
    dataset = context.build(Role.DATASET, settings.of)
    return Retold(dataset, settings.telling, settings.turns, settings.seed)
