"""Tables of a page, and where in the page they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.paired.intervals import difference, mean_and_deviation, table_of

Run = Mapping[str, Any]
"""A result of one training: its seed, and what each conversation came to."""

START, END = "<!-- results: written by the command above -->", "<!-- end of results -->"


def put_between_marks(page: Path, sections: Sequence[str]) -> None:
    """Replace what a page has between its two marks by the sections that are not empty."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    tables = "\n\n".join(section for section in sections if section)
    page.write_text(f"{before}{START}\n\n{tables}\n\n{END}{after}", encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown has it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(values: Sequence[float]) -> str:
    """Return the mean over seeds, and the deviation between them where there are several."""
    mean, deviation = mean_and_deviation(values)
    return f"{mean:.3f} ± {deviation:.3f}" if len(values) > 1 else f"{mean:.3f}"


def compared(one: Sequence[Run], other: Sequence[Run], asked: Sequence[str]) -> list[str]:
    """Return how many seeds both have, and the difference in each of what is `asked`, paired.

    Nothing where they have no seed in common. What is asked stands under `conversations`.
    """
    seeds = {run["seed"] for run in one} & {run["seed"] for run in other}
    if not seeds:
        return []
    cells: list[str] = []
    for key in asked:
        tables = [
            table_of([run["conversations"][key] for run in side if run["seed"] in seeds])
            for side in (one, other)
        ]
        cells.append(interval(difference(*tables)))
    return [str(len(seeds)), *cells]


def interval(found: tuple[float, float, float]) -> str:
    """Return a difference and its interval."""
    mean, low, high = found
    return f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]"
