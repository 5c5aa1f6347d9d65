"""Write what a training tells as TensorBoard reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

from painterkit.interfaces.reporter import Tick

FOLDER = "tensorboard"
SPEED, NOTES, SAMPLES = "images_per_second", "notes", "samples"
"""Under these names stand what is no metric; a metric is under PHASE/METRIC."""


def build(run: Path) -> TensorBoardReporter:
    """Return the reporter of a run, which writes into its folder `tensorboard`."""
    return TensorBoardReporter(run / FOLDER)


class TensorBoardReporter:
    """Write metrics, notes and sample grids over the pictures seen in all.

    See `painterkit.interfaces.reporter`. Nothing is written before the first tick or grid, which
    says where this training begins: of what one before has written, TensorBoard leaves out the
    metrics and grids from there on, as they are trained again. Notes stay. Those from before the
    first tick are written with it.
    """

    def __init__(self, folder: Path) -> None:
        """Remember where to write."""
        self._folder = folder
        self._writer: SummaryWriter | None = None
        self._images = 0
        self._waiting: list[str] = []

    def phase(self, name: str, done: int, steps: int) -> None:
        """Nothing: the names of the metrics say in which phase they are."""

    def tick(self, tick: Tick) -> None:
        """Write the metrics and the speed, to the disk at once: a training may be killed."""
        writer = self._writer_at(tick.images)
        for name, value in tick.metrics.items():
            writer.add_scalar(f"{tick.phase}/{name}", value, tick.images)
        writer.add_scalar(SPEED, tick.images_per_second, tick.images)
        writer.flush()

    def note(self, sentence: str) -> None:
        """Write a sentence."""
        if self._writer is None:
            self._waiting.append(sentence)
        else:
            self._writer.add_text(NOTES, sentence, self._images)

    def drawn(self, images: int, path: Path) -> None:
        """Write a sample grid."""
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        self._writer_at(images).add_image(SAMPLES, pixels, images, dataformats="HWC")

    def close(self) -> None:
        """Write to the disk what is not there yet."""
        if self._writer is not None:
            self._writer.close()

    def _writer_at(self, images: int) -> SummaryWriter:
        """Return the writer, after so many pictures."""
        self._images = images
        if self._writer is None:
            self._writer = SummaryWriter(str(self._folder), purge_step=images)
            for sentence in self._waiting:
                self.note(sentence)
        return self._writer
