"""The data sets are what their role promises, whichever way they are set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.testing import check_component

from ...cub_folder import write_cub
from ...picture_folders import (
    write_jsonl_folder,
    write_lines,
    write_visdial_09,
    write_visdial_10,
)

SMALL = {"resolution": 16}


@pytest.mark.parametrize(
    "settings",
    [
        {"version": "0.9", "crop": "none"},
        {"version": "0.9", "captions": "visdial", "train": 3, "validation": 2},
        {"version": "1.0"},
        {"version": "1.0", "held_out": "test"},
        {"version": "1.0", "captions": "visdial"},
    ],
    ids=lambda settings: " ".join(map(str, settings.values())),
)
def test_coco_visdial(registry: Registry, tmp_path: Path, settings: dict[str, Any]) -> None:
    write = write_visdial_09 if settings["version"] == "0.9" else write_visdial_10
    offer = registry.find(Role.DATASET, "coco-visdial")
    check_component(offer, registry, {**SMALL, **settings, "folder": str(write(tmp_path))})


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"split": "published", "crop": "centre"},
        {"turns": "random", "seed": 3, "certainty": 4, "validation": 0.4},
    ],
    ids=str,
)
def test_cub(registry: Registry, tmp_path: Path, settings: dict[str, Any]) -> None:
    offer = registry.find(Role.DATASET, "cub")
    check_component(offer, registry, {**SMALL, **settings, "folder": str(write_cub(tmp_path))})


@pytest.mark.parametrize("turns", ["dialogue", "attributes"])
def test_jsonl(registry: Registry, tmp_path: Path, turns: str) -> None:
    folder = write_jsonl_folder(tmp_path, 8, turns)
    table = {**SMALL, "folder": str(folder), "validation": 0.5, "seed": 3}
    check_component(registry.find(Role.DATASET, "jsonl"), registry, table)


def test_jsonl_with_splits_of_its_own(registry: Registry, tmp_path: Path) -> None:
    folder = write_jsonl_folder(tmp_path, 8)
    lines = [json.loads(line) for line in (folder / "faces.jsonl").read_text().splitlines()]
    for number, line in enumerate(lines):
        line["split"] = "validation" if number % 3 == 0 else "train"
    write_lines(folder / "faces.jsonl", lines)
    table = {**SMALL, "folder": str(folder / "faces.jsonl")}
    check_component(registry.find(Role.DATASET, "jsonl"), registry, table)
