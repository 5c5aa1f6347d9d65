"""Turn accuracy: does every turn change what it tells, and leave the rest as it is?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from painterkit.data.conversation import Conversation
from painterkit.data.facts import UNSEEN
from painterkit.errors import Failure, Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit_avatars.attributes import ATTRIBUTES, NAMES
from painterkit_avatars.classifier import load_classifier
from painterkit_avatars.data_check import require_attribute_turns
from painterkit_avatars.knowledge import told_so_far
from painterkit_avatars.masks import attribute_mask
from painterkit_avatars.seen import Codes, places_of_turns, seen_codes, seen_turns, visible_codes
from painterkit_avatars.settings import TurnAccuracySettings
from painterkit_avatars.tally import Tally, known

NAME = "turn-accuracy"
MEASURES = ("attained", "retained", "undisturbed", "undisturbed_pixels")
COLUMNS = ("attribute", *MEASURES, "chance", "ceiling")


def build(settings: TurnAccuracySettings, context: BuildContext) -> TurnAccuracy:
    """Return the metric; raises WrongInput where no turn tells an attribute of a face."""
    require_attribute_turns(NAME, context.dataset)
    return TurnAccuracy(settings)


class TurnAccuracy:
    """Compare what a classifier sees after every turn. See `painterkit.interfaces.Metric`."""

    draws = Draws(every_turn=True)

    def __init__(self, settings: TurnAccuracySettings) -> None:
        """Load the classifier that ships with the data set."""
        self.conversations = settings.conversations
        self._classifier = load_classifier()
        self._tally = Tally()
        self._told = {name: np.zeros(len(values)) for name, values in ATTRIBUTES.items()}
        # In faces, the last place is for what cannot be seen: that is where UNSEEN, -1, counts.
        self._shown = {name: np.zeros(len(values) + 1) for name, values in ATTRIBUTES.items()}
        self._seen = 0
        self._resolution = 0

    def add(self, drawn: Drawn) -> None:
        """Take in one batch: turns [B, K, 3, R, R] and truth [B, 3, R, R] in [-1, 1]."""
        assert drawn.turns is not None, "it asks for every turn"
        by_turn = seen_turns(self._classifier.network, drawn)
        in_truth = seen_codes(self._classifier.network, drawn.truth)
        places = places_of_turns(drawn)
        for row, conversation in enumerate(drawn.conversations):
            self._count_values(conversation, by_turn[row], in_truth[row])
            self._count_pixels(conversation, drawn.turns[row].float().cpu(), places[row])
            for name, values in ATTRIBUTES.items():
                value = conversation.attributes[name]
                self._shown[name][UNSEEN if value is None else values.index(value)] += 1
        self._seen += len(drawn.conversations)
        self._resolution = drawn.turns.shape[-1]

    def result(self) -> MetricResult:
        """Return the shares, 0 to 1. Raises Failure if no picture was added."""
        if not self._seen:
            raise Failure(Problem(NAME, "was given no picture to measure"))
        tally = self._tally
        values: dict[str, float | None] = {}
        for measure in MEASURES:
            values[measure] = tally.mean(measure)
            values[f"{measure}_last"] = tally.mean(measure, last=True)
        values |= {"chance": self._chance(*NAMES), "ceiling": tally.mean("ceiling")}
        rows = [self._row(name) for name in NAMES]
        rows.append(["mean", *(values[column] for column in COLUMNS[1:])])
        values |= tally.by_turn(MEASURES)
        return MetricResult(known(values), COLUMNS, rows, self._protocol())

    def _count_values(
        self, conversation: Conversation, by_turn: Mapping[int, Codes], in_truth: Codes
    ) -> None:
        """Count what is seen after each turn that tells an attribute."""
        final = len(conversation.turns) - 1
        for turn, seen in by_turn.items():
            just_told = conversation.turns[turn].attribute if turn >= 0 else ""
            if not just_told:
                continue
            said, last = told_so_far(conversation, turn), turn == final
            for name, code in visible_codes(said).items():
                measure = "attained" if name == just_told else "retained"
                self._tally.add(measure, turn, name, float(seen[_column(name)] == code), last)
                if name == just_told:
                    self._told[name][code] += 1
                if last:
                    self._tally.add("ceiling", turn, name, float(in_truth[_column(name)] == code))
            if turn - 1 not in by_turn:
                continue
            for name in NAMES:
                pair = by_turn[turn - 1][_column(name)], seen[_column(name)]
                if name not in said and UNSEEN not in pair:
                    self._tally.add("undisturbed", turn, name, float(pair[0] == pair[1]), last)

    def _count_pixels(
        self, conversation: Conversation, turns: Tensor, places: Mapping[int, int]
    ) -> None:
        """Count how alike two pictures are where the attribute told between them does not show."""
        for turn, place in places.items():
            just_told = conversation.turns[turn].attribute if turn >= 0 else ""
            if not just_told or turn - 1 not in places:
                continue
            mask = attribute_mask(conversation.attributes, just_told, turns.shape[-1])
            outside = torch.from_numpy(~mask)
            if not outside.any():
                continue
            change = (turns[place] - turns[places[turn - 1]]).abs()[:, outside].mean() / 2
            last = turn == len(conversation.turns) - 1
            self._tally.add("undisturbed_pixels", turn, just_told, 1 - float(change), last)

    def _row(self, name: str) -> list[str | float | None]:
        means = [self._tally.mean(measure, attribute=name) for measure in MEASURES]
        return [name, *means, self._chance(name), self._tally.mean("ceiling", attribute=name)]

    def _chance(self, *names: str) -> float | None:
        """Return how often a true face, taken at random, shows what was just told."""
        right = sum(
            float(self._told[name] @ self._shown[name][:-1]) / self._shown[name].sum()
            for name in names
        )
        told = sum(self._told[name].sum() for name in names)
        return float(right / told) if told else None

    def _protocol(self) -> Mapping[str, Any]:
        return {
            "conversations": self._seen,
            "resolution": self._resolution,
            "accuracy": "plain",
            "said": "by turns; the value told last counts, and a caption does not",
            "chance": "a true face of these conversations, taken at random",
            "ceiling": "the true pictures, of what was told of them",
            "undisturbed_pixels": "one less the mean absolute difference outside the mask",
            "classifier_sha256": self._classifier.sha256,
            "classifier_on_held_out_renders": dict(self._classifier.accuracy),
        }


def _column(name: str) -> int:
    return NAMES.index(name)
