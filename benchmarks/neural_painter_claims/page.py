"""The tables of the page, from the results that are there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.neural_painter_claims.systems import COMPARISONS, SYSTEMS
from benchmarks.paired.tables import cell, compared, put_between_marks, table

MEASURES = {
    "attained": "attained",
    "retained": "retained",
    "undisturbed": "undisturbed",
    "undisturbed_pixels": "undisturbed pixels",
}
BY_NOISE = {
    ("calibration", "told"): "told, missed",
    ("calibration", "untold"): "untold, distance",
    ("calibration", "floor"): "floor",
    ("variety", "differing_share"): "differing, share of the data's",
    ("variety", "pixels_share"): "pixels, share of the data's",
}
TURNS = 4
TITLES = {system.name: system.title for system in SYSTEMS}

Runs = Mapping[str, Sequence[Mapping[str, Any]]]


def write_page(results: Path, page: Path) -> None:
    """Put the tables of every finished run between the page's two marks."""
    runs: dict[str, list[Mapping[str, Any]]] = {system.name: [] for system in SYSTEMS}
    for system in SYSTEMS:
        for file in sorted(results.glob(f"{system.name}-[0-9].json")):
            runs[system.name].append(json.loads(file.read_text(encoding="utf-8")))
    if not any(runs.values()):
        return
    sections = [_pace(results), _systems(runs), _picture(page), _differences(runs)]
    sections += [_by_turn(runs), _by_attribute(runs), _by_noise(runs)]
    put_between_marks(page, sections)


def _pace(results: Path) -> str:
    pace = json.loads((results / "pace.json").read_text(encoding="utf-8"))
    return (
        f"A step of the naive approach took {pace['ratio']:.2f} times as long as one at a uniform "
        "time; both were measured by turns in one run."
    )


def _systems(runs: Runs) -> str:
    rows = [
        [system.title, str(len(runs[system.name]))]
        + [
            cell([run["measures"]["turn-accuracy"][name] for run in runs[system.name]])
            for name in MEASURES
        ]
        for system in SYSTEMS
        if runs[system.name]
    ]
    return "### The table\n\n" + table(["painter", "seeds", *MEASURES.values()], rows)


def _picture(page: Path) -> str:
    picture = page.with_suffix(".png")
    if not picture.is_file():
        return ""
    rows = "; ".join(system.title for system in SYSTEMS)
    return (
        f"![Three conversations, drawn by each painter]({picture.name})\n\n"
        "Three held-out conversations of four turns, side by side; at the left of each the true "
        f"face. The rows, all of the first seed: {rows}."
    )


def _differences(runs: Runs) -> str:
    rows: list[list[str]] = []
    for comparison in COMPARISONS:
        found = compared(runs[comparison.one], runs[comparison.other], list(MEASURES))
        if found:
            titles = f"{TITLES[comparison.one]} - {TITLES[comparison.other]}"
            rows.append([comparison.claim, titles, *found])
    head = ["claim", "difference", "seeds", *MEASURES.values()]
    return "### Differences\n\n" + table(head, rows) if rows else ""


def _by_turn(runs: Runs) -> str:
    keys = [f"attained.{turn}" for turn in range(1, TURNS + 1)]
    keys += [f"retained.{turn}" for turn in range(2, TURNS + 1)]
    rows = [
        [system.title]
        + [cell([r["measures"]["turn-accuracy"][key] for r in runs[system.name]]) for key in keys]
        for system in SYSTEMS
        if runs[system.name]
    ]
    head = ["painter", *(key.replace(".", ", turn ") for key in keys)]
    return "### By turn\n\n" + table(head, rows)


def _by_attribute(runs: Runs) -> str:
    shown = [system for system in SYSTEMS if system.name in ("uniform", "no-memory")]
    shown = [system for system in shown if runs[system.name]]
    if not shown:
        return ""
    names = [row[0] for row in runs[shown[0].name][0]["attributes"]]
    rows: list[list[str]] = []
    for place, name in enumerate(names):
        cells = [
            cell([float(run["attributes"][place][column]) for run in runs[system.name]])
            for system in shown
            for column in (1, 2, 3)
        ]
        rows.append([str(name).replace("_", " "), *cells])
    head = ["attribute"] + [
        f"{system.title}: {what}"
        for system in shown
        for what in ("attained", "retained", "undisturbed")
    ]
    return "### By attribute\n\n" + table(head, rows)


def _by_noise(runs: Runs) -> str:
    rows = [
        [system.title]
        + [
            cell([run["measures"][metric][name] for run in runs[system.name]])
            for metric, name in BY_NOISE
        ]
        for system in SYSTEMS
        if runs[system.name]
    ]
    return "### Calibration and variety\n\n" + table(["painter", *BY_NOISE.values()], rows)
