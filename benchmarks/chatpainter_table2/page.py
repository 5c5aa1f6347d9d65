"""The tables and the picture of the page, from the results that are there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from torchvision.utils import make_grid

from benchmarks.chatpainter_table2.systems import SYSTEMS, TELLINGS, TURNS
from benchmarks.paired.tables import cell, compared, put_between_marks, table
from painterkit.generation.draw import draw_batch, to_pixels
from painterkit.generation.load_painter import load_painter
from painterkit.generation.splits import PreparedSplit

ROWS = 8
"""Held-out conversations in the picture."""

COLUMNS = {
    "mean": "all",
    "mean_caption": "told by the caption",
    "mean_dialogue": "told by the dialogue alone",
    "nearer_than_nine": "nearer than nine",
}
TITLES = {
    "as-told": "as it was",
    "another": "another picture's dialogue",
    "questions": "questions only",
    "answers": "answers only",
    "shuffled": "turns shuffled",
}

Runs = Mapping[str, Sequence[Mapping[str, Any]]]


def write_page(results: Path, page: Path) -> None:
    """Put the tables of every finished run between the page's two marks."""
    runs: dict[str, list[Mapping[str, Any]]] = {system.name: [] for system in SYSTEMS}
    for file in sorted(results.glob("*.json")):
        found = json.loads(file.read_text(encoding="utf-8"))
        runs[found["system"]].append(found)
    runs = {name: sorted(found, key=lambda run: run["seed"]) for name, found in runs.items()}
    sections = [_systems(runs), _picture(page), _differences(runs)]
    sections += [_tellings(runs), _first_turns(runs)]
    put_between_marks(page, sections)


def write_pictures(runs: Path, folder: Path) -> None:
    """Draw the same held-out conversations with each system's first seed, the truth at the left."""
    columns: list[torch.Tensor] = []
    for system in SYSTEMS:
        run = runs / f"{system.name}-0"
        if not list(run.glob("checkpoints/*-stage-2")):
            return
        painter = load_painter(run)
        split = PreparedSplit(painter.assembly, "validation", painter.device)
        batch = split.with_vectors().batch(np.arange(ROWS), [painter.resolution])
        columns = columns or [batch.images[painter.resolution]]
        assembly = painter.assembly
        drawn = draw_batch(assembly.parts, batch, assembly.turns, assembly.noise, range(ROWS))
        columns.append(drawn[painter.resolution])
    cells = torch.stack([functional.interpolate(c, size=64) for c in columns], dim=1)
    grid = make_grid(cells.flatten(0, 1), nrow=len(columns), padding=2, pad_value=1.0)
    pixels = to_pixels(grid.unsqueeze(0))[0].numpy()
    Image.fromarray(pixels).save(folder / "chatpainter_table2.png", optimize=True)


def _systems(runs: Runs) -> str:
    rows = [
        [system.title, str(len(runs[system.name]))]
        + [cell([run["accuracy"]["as-told"][key] for run in runs[system.name]]) for key in COLUMNS]
        for system in SYSTEMS
        if runs[system.name]
    ]
    return "### The table\n\n" + table(["painter", "seeds", *COLUMNS.values()], rows)


def _picture(page: Path) -> str:
    picture = page.with_suffix(".png")
    if not picture.is_file():
        return ""
    columns = ", ".join(system.title for system in SYSTEMS)
    return (
        f"![What each painter drew]({picture.name})\n\n"
        f"Held-out conversations, a row each: the true face, then {columns}; the first seed."
    )


def _differences(runs: Runs) -> str:
    titles = {system.name: system.title for system in SYSTEMS}
    rows: list[list[str]] = []
    for one, other in (
        ("recurrent", "stackgan"),
        ("non-recurrent", "stackgan"),
        ("recurrent", "non-recurrent"),
        ("recurrent-by-painter", "non-recurrent"),
        ("recurrent", "recurrent-by-painter"),
        ("padded", "stackgan"),
        ("recurrent", "padded"),
    ):
        found = compared(runs[one], runs[other], ("all", "dialogue"))
        if found:
            rows.append([f"{titles[one]} - {titles[other]}", *found])
    head = ["difference", "seeds", "share drawn right, all", "told by the dialogue alone"]
    return "### Differences\n\n" + table(head, rows) if rows else ""


def _tellings(runs: Runs) -> str:
    readers = [s for s in SYSTEMS if s.reads_dialogue and runs[s.name]]
    if not readers:
        return ""
    rows = [
        [TITLES[telling]]
        + [
            cell([run["accuracy"][telling][key] for run in runs[system.name]])
            for system in readers
            for key in ("mean_caption", "mean_dialogue")
        ]
        for telling in TELLINGS
    ]
    head = ["the dialogue it is told"] + [
        f"{system.title}: {what}" for system in readers for what in ("caption", "dialogue")
    ]
    return "### Another dialogue\n\n" + table(head, rows)


def _first_turns(runs: Runs) -> str:
    readers = [s for s in SYSTEMS if s.reads_dialogue and runs[s.name]]
    if not readers:
        return ""
    names = [f"first-{turns}" for turns in range(TURNS)] + ["as-told"]
    rows = [
        [system.title]
        + [
            f"{np.mean([run['accuracy'][name]['mean_dialogue'] for run in runs[system.name]]):.3f}"
            for name in names
        ]
        for system in readers
    ]
    head = ["the first turns told", *(str(turns) for turns in range(TURNS + 1))]
    return "### The first k of ten turns\n\n" + table(head, rows)
