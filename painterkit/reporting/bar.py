"""A training on a terminal: one progress bar that stays below everything else."""

from __future__ import annotations

from pathlib import Path

from rich.columns import Columns
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from painterkit.interfaces.reporter import Tick
from painterkit.reporting.status import (
    STOPPING,
    Pace,
    clock_words,
    metric_words,
    speed_words,
    status_line,
)

DRAWS_PER_SECOND = 4
MARGIN = 4
"""Columns left free: a `^C` that the terminal writes there would else move the bar down a line."""


class BarReporter:
    """Show a bar with its numbers beside and the metrics under it, on stderr.

    It is drawn anew a few times a second whatever happens; what is told only changes what is
    drawn. A phase that is over leaves a line.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._pace = Pace()
        self._bar: tuple[str, int, int, str] | None = None
        self._metrics: list[str] = []
        self._tick: Tick | None = None
        self._stopping = False
        self._live = Live(
            self, console=self._console, refresh_per_second=DRAWS_PER_SECOND, transient=True
        )

    def __enter__(self) -> BarReporter:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
        self._leave_line()

    def phase(self, name: str, done: int, steps: int) -> None:
        """Begin a bar."""
        self._leave_line()
        self._pace.begin(done)
        self._bar, self._metrics = (name, done, steps, ""), []

    def tick(self, tick: Tick) -> None:
        """Move the bar."""
        self._tick = tick
        left = clock_words(self._pace.seconds_left(tick.step, tick.steps))
        numbers = f"{speed_words(tick.images_per_second)}  eta {left}"
        self._bar = (tick.phase, tick.step, tick.steps, numbers)
        self._metrics = metric_words(tick.metrics)

    def note(self, sentence: str) -> None:
        """Write a sentence above the bar."""
        # As a segment it is not wrapped, so that a path in it stays whole; the options of print
        # that do so would hold for the bar, too, which is drawn again with it.
        self._console.print(Segments([Segment(sentence), Segment.line()]), crop=False, end="")

    def drawn(self, images: int, path: Path) -> None:
        """Nothing: a line for every grid would be many."""

    def preparing(self, what: str, done: int, total: int) -> None:
        """Show a bar for what comes before the training."""
        self._bar, self._metrics = (what, done, total, ""), []
        if done == total:
            self._bar = None
            self.note(f"{what}  {total:,}/{total:,}")

    def announce_stop(self) -> None:
        """Have it shown with the next drawing: a signal handler must not draw itself."""
        self._stopping = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what is shown now."""
        lines: list[RenderableType] = []
        if self._bar is not None:
            what, done, total, numbers = self._bar
            row = Table.grid(padding=(0, 2), expand=True)
            row.add_column(no_wrap=True)
            row.add_column(ratio=1, min_width=8)
            row.add_column(no_wrap=True, justify="right")
            bar = ProgressBar(total=max(total, 1), completed=done)
            row.add_row(Text(what), bar, Text(f"{done:,}/{total:,}  {numbers}".rstrip()))
            lines.append(row)
        if self._metrics:
            pairs = [Text(pair, style="dim") for pair in self._metrics]
            lines.append(Columns(pairs, padding=(0, 2)))
        if self._stopping:
            lines.append(Text(STOPPING, style="yellow"))
        yield Constrain(Group(*lines), options.max_width - MARGIN)

    def _leave_line(self) -> None:
        if self._tick is not None:
            self.note(status_line(self._tick, None).removesuffix("  eta -"))
            self._tick = None
