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

from benchmarks.paired.tables import cell, compared, put_between_marks, table
from benchmarks.table2_extended.systems import BASES, SYSTEMS
from painterkit.generation.draw import draw_batch, to_pixels
from painterkit.generation.load_painter import load_painter
from painterkit.generation.splits import PreparedSplit

ROWS = 6
"""Held-out conversations in the picture."""

SIZE = 64

COLUMNS = {
    ("attribute-accuracy", "mean"): "all",
    ("attribute-accuracy", "mean_caption"): "told by the caption",
    ("attribute-accuracy", "mean_dialogue"): "told by the dialogue alone",
    ("variety", "pixels"): "variety",
    ("variety", "pixels_data"): "of the data",
}

Runs = Mapping[str, Sequence[Mapping[str, Any]]]


def write_page(results: Path, page: Path) -> None:
    """Put the tables of every finished run between the page's two marks."""
    runs: dict[str, list[Mapping[str, Any]]] = {system.name: [] for system in SYSTEMS}
    for system in SYSTEMS:
        for file in sorted(results.glob(f"{system.name}-[0-9].json")):
            runs[system.name].append(json.loads(file.read_text(encoding="utf-8")))
    if not any(runs.values()):
        return
    speed = json.loads((results / "speed.json").read_text(encoding="utf-8"))
    put_between_marks(page, [_systems(runs), _picture(page), _differences(runs), _speed(speed)])


def write_picture(runs: Path, results: Path, file: Path) -> None:
    """Draw the same held-out conversations with each system's first seed, the truth at the left."""
    columns: list[torch.Tensor] = []
    for system in SYSTEMS:
        run = runs / f"{system.name}-0"
        if not (run.is_dir() and (results / f"{system.name}-0.json").is_file()):
            return
        painter = load_painter(run)
        split = PreparedSplit(painter.assembly, "validation", painter.device)
        batch = split.with_vectors().batch(np.arange(ROWS), [painter.resolution])
        columns = columns or [batch.images[painter.resolution]]
        assembly = painter.assembly
        drawn = draw_batch(assembly.parts, batch, assembly.turns, assembly.noise, range(ROWS))
        columns.append(drawn[painter.resolution])
    cells = torch.stack([functional.interpolate(c.float(), size=SIZE) for c in columns], dim=1)
    grid = make_grid(cells.flatten(0, 1), nrow=len(columns), padding=2, pad_value=1.0)
    Image.fromarray(to_pixels(grid.unsqueeze(0))[0].numpy()).save(file, optimize=True)


def _systems(runs: Runs) -> str:
    rows = [
        [system.title, str(len(runs[system.name]))]
        + [cell([r["measures"][metric][key] for r in runs[system.name]]) for metric, key in COLUMNS]
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
    """Return what the dialogue adds to each base, and what each base is ahead of StackGAN by."""
    pairs = [
        (f"{base.title}: with the dialogue - without", f"{base.recipe}-dialogue", base.recipe)
        for base in BASES
    ]
    first = BASES[0]
    pairs += [
        (
            f"with the dialogue: {base.title} - {first.title}",
            f"{base.recipe}-dialogue",
            f"{first.recipe}-dialogue",
        )
        for base in BASES[1:]
    ]
    rows: list[list[str]] = []
    for title, one, other in pairs:
        found = compared(runs[one], runs[other], ("all", "dialogue"))
        if found:
            rows.append([title, *found])
    head = ["difference", "seeds", "share drawn right, all", "told by the dialogue alone"]
    return "### Differences\n\n" + table(head, rows) if rows else ""


def _speed(speed: Mapping[str, Mapping[str, float]]) -> str:
    rows: list[list[str]] = []
    for system in SYSTEMS:
        found = speed[system.name]
        pace = speed[f"{system.base.recipe}-dialogue"]["training"]
        seen = sum(int(images) for images in system.budget(pace).values())
        rows.append(
            [system.title, f"{found['training']:.0f}", f"{seen:,}", f"{found['drawing']:.0f}"]
        )
    head = ["painter", "trained on, pictures a second", "pictures seen", "drawn, a second"]
    return "### Speed\n\n" + table(head, rows)
