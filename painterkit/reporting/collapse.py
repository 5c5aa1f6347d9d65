"""A watch for painters that draw one picture whatever they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from painterkit.interfaces.reporter import Reporter, Tick

SPREAD = "spread"
"""The metric that is watched: how far drawn pictures are from each other, real ones being 1."""

NARROW = 0.3
"""Below this pictures hardly differ. A painter that learns comes above it in its first ticks."""

PATIENCE = 10
"""So many ticks must be narrow in a row: of 20 steps each, 200 steps."""

ADVICE = (
    "the pictures hardly differ from each other: their spread has been below {limit} of the real "
    "ones' for {steps} steps. Should it stay so: {remedies}"
)


class CollapseWatch:
    """Hear every tick, and tell other reporters once a phase when the pictures collapse.

    `remedies` says what can be tried in a phase, by its name.
    """

    def __init__(self, told: Sequence[Reporter], remedies: Callable[[str], Sequence[str]]) -> None:
        self._told = told
        self._remedies = remedies
        self._since = 0
        self._narrow = 0
        self._warned = False

    def phase(self, name: str, done: int, steps: int) -> None:
        """Begin anew."""
        self._since, self._narrow, self._warned = done, 0, False

    def tick(self, tick: Tick) -> None:
        """Count the ticks that are narrow in a row; after enough of them give advice."""
        if tick.metrics.get(SPREAD, 1.0) >= NARROW:
            self._since, self._narrow = tick.step, 0
            return
        self._narrow += 1
        if self._narrow >= PATIENCE and not self._warned:
            self._warned = True
            steps = tick.step - self._since
            found = "; or ".join(self._remedies(tick.phase))
            for reporter in self._told:
                reporter.note(ADVICE.format(limit=NARROW, steps=steps, remedies=found))

    def note(self, sentence: str) -> None:
        """Nothing: it has nothing to do with pictures."""

    def drawn(self, images: int, path: Path) -> None:
        """Nothing: what it looks at are the metrics."""
