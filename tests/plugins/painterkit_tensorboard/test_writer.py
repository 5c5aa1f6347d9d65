"""What is written, read back by TensorBoard."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("tensorboard")

from painterkit.interfaces.reporter import Tick
from painterkit.testing import check_plugin
from painterkit_tensorboard.writer import build

from .events import events_of, notes_of, scalars_of


def tick(images: int, **metrics: float) -> Tick:
    return Tick("stage-1", images // 8, 100, images, 12.5, metrics)


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 10, 3), dtype=np.uint8)
    path = tmp_path / "samples" / "000000160.png"
    path.parent.mkdir()
    Image.fromarray(pixels).save(path)
    return path


def test_metrics_speed_notes_and_grids(tmp_path: Path, grid: Path) -> None:
    reporter = build(tmp_path)
    reporter.note("the caption is cut")
    reporter.phase("stage-1", 0, 100)
    assert not (tmp_path / "tensorboard").exists()
    reporter.tick(tick(160, spread=0.25, loss=math.nan))
    # On the disk already: a training may be killed.
    assert scalars_of(events_of(tmp_path))["stage-1/spread"] == {160: 0.25}
    reporter.drawn(160, grid)
    reporter.tick(tick(320, spread=0.5))
    reporter.note("the pictures hardly differ")
    reporter.close()
    events = events_of(tmp_path)
    scalars = scalars_of(events)
    assert set(scalars) == {"stage-1/spread", "stage-1/loss", "images_per_second"}
    assert scalars["stage-1/spread"] == {160: 0.25, 320: 0.5}
    assert math.isnan(scalars["stage-1/loss"][160])
    assert scalars["images_per_second"] == {160: 12.5, 320: 12.5}
    assert notes_of(events) == [(160, "the caption is cut"), (320, "the pictures hardly differ")]
    [image] = events.Images("samples")
    assert (image.step, image.width, image.height) == (160, 10, 6)
    drawn = np.asarray(Image.open(io.BytesIO(image.encoded_image_string)))
    assert np.array_equal(drawn, np.asarray(Image.open(grid)))


def test_what_is_trained_again_takes_the_place_of_what_was_lost(tmp_path: Path, grid: Path) -> None:
    first = build(tmp_path)
    for images in (160, 320, 480):
        first.tick(tick(images, spread=images / 1000))
    first.drawn(480, grid)
    first.note("it stays")
    first.close()
    second = build(tmp_path)
    second.note("going on after 160 images")
    second.tick(tick(320, spread=0.9))
    second.close()
    events = events_of(tmp_path)
    spread = scalars_of(events)["stage-1/spread"]
    assert spread == {160: pytest.approx(0.16), 320: pytest.approx(0.9)}
    assert notes_of(events) == [(480, "it stays"), (320, "going on after 160 images")]
    assert not events.Images("samples")


def test_the_plugin_keeps_its_promises() -> None:
    check_plugin("tensorboard")


def test_a_training_that_tells_nothing_leaves_nothing(tmp_path: Path) -> None:
    reporter = build(tmp_path)
    reporter.note("going on after 160 images")
    reporter.close()
    assert list(tmp_path.iterdir()) == []
