"""Many pictures, decoded once into the cache."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve
from PIL import Image

from painterkit.errors import Failure
from painterkit_datasets.pictures import Fit
from painterkit_datasets.prepare import (
    ListedPicture,
    are_prepared,
    broken_pictures,
    prepared_pictures,
)
from painterkit_datasets.problems import MOST

FIT = Fit(8, "centre", 100_000)
COUNT = 100


def colour(number: int) -> tuple[int, int, int]:
    return number, 255 - number, 10 * (number % 20)


@pytest.fixture
def pictures(tmp_path: Path) -> list[ListedPicture]:
    """Return pictures, each of one colour of its own."""
    found: list[ListedPicture] = []
    for number in range(COUNT):
        path = tmp_path / "pictures" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (12 + number, 20), colour(number)).save(path)
        found.append(ListedPicture(path.name, str(path), f"list line {number + 1}", number + 1))
    return found


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_each_is_in_its_row_and_progress_is_told(
    pictures: list[ListedPicture], cache: Path
) -> None:
    reports: list[tuple[int, int]] = []
    images = prepared_pictures(
        cache, "p", pictures, FIT, lambda done, total: reports.append((done, total))
    )
    assert isinstance(images, np.memmap)
    assert images.shape == (COUNT, 8, 8, 3)
    for number in range(COUNT):
        np.testing.assert_array_equal(images[number, 4, 4], colour(number))
    assert len(reports) > 1
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)
    assert reports[-1] == (COUNT, COUNT)


def test_they_are_decoded_once(
    pictures: list[ListedPicture], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not are_prepared(cache, "p", pictures, FIT)
    prepared_pictures(cache, "p", pictures, FIT)
    assert are_prepared(cache, "p", pictures, FIT)

    def decode(*_: object) -> None:
        raise AssertionError("a picture was decoded again")

    monkeypatch.setattr("painterkit_datasets.prepare.decode", decode)
    assert len(prepared_pictures(cache, "p", pictures, FIT)) == COUNT


def touch(pictures: list[ListedPicture]) -> list[ListedPicture]:
    status = os.stat(pictures[3].path)
    os.utime(pictures[3].path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    return pictures


def lengthen(pictures: list[ListedPicture]) -> list[ListedPicture]:
    status = os.stat(pictures[3].path)
    with open(pictures[3].path, "ab") as file:
        file.write(b"\0")
    os.utime(pictures[3].path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return pictures


@pytest.mark.parametrize(
    "change",
    [
        touch,
        lengthen,
        lambda pictures: pictures[:-1],
        lambda pictures: pictures[::-1],
        lambda pictures: [evolve(pictures[0], name="other"), *pictures[1:]],
    ],
    ids=["time", "size", "fewer", "order", "name"],
)
def test_other_files_are_other_pictures(
    pictures: list[ListedPicture], cache: Path, change: object
) -> None:
    prepared_pictures(cache, "p", pictures, FIT)
    assert not are_prepared(cache, "p", change(pictures), FIT)  # pyright: ignore


@pytest.mark.parametrize("fit", [evolve(FIT, resolution=9), evolve(FIT, crop="none")])
def test_another_fit_is_other_pictures(
    pictures: list[ListedPicture], cache: Path, fit: Fit
) -> None:
    prepared_pictures(cache, "p", pictures, FIT)
    assert not are_prepared(cache, "p", pictures, fit)
    prepared_pictures(cache, "p", pictures, fit)
    assert are_prepared(cache, "p", pictures, FIT)


def test_another_version_of_the_code_is_other_pictures(
    pictures: list[ListedPicture], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared_pictures(cache, "p", pictures, FIT)
    monkeypatch.setattr("painterkit_datasets.prepare.VERSION", 0)
    assert not are_prepared(cache, "p", pictures, FIT)


def spoil(pictures: list[ListedPicture], rows: range) -> None:
    for row in rows:
        Path(pictures[row].path).write_bytes(b"no picture")


def test_all_that_are_broken_are_told_in_order_and_nothing_is_kept(
    pictures: list[ListedPicture], cache: Path
) -> None:
    spoil(pictures, range(5, 100, 40))
    with pytest.raises(Failure) as failure:
        prepared_pictures(cache, "p", pictures, FIT)
    problems = failure.value.problems
    assert [one.where for one in problems] == [f"list line {n}" for n in (6, 46, 86)]
    assert problems[0].what.startswith("'5.png' is no picture of a kind that is read")
    assert list(cache.iterdir()) == []
    assert [problem for _, problem in broken_pictures(cache, "p", pictures, FIT)] == list(problems)


def test_of_very_many_the_rest_is_counted(pictures: list[ListedPicture], cache: Path) -> None:
    spoil(pictures, range(30))
    with pytest.raises(Failure) as failure:
        prepared_pictures(cache, "p", pictures, FIT)
    assert len(failure.value.problems) == MOST + 1
    assert failure.value.problems[-1].what == "and 10 more"


def test_one_that_is_missing_is_told(pictures: list[ListedPicture], cache: Path) -> None:
    Path(pictures[7].path).unlink()
    with pytest.raises(Failure, match=r"list line 8   '7\.png' is missing"):
        prepared_pictures(cache, "p", pictures, FIT)
    assert not are_prepared(cache, "p", pictures, FIT)


def test_that_all_are_whole_is_remembered_until_one_changes(
    pictures: list[ListedPicture], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(
        "painterkit_datasets.prepare.check_whole",
        lambda path, limit, around: looked_at.append(path),
    )
    assert broken_pictures(cache, "p", pictures, FIT) == []
    assert len(looked_at) == COUNT
    assert broken_pictures(cache, "p", pictures, FIT) == []
    assert len(looked_at) == COUNT
    assert broken_pictures(cache, "p", pictures, evolve(FIT, pixel_limit=99)) == []
    assert len(looked_at) == 2 * COUNT
    assert broken_pictures(cache, "p", touch(pictures), FIT) == []
    assert len(looked_at) == 3 * COUNT


def test_ctrl_c_leaves_nothing_and_waits_for_little(
    pictures: list[ListedPicture], cache: Path
) -> None:
    reports: list[int] = []

    def stop(done: int, total: int) -> None:
        reports.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepared_pictures(cache, "p", pictures, FIT, stop)
    assert reports[0] < COUNT
    assert len(reports) == 1
    assert list(cache.iterdir()) == []
