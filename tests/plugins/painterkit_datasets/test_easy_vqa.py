"""A real data set in VisDial's layout: easy-VQA, which the extra `dev` brings."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from .conftest import OpenData

SCRIPT = Path(__file__).parents[3] / "docs" / "examples" / "easy_vqa_to_visdial.py"
TRAIN, HELD_OUT = 300, 60


@pytest.fixture(scope="module")
def script() -> ModuleType:
    pytest.importorskip("easy_vqa", reason="easy-vqa is not installed; the extra dev brings it")
    spec = importlib.util.spec_from_file_location("easy_vqa_to_visdial", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("easy-vqa")
    script.main(folder, TRAIN)
    return folder


def test_it_is_read_whole(open_data: OpenData, folder: Path) -> None:
    data = open_data("coco-visdial", folder, resolution=32, validation=HELD_OUT)
    assert data.lacks() == ()
    assert (data.size("train"), data.size("validation")) == (TRAIN, HELD_OUT)
    conversations = data.conversations("train")
    assert {len(one.turns) for one in conversations} == set(range(2, 11))
    assert all(len(set(one.captions)) == 5 for one in conversations)
    assert all(turn.question.endswith("?") for one in conversations for turn in one.turns)
    assert data.images("train").shape == (TRAIN, 32, 32, 3)


def test_its_words_are_those_of_the_package(
    open_data: OpenData, folder: Path, script: ModuleType
) -> None:
    questions, answers, numbers = script.easy_vqa.get_train_questions()
    expected: dict[int, list[str]] = {}
    for question, answer, number in zip(questions, answers, numbers, strict=True):
        expected.setdefault(number, []).append(f"{question} {answer}")
    for one in open_data("coco-visdial", folder).conversations("train"):
        number = int(one.id.removeprefix("COCO_train2014_"))
        assert [turn.text for turn in one.turns] == expected[number][: script.ROUNDS]


def test_its_pictures_show_what_its_captions_say(
    open_data: OpenData, folder: Path, script: ModuleType
) -> None:
    """A shape of a colour is seen in its picture: the pixels that differ most from the ground."""
    seen: dict[str, list[Any]] = {"red": [], "green": [], "blue": []}
    data = open_data("coco-visdial", folder, resolution=64)
    pictures = data.images("train")
    paths = script.easy_vqa.get_train_image_paths()
    for one in data.conversations("train"):
        picture = np.asarray(pictures[one.image]).astype(int)
        with Image.open(paths[int(one.id[-12:])]) as original:
            difference = np.abs(np.asarray(original.convert("RGB")).astype(int) - picture)
        assert difference.mean() < 4
        colour = next((word for word in one.captions[0].split() if word in seen), None)
        if colour is not None:
            ground = np.median(picture.reshape(-1, 3), axis=0)
            distance = np.abs(picture - ground).sum(axis=2)
            seen[colour].append(picture[distance >= np.quantile(distance, 0.99)].mean(axis=0))
    for channel, colour in enumerate(("red", "green", "blue")):
        assert len(seen[colour]) > 10
        brightest = [int(np.argmax(one)) == channel for one in seen[colour]]
        assert np.mean(brightest) > 0.9, colour
