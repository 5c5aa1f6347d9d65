"""How much of a gate's opening lies where the attribute just told shows."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from attrs import frozen
from torch import Tensor
from torch.nn import functional

from painterkit.data.batches import Batches
from painterkit.evaluation.gates import OpenGates, gated_cells, open_gates
from painterkit.generation.painter import Painter
from painterkit.generation.splits import Preparation
from painterkit.interfaces.metric import MetricResult
from painterkit.settings import setting

GATES = "gates"
"""The name of the result, which is no metric: the painter is looked into."""

OTHERS = "others"


@frozen
class GatesSettings:
    """Score the gates of a painter's memory, cell by cell and attribute by attribute.

    A score is the share of the gate's total that lies inside the true mask of the attribute just
    told, divided by the mask's share of the picture: 1 where the gate does not heed the place.
    `others` scores the same gates with the masks of what other turns of the conversation tell.
    """

    conversations: int = setting(100, help="Held-out conversations to draw.", at_least=1)

    @classmethod
    def of(cls, conversations: int | None) -> GatesSettings:
        """Return the settings with a number of conversations, the default one for None."""
        return cls() if conversations is None else cls(conversations=conversations)


def score_gates(
    painter: Painter,
    split: Batches,
    settings: GatesSettings,
    seed: int = 0,
    progress: Preparation | None = None,
) -> MetricResult:
    """Draw conversations of a split one by one, and score every cell's gate.

    Raises WrongInput as `gated_cells` does.
    """
    cells = gated_cells(painter)
    count = min(settings.conversations, len(split.conversations))
    scores = GateScores()
    for row in range(count):
        scores.add(open_gates(painter, cells, split, row, seed))
        if progress is not None:
            progress("drawing", row + 1, count)
    return scores.result(painter.resolution, seed)


class GateScores:
    """Collect the scores of conversations: a few numbers a turn."""

    def __init__(self) -> None:
        """Start with no score."""
        self._scores: dict[tuple[str, str], list[float]] = {}
        self._shares: dict[str, list[float]] = {}
        self._gates: dict[str, str] = {}
        self._conversations = 0

    def add(self, seen: OpenGates) -> None:
        """Score the gates of one conversation."""
        for cell, maps in seen.maps.items():
            for turn, just_told in seen.told.items():
                for attribute, mask in seen.masks.items():
                    score = gate_score(maps[turn], mask)
                    if score is not None:
                        of = attribute if attribute == just_told else OTHERS
                        self._scores.setdefault((cell, of), []).append(score)
        for attribute, mask in seen.masks.items():
            self._shares.setdefault(attribute, []).append(float(mask.float().mean()))
        self._gates |= seen.gates
        self._conversations += 1

    def result(self, resolution: int, seed: int) -> MetricResult:
        """Return the mean scores over turns, and how large the masks are."""
        names, cells = sorted(self._shares), list(self._gates)
        rows: list[list[str | float | None]] = [
            [name, fmean(self._shares[name]), *(self._mean(cell, [name]) for cell in cells)]
            for name in names
        ]
        told = {cell: self._mean(cell, names) for cell in cells}
        others = {f"{cell}.{OTHERS}": self._mean(cell, [OTHERS]) for cell in cells}
        rows += [["mean", None, *told.values()], [OTHERS, None, *others.values()]]
        values = {name: value for name, value in {**told, **others}.items() if value is not None}
        protocol = {
            "conversations": self._conversations,
            "resolution": resolution,
            "gates": self._gates,
            "noise_seed": seed,
        }
        return MetricResult(values, ("attribute", "mask", *cells), rows, protocol)

    def _mean(self, cell: str, names: Sequence[str]) -> float | None:
        found = [score for name in names for score in self._scores.get((cell, name), ())]
        return fmean(found) if found else None


def gate_score(opening: Tensor, mask: Tensor) -> float | None:
    """Return the share of `opening` [H, W] inside `mask` [R, R], by the mask's share of the area.

    A pixel of the map that the mask covers in part counts in part. None where the mask is empty
    or the gate is shut.
    """
    small = functional.interpolate(mask.float()[None, None], size=opening.shape, mode="area")[0, 0]
    expected = float(small.mean() * opening.sum())
    return float((opening * small).sum()) / expected if expected else None
