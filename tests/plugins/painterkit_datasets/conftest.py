"""Folders of pictures, and the data sets that read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from painterkit.assembly import root_context
from painterkit.interfaces.dataset import Dataset
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.structure import structure

from ...picture_folders import write_lines, write_visdial_09, write_visdial_10

Table = dict[str, Any]
OpenData = Callable[..., Any]
WriteFolder = Callable[..., Path]


def fitted(path: Path, size: int) -> npt.NDArray[Any]:
    """Return the largest square in the middle of a picture at a size, the plain way."""
    with Image.open(path) as picture:
        picture = picture.convert("RGB")
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((size, size))).astype(int)


@pytest.fixture
def open_data(registry: Registry, tmp_path: Path) -> OpenData:
    """Build a data set by its name on a folder, with settings as a recipe writes them."""

    def build(name: str, folder: Path, **settings: Any) -> Dataset:
        offer = registry.find(Role.DATASET, name)
        table = {"folder": str(folder), "resolution": 16, **settings}
        made = structure(table, offer.component.settings, registry)
        context = root_context(registry, tmp_path / "cache")
        return registry.build_function(offer.component)(made, context)

    return build


@pytest.fixture
def write_folder(tmp_path: Path) -> WriteFolder:
    """Write a folder of lines and of plain pictures with the given names."""

    def write(lines: list[Any], pictures: str = "a.jpg b.jpg c.jpg") -> Path:
        folder = tmp_path / "own"
        for number, name in enumerate(pictures.split()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (20, 20), (10 * number, 0, 0)).save(folder / name)
        write_lines(folder / "list.jsonl", lines)
        return folder

    return write


@pytest.fixture(scope="session")
def made_09(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_visdial_09(tmp_path_factory.mktemp("visdial-0.9"))


@pytest.fixture(scope="session")
def made_10(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_visdial_10(tmp_path_factory.mktemp("visdial-1.0"))


@pytest.fixture
def folder_09(made_09: Path, tmp_path: Path) -> Path:
    """Return a copy of version 0.9 that a test may spoil."""
    return copied(made_09, tmp_path / "copy-0.9")


def copied(folder: Path, to: Path) -> Path:
    for file in folder.rglob("*"):
        if file.is_file():
            (to / file.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            (to / file.relative_to(folder)).write_bytes(file.read_bytes())
    return to


def change(path: Path, edit: Callable[[Table], object]) -> None:
    table = json.loads(path.read_text())
    edit(table)
    path.write_text(json.dumps(table))


def line(image: str, **keys: Any) -> dict[str, Any]:
    return {"image": image, "caption": f"what {image} shows", **keys}
