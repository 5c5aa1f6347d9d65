"""Means of observations by measure, turn and attribute."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen


@frozen
class _Key:
    measure: str
    turn: int
    attribute: str
    last: bool


class Tally:
    """Add up observations, each one number; its size does not grow with their count."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._sums: dict[_Key, tuple[float, int]] = {}

    def add(
        self, measure: str, turn: int, attribute: str, value: float, last: bool = False
    ) -> None:
        """Count an observation made after a turn; `last` tells whether no other turn follows."""
        key = _Key(measure, turn, attribute, last)
        total, count = self._sums.get(key, (0.0, 0))
        self._sums[key] = total + value, count + 1

    def mean(
        self,
        measure: str,
        turn: int | None = None,
        attribute: str | None = None,
        last: bool = False,
    ) -> float | None:
        """Return the mean of a measure, of all of it or of a part; None if nothing was counted.

        With `last` only what was observed after last turns counts.
        """
        found = [
            entry
            for key, entry in self._sums.items()
            if key.measure == measure
            and turn in (None, key.turn)
            and attribute in (None, key.attribute)
            and (key.last or not last)
        ]
        count = sum(n for _, n in found)
        return sum(total for total, _ in found) / count if count else None

    def turns(self) -> Sequence[int]:
        """Return the turns after which anything was observed, rising."""
        return sorted({key.turn for key in self._sums})

    def by_turn(self, measures: Sequence[str]) -> dict[str, float | None]:
        """Return the means of measures by turn, as {"attained.1": 0.9, ...}, counted from 1."""
        return {
            f"{measure}.{turn + 1}": self.mean(measure, turn)
            for measure in measures
            for turn in self.turns()
        }


def known(values: dict[str, float | None]) -> dict[str, float]:
    """Return the values that there are."""
    return {name: value for name, value in values.items() if value is not None}
