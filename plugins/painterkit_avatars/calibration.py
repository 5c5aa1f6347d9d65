"""Calibration: are pictures of many noises as the data are, given what was said?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit_avatars.attributes import NAMES
from painterkit_avatars.classifier import load_classifier
from painterkit_avatars.data_check import require_attribute_turns
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.knowledge import exact_conditional, told_so_far, training_law
from painterkit_avatars.seen import Codes, places_of_turns, seen_codes, visible_codes
from painterkit_avatars.settings import CalibrationSettings
from painterkit_avatars.tally import Tally, known

NAME = "calibration"
MEASURES = ("told", "untold", "floor")
COLUMNS = ("attribute", *MEASURES)
TRIALS = 1000
"""How often noises are drawn from the conditional itself, for the floor."""

Shares = npt.NDArray[np.float64]


def build(settings: CalibrationSettings, context: BuildContext) -> Calibration:
    """Return the metric; raises WrongInput where the data are no avatars told by attributes."""
    require_attribute_turns(NAME, context.dataset)
    if not isinstance(context.dataset, Avatars):
        raise WrongInput(
            Problem(
                NAME,
                "needs to know how likely every face is, which it does of the data set avatars",
                "leave the metric out, or draw faces of avatars",
            )
        )
    return Calibration(settings, training_law(context.dataset.settings.seed))


class Calibration:
    """Compare frequencies over noises with the exact conditional of the training faces.

    At the optimum of algorithm 1 of the Neural Painter paper there is no distance: it is that of
    equation 5, whose real images are drawn from the conditional (section 5, equations 5 to 7).
    See `painterkit.interfaces.Metric`.
    """

    def __init__(self, settings: CalibrationSettings, law: npt.NDArray[np.int8]) -> None:
        """Load the classifier; `law` is what `training_law` gives."""
        self.conversations = settings.conversations
        self.draws = Draws(every_turn=True, noises=settings.noises)
        self._law = law
        self._seed = settings.seed
        self._classifier = load_classifier()
        self._tally = Tally()
        self._floors: dict[bytes, float] = {}
        self._seen = 0
        self._turns = 0
        self._unheard_of = 0
        self._resolution = 0

    def add(self, drawn: Drawn) -> None:
        """Take in one batch: turns [B, K, 3, R, R] in [-1, 1], noise after noise of each row."""
        assert drawn.turns is not None, "it asks for every turn"
        seen = seen_codes(self._classifier.network, drawn.turns)
        places = places_of_turns(drawn)
        for start in range(0, len(drawn.conversations), self.draws.noises):
            conversation = drawn.conversations[start]
            for turn, place in places[start].items():
                if turn >= 0 and conversation.turns[turn].attribute:
                    of_noises = seen[start : start + self.draws.noises, place]
                    self._count(conversation, turn, of_noises)
            self._seen += 1
        self._resolution = drawn.turns.shape[-1]

    def result(self) -> MetricResult:
        """Return the distances, 0 to 1. Raises Failure if no picture was added."""
        if not self._seen:
            raise Failure(Problem(NAME, "was given no picture to measure"))
        tally = self._tally
        means = {measure: tally.mean(measure) for measure in MEASURES}
        rows: list[list[str | float | None]] = [
            [name, *(tally.mean(measure, attribute=name) for measure in MEASURES)] for name in NAMES
        ]
        rows.append(["mean", *means.values()])
        return MetricResult(
            known({**means, **tally.by_turn(MEASURES)}), COLUMNS, rows, self._protocol()
        )

    def _count(self, conversation: Conversation, turn: int, seen: Codes) -> None:
        """Count the distances after one turn; `seen` [noises, 9]."""
        said = told_so_far(conversation, turn)
        for name, code in visible_codes(said).items():
            missed = float((seen[:, NAMES.index(name)] != code).mean())
            self._tally.add("told", turn, name, missed)
        self._turns += 1
        exact = exact_conditional(self._law, said)
        if exact is None:
            self._unheard_of += 1
            return
        for name in NAMES:
            if name not in said:
                found = _frequencies(seen[:, NAMES.index(name)], len(exact[name]))
                distance = float(np.abs(found - exact[name]).sum() / 2)
                self._tally.add("untold", turn, name, distance)
                self._tally.add("floor", turn, name, self._floor(exact[name]))

    def _floor(self, exact: Shares) -> float:
        """Return the mean distance of as many draws from the conditional itself."""
        key = exact.round(9).tobytes()
        if key not in self._floors:
            random = np.random.Generator(np.random.Philox(self._seed))
            found = random.multinomial(self.draws.noises, exact, TRIALS) / self.draws.noises
            self._floors[key] = float(np.abs(found - exact).sum(1).mean() / 2)
        return self._floors[key]

    def _protocol(self) -> Mapping[str, Any]:
        return {
            "conversations": self._seen,
            "noises": self.draws.noises,
            "resolution": self._resolution,
            "seed": self._seed,
            "distance": "total variation",
            "conditional": "of the faces that training faces are drawn from",
            "said": "by turns; the value told last counts, and a caption does not",
            "turns": self._turns,
            "turns_that_fit_no_training_face": self._unheard_of,
            "classifier_sha256": self._classifier.sha256,
            "classifier_on_held_out_renders": dict(self._classifier.accuracy),
        }


def _frequencies(codes: Codes, places: int) -> Shares:
    """Return the share of each code, [places]; UNSEEN counts in the last place."""
    return np.bincount(codes.astype(np.intp) % places, minlength=places) / len(codes)
