"""A training that reports to TensorBoard: killed, resumed, and where the package is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tensorboard")

from ...conftest import (
    COMMAND,
    END,
    Workshop,
    differences,
    tensors_of,
    training,
    wait_until,
)
from .events import events_of, notes_of, scalars_of

ASKED = '["tensorboard"]'


def log_of(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def expected_scalars(run: Path) -> dict[str, dict[int, float]]:
    """Return what the log has of each metric; what was trained again counts once."""
    found: dict[str, dict[int, float]] = {}
    for entry in log_of(run):
        if entry["event"] == "tick":
            for name, value in entry["metrics"].items():
                found.setdefault(f"{entry['phase']}/{name}", {})[entry["images"]] = value
    return found


def test_killed_and_resumed_it_reads_as_one_training(workshop: Workshop, reference: Path) -> None:
    run = workshop.folder / "board"
    arguments = training("board", checkpoints__keep="100", report=ASKED)
    process = workshop.start(*arguments)
    log = run / "log.jsonl"
    wait_until(lambda: log.is_file() and '"stage-2", "step": 3' in log.read_text(), process, "it")
    process.kill()
    process.communicate()
    done = workshop.run("train", "--resume", "board")
    assert done.code == 0, done.stderr
    # As if it had been killed with all of this written, but saved no later than this.
    kept = "000000072-stage-1"
    for path in (run / "checkpoints").iterdir():
        if path.name > kept:
            shutil.rmtree(path)
    done = workshop.run("train", "--resume", "board")
    assert done.code == 0, done.stderr

    # Reporting changes no bit of the training.
    assert differences(*(tensors_of(one / "checkpoints" / END) for one in (run, reference))) == []
    events = events_of(run)
    scalars, expected = scalars_of(events), expected_scalars(run)
    assert set(scalars) == {*expected, "images_per_second"}
    for name, values in expected.items():
        assert list(scalars[name]) == list(values), name
        assert list(scalars[name].values()) == pytest.approx(list(values.values()), rel=1e-6)
    drawn = {entry["images"] for entry in log_of(run) if entry["event"] == "drawn"}
    assert [image.step for image in events.Images("samples")] == sorted(drawn)
    assert len(drawn) > 4
    [note] = [entry for entry in notes_of(events) if "72 images" in entry[1]]
    assert note == (96, "going on after 72 images, in phase 'stage-1'")


def test_without_the_package_it_says_how_to_install_it(workshop: Workshop) -> None:
    blocked = f"import sys; sys.modules['tensorboard'] = None; {COMMAND}"
    done = subprocess.run(
        [sys.executable, "-c", blocked, *training("boardless", report=ASKED)],
        cwd=workshop.folder,
        env=dict(workshop.environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "error: reporter 'tensorboard' of plugin 'tensorboard'   needs tensorboard, which is not "
        "installed; run: pip install 'painterkit[tensorboard]'"
    ]
    assert not (workshop.folder / "boardless").exists()
