"""Sample grids of a training under way: the same conversations and noise every time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from torchvision.utils import make_grid

from painterkit.assembly import Assembly
from painterkit.errors import Failure, Problem
from painterkit.generation.draw import draw_batch, to_pixels
from painterkit.generation.splits import PreparedSplit

SEEDS = 3
"""Pictures drawn of each conversation, with different noise."""


class SampleGrid:
    """Draw held-out conversations: a row each, its true picture first, then one a seed.

    The words stand beside the picture in a JSON file of the same name.
    """

    def __init__(self, assembly: Assembly, validation: PreparedSplit, folder: Path) -> None:
        self.assembly = assembly
        self.validation = validation
        self.folder = folder
        count = min(assembly.recipe.samples.count, len(validation.conversations))
        self.rows = np.arange(count)

    def draw(self, images_seen: int, resolution: int) -> Path:
        """Write the grid `<images seen>.png` of one resolution; return its path.

        Raises Failure where it cannot be written.
        """
        full = self.validation.images.shape[1]
        batch = self.validation.with_vectors().batch(self.rows, [full])
        truth = next(iter(batch.images.values()))
        columns = [truth]
        for seed in range(SEEDS):
            drawn = draw_batch(
                self.assembly.parts,
                batch,
                self.assembly.turns,
                self.assembly.noise,
                [1000 * seed + int(row) for row in self.rows],
                resolution,
            )
            columns.append(functional.interpolate(drawn[resolution], truth.shape[2:]))
        cells = torch.stack(columns, dim=1).flatten(0, 1)
        grid = make_grid(cells, nrow=1 + SEEDS, padding=2, pad_value=1.0)
        path = self.folder / f"{images_seen:09d}.png"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(to_pixels(grid.unsqueeze(0))[0].numpy()).save(path)
            reads_captions = self.assembly.parts.reads_caption
            words = [
                {
                    "id": c.id,
                    "caption": c.captions[0] if reads_captions else "",
                    "turns": [turn.text for turn in c.turns],
                }
                for c in self.validation.conversations[: len(self.rows)]
            ]
            text = json.dumps(words, indent=2, ensure_ascii=False) + "\n"
            path.with_suffix(".json").write_text(text, encoding="utf-8")
        except OSError as error:
            raise Failure(
                Problem(str(path), f"cannot be written ({error})", "make room and resume")
            ) from error
        return path
