"""Each way of measuring has a file of its own, under a name that every file system takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from painterkit.errors import Failure
from painterkit.evaluation.metric_slots import metric_slots
from painterkit.evaluation.result_files import Measured, picture_file, result_file, write_result
from painterkit.interfaces.metric import MetricResult
from painterkit.plugins import load_plugins
from painterkit.registry import Registry

ACCURACY = "attribute-accuracy"
STAGE = "000128-stage-1"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins().registry


def measured(registry: Registry, slot: Any = ACCURACY, **what: Any) -> Measured:
    [use] = metric_slots([slot], registry).values()
    return Measured(use, MetricResult({"mean": 0.5}), **what)


def accuracy(registry: Registry, **settings: object) -> Measured:
    return measured(registry, {"use": ACCURACY, **settings})


def test_the_name_says_what_is_not_the_default(registry: Registry) -> None:
    for one, name in (
        (measured(registry), ACCURACY),
        (measured(registry, f"avatars:{ACCURACY}"), f"avatars-{ACCURACY}"),
        (measured(registry, noise_seed=1), f"{ACCURACY}-noise_seed=1"),
        (accuracy(registry, seed=1), f"{ACCURACY}-seed=1"),
        (accuracy(registry, seed=0, conversations=1000), ACCURACY),
        (accuracy(registry, seed=2, conversations=9), f"{ACCURACY}-conversations=9-seed=2"),
        (measured(registry, checkpoint=STAGE), ACCURACY),
        (
            measured(registry, checkpoint=STAGE, trained=False),
            f"{ACCURACY}-checkpoint={STAGE}",
        ),
    ):
        assert result_file(one) == f"{name}.json"


def test_a_name_is_safe_and_still_its_own(registry: Registry) -> None:
    paths = ["w.pth", "W.pth", "a/w.pth", "a_w.pth", "a:w.pth", "d" * 300, "d" * 301, 'q"?*|<>.pth']
    names = [
        result_file(measured(registry, {"use": "inception-score", "weights": path}))
        for path in paths
    ]
    assert names[0] == "inception-score-weights=w.pth.json"
    assert len({name.lower() for name in names}) == len(paths)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9=._+-]+", name)
        assert len(name) < 200


def test_what_is_written(registry: Registry, tmp_path: Path) -> None:
    results = [measured(registry, checkpoint=STAGE), accuracy(registry, seed=4)]
    files = [write_result(tmp_path / "evaluation", one) for one in results]
    assert [file.name for file in files] == [f"{ACCURACY}.json", f"{ACCURACY}-seed=4.json"]
    assert json.loads(files[0].read_text()) == {
        "values": {"mean": 0.5},
        "columns": [],
        "rows": [],
        "protocol": {},
        "settings": {"conversations": 1000, "seed": 0},
        "checkpoint": STAGE,
    }
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match="cannot be written"):
        write_result(tmp_path / "file", results[0])


def test_a_result_is_there_whole_or_as_it_was(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_result(tmp_path, measured(registry))
    before = file.read_bytes()

    def full_disk(path: Path, text: str, encoding: str) -> None:
        path.write_bytes(text[:9].encode())
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(Failure, match="No space left"):
        write_result(tmp_path, measured(registry))
    assert file.read_bytes() == before


def test_a_picture_is_named_after_its_noise_and_its_checkpoint(registry: Registry) -> None:
    one = measured(registry, {"use": ACCURACY, "conversations": 9}, noise_seed=2)
    assert picture_file("gates", one) == "gates-noise_seed=2.png"
    unfinished = measured(registry, checkpoint=STAGE, trained=False)
    assert picture_file("sequences", unfinished) == f"sequences-checkpoint={STAGE}.png"
    assert picture_file("sequences", measured(registry)) == "sequences.png"
