"""Each way of measuring has a file of its own, under a name that every file system takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from painterkit.errors import Failure
from painterkit.evaluation.metric_slots import metric_slots
from painterkit.evaluation.result_files import Measured, result_file, write_results
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
    files = write_results(tmp_path / "evaluation", results)
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
        write_results(tmp_path / "file", results)
