"""The gates of a painter's memory as maps: turns along x, cells along y."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from painterkit.data.batches import Batches
from painterkit.evaluation.gate_scores import gate_score
from painterkit.evaluation.gates import OpenGates, gated_cells, open_gates
from painterkit.evaluation.sequences import picture_of, random_rows, save, words_of
from painterkit.generation.painter import Painter
from painterkit.generation.strip import SMALLEST, below, strip

COUNT = 4
"""Conversations on a picture."""


def write_gate_maps(painter: Painter, split: Batches, file: Path, seed: int = 0) -> Path:
    """Write the gates of random conversations of a split as a PNG file and return it.

    `seed` chooses the conversations and their noise. Raises WrongInput as `gated_cells` does,
    Failure where it cannot be written.
    """
    cells = gated_cells(painter)
    rows = random_rows(split, seed, COUNT)
    return save(
        below([draw_gates(open_gates(painter, cells, split, int(row), seed)) for row in rows]), file
    )


def draw_gates(seen: OpenGates) -> Image.Image:
    """Draw a conversation: its pictures, what shows the attribute just told, then cell by cell.

    A cell's maps share one scale, on which black is its lowest value and white its highest in this
    conversation; the number beneath a map is its score.
    """
    turns, told = list(seen.images), seen.told
    side = max(SMALLEST, *(image.shape[-1] for image in seen.images.values()))
    pictures = [picture_of(image) for image in seen.images.values()]
    rows = [strip(pictures, [words_of(seen.conversation, turn) for turn in turns])]
    shown = {turn: _grey(seen.masks[name].float(), side) for turn, name in told.items()}
    nothing = Image.new("RGB", (side, side), "white")
    masks = [shown.get(turn, nothing) for turn in turns]
    rows.append(strip(masks, [told.get(turn, "").replace("_", " ") for turn in turns]))
    for cell, maps in seen.maps.items():
        together = torch.stack(list(maps.values()))
        low, high = float(together.min()), float(together.max())
        pictures = [_grey((maps[turn] - low) / max(high - low, 1e-6), side) for turn in turns]
        scores = {turn: gate_score(maps[turn], seen.masks[name]) for turn, name in told.items()}
        rows.append(strip(pictures, [f"{cell} {_words(scores.get(turn))}" for turn in turns]))
    return below(rows)


def _words(score: float | None) -> str:
    return "" if score is None else f"{score:.2f}"


def _grey(shares: Tensor, side: int) -> Image.Image:
    """Return a map [H, W] from 0 to 1 as a grey picture of a height, its pixels left square."""
    pixels = (shares * 255).round().byte().numpy()
    return Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST)
