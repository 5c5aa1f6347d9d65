"""Variety: do pictures of other noises differ in what nobody told, as faces do?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from painterkit.data.facts import UNKNOWN, Facts
from painterkit.errors import Failure, Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit_avatars.attributes import ATTRIBUTES, NAMES, Face
from painterkit_avatars.chance import seeded
from painterkit_avatars.classifier import load_classifier
from painterkit_avatars.data_check import require_faces
from painterkit_avatars.drawing import draw
from painterkit_avatars.faces import face_with
from painterkit_avatars.knowledge import face_table
from painterkit_avatars.seen import Codes, places_of_turns, seen_codes
from painterkit_avatars.settings import VarietySettings
from painterkit_avatars.tally import Tally, known

NAME = "variety"
COLUMNS = ("attribute", "differing", "differing_data", "differing_share")
MEASURES = ("pixels", "pixels_data", "differing", "differing_data")


def build(settings: VarietySettings, context: BuildContext) -> Variety:
    """Return the metric; raises WrongInput if the recipe's data set is not avatars."""
    require_faces(NAME, context.dataset)
    return Variety(settings)


class Variety:
    """Compare pictures of one conversation with each other, pair by pair.

    See `painterkit.interfaces.Metric`.
    """

    def __init__(self, settings: VarietySettings) -> None:
        """Load the classifier that ships with the data set."""
        self.conversations = settings.conversations
        self.draws = Draws(every_turn=True, noises=settings.noises)
        self._seed = settings.seed
        self._classifier = load_classifier()
        self._tally = Tally()
        self._seen = 0
        self._resolution = 0

    def add(self, drawn: Drawn) -> None:
        """Take in one batch: turns [B, K, 3, R, R] in [-1, 1], noise after noise of each row."""
        assert drawn.turns is not None, "it asks for every turn"
        noises = self.draws.noises
        seen = seen_codes(self._classifier.network, drawn.turns)
        places = places_of_turns(drawn)
        for start in range(0, len(drawn.conversations), noises):
            conversation, rows = drawn.conversations[start], slice(start, start + noises)
            [said] = Facts([conversation], ATTRIBUTES).said
            last = len(conversation.turns) - 1
            for turn, place in places[start].items():
                random = seeded(NAME, self._seed, conversation.id, turn)
                real = [face_that_fits(random, said[turn + 1]) for _ in range(noises)]
                untold = np.flatnonzero(said[turn + 1] == UNKNOWN)
                self._count("differing", turn, turn == last, seen[rows, place], untold)
                self._count("differing_data", turn, turn == last, face_table(real), untold)
                for measure, pictures in (
                    ("pixels", drawn.turns[rows, place].float().cpu()),
                    ("pixels_data", _pictures(real, drawn.turns.shape[-1])),
                ):
                    self._tally.add(measure, turn, "", _distance(pictures), turn == last)
            self._seen += 1
        self._resolution = drawn.turns.shape[-1]

    def result(self) -> MetricResult:
        """Return distances and shares. Raises Failure if no picture was added."""
        if not self._seen:
            raise Failure(Problem(NAME, "was given no picture to measure"))
        tally = self._tally
        values: dict[str, float | None] = {}
        for measure in ("pixels", "differing"):
            for suffix, last in (("", False), ("_last", True)):
                own, data = (tally.mean(f"{measure}{of}", last=last) for of in ("", "_data"))
                values[f"{measure}{suffix}"] = own
                values[f"{measure}_data{suffix}"] = data
                values[f"{measure}_share{suffix}"] = _share(own, data)
        rows = [self._row(name, name) for name in NAMES] + [self._row("mean", None)]
        values |= tally.by_turn(MEASURES)
        return MetricResult(known(values), COLUMNS, rows, self._protocol())

    def _count(
        self, measure: str, turn: int, last: bool, codes: Codes, columns: npt.NDArray[np.intp]
    ) -> None:
        """Count on how many pairs of `codes` [noises, 9] each of some attributes differs."""
        for column in columns:
            pairs = combinations(codes[:, column].tolist(), 2)
            differing = float(np.mean([one != other for one, other in pairs]))
            self._tally.add(measure, turn, NAMES[column], differing, last)

    def _row(self, word: str, name: str | None) -> list[str | float | None]:
        own, data = (self._tally.mean(m, attribute=name) for m in ("differing", "differing_data"))
        return [word, own, data, _share(own, data)]

    def _protocol(self) -> Mapping[str, Any]:
        return {
            "conversations": self._seen,
            "noises": self.draws.noises,
            "resolution": self._resolution,
            "seed": self._seed,
            "pixels": "mean absolute difference of two pictures, black to white being 1",
            "data": "as many faces, drawn at random of all that fit what was said",
            "classifier_sha256": self._classifier.sha256,
        }


def face_that_fits(random: Random, said: Codes) -> Face:
    """Return a face drawn as the data set's are, held out or not, with what was said [9] of it.

    `said` is as `Facts.said` has it, UNKNOWN where nothing was. A hair colour rules out a bald
    head, unless that was said as well.
    """
    told = {
        name: ATTRIBUTES[name][place] if place >= 0 else None
        for name, place in zip(NAMES, said.tolist(), strict=True)
        if place != UNKNOWN
    }
    return face_with(random, told)


def _pictures(faces: list[Face], resolution: int) -> Tensor:
    """Return pictures of faces, [N, 3, R, R] in [-1, 1]."""
    pixels = torch.from_numpy(np.stack([draw(face, resolution) for face in faces]))
    return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1


def _distance(pictures: Tensor) -> float:
    """Return the mean absolute difference of all pairs of [N, 3, R, R], 0 to 1."""
    flat = pictures.flatten(1)
    return float(torch.pdist(flat, p=1).mean() / (2 * flat.shape[1]))


def _share(own: float | None, data: float | None) -> float | None:
    return own / data if own is not None and data else None
