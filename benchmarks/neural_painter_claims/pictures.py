"""Three held-out conversations as each system draws them, turn by turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from torchvision.utils import make_grid

from benchmarks.neural_painter_claims.systems import SYSTEMS
from painterkit.evaluation.evaluate import draw_rows
from painterkit.generation.draw import to_pixels
from painterkit.generation.load_painter import load_painter
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.metric import Draws

TURNS = 4
CONVERSATIONS = 3
SIZE = 64


def write_picture(runs: Path, file: Path) -> None:
    """Draw the same conversations with each system's first seed, once all have one."""
    finished = [runs / f"{system.name}-0" for system in SYSTEMS]
    if not all(list(run.glob("checkpoints/*-joint")) for run in finished):
        return
    rows = [_row(run) for run in finished]
    grid = make_grid(torch.cat(rows), nrow=len(rows[0]), padding=2, pad_value=1.0)
    picture = Image.fromarray(to_pixels(grid.unsqueeze(0))[0].numpy())
    picture.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


def _row(run: Path) -> torch.Tensor:
    """Return what a run draws: for each conversation the true face and its turns."""
    painter = load_painter(run)
    split = PreparedSplit(painter.assembly, "validation", painter.device).with_vectors()
    long = [n for n, one in enumerate(split.conversations) if len(one.turns) == TURNS]
    drawn = draw_rows(painter, split, np.array(long[:CONVERSATIONS]), Draws(every_turn=True))
    assert drawn.turns is not None
    cells = torch.cat([drawn.truth.unsqueeze(1), drawn.turns], dim=1).flatten(0, 1)
    return functional.interpolate(cells.float(), size=SIZE)
