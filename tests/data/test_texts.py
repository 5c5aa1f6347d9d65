from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from painterkit.data.conversation import Turn
from painterkit.data.texts import CHUNK, TextCache, encode
from painterkit.interfaces.text_encoder import TextFeatures


class Counting:
    """A frozen encoder that keeps a list of what it read."""

    def __init__(self, fingerprint: str = "one", half: bool = False, width: int = 4) -> None:
        self.width, self.fingerprint, self.half = width, fingerprint, half
        self.read: list[str] = []

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        self.read += [turn.text for turn in turns]
        rows = [[len(t.text), sum(map(ord, t.text)) / 7, 1 / 3, 0.0] for t in turns]
        return {"rows": torch.tensor(rows)[:, : self.width]}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return TextFeatures(tensors["rows"])


def rows_of(cache: TextCache, texts: list[str]) -> npt.NDArray[np.float32]:
    return cache.vectors(texts, torch.device("cpu"))(np.arange(len(texts))).numpy()


def files(folder: Path) -> set[str]:
    return {path.suffix for path in (folder / "texts").iterdir()}


def test_each_text_is_encoded_once(tmp_path: Path) -> None:
    encoder = Counting()
    cache = TextCache(tmp_path, encoder)
    cache.add(["b", "a", "b"])
    cache.add(["a", "c", "b"])
    cache.add(["a"])
    assert encoder.read == ["a", "b", "c"]
    np.testing.assert_allclose(rows_of(cache, ["c", "a", "c"]), encode(Counting(), ["c", "a", "c"]))
    assert cache.missing(["d", "a", "d"]) == ["d"]


def test_a_cache_is_opened_again_by_another_process(tmp_path: Path) -> None:
    first = TextCache(tmp_path, Counting())
    first.add(["a", "b"])
    first.add(["c"])
    encoder = Counting()
    again = TextCache(tmp_path, encoder)
    assert again.missing(["a", "b", "c"]) == []
    np.testing.assert_array_equal(rows_of(again, ["b", "c"]), rows_of(first, ["b", "c"]))
    again.add(["a", "b", "c"])
    assert encoder.read == []


def test_another_encoder_has_a_cache_of_its_own(tmp_path: Path) -> None:
    TextCache(tmp_path, Counting("one")).add(["a"])
    assert TextCache(tmp_path, Counting("other")).missing(["a"]) == ["a"]
    assert TextCache(tmp_path, Counting("one", half=True)).missing(["a"]) == ["a"]


def test_half_precision_takes_half_the_room(tmp_path: Path) -> None:
    for half, itemsize in ((False, 4), (True, 2)):
        cache = TextCache(tmp_path / str(half), Counting(half=half))
        cache.add(["a", "bb", "a"])
        assert cache.bytes_of(["a", "bb", "a"]) == 2 * 4 * itemsize
        [array] = (tmp_path / str(half) / "texts").glob("*.npy")
        assert np.load(array).dtype.itemsize == itemsize
        assert rows_of(cache, ["a"]).dtype == np.float32
    exact = rows_of(TextCache(tmp_path / "False", Counting()), ["a", "bb"])
    rough = rows_of(TextCache(tmp_path / "True", Counting(half=True)), ["a", "bb"])
    np.testing.assert_allclose(rough, exact, rtol=1e-3)
    assert not np.array_equal(rough, exact)


def test_nothing_is_written_for_nothing(tmp_path: Path) -> None:
    cache = TextCache(tmp_path, Counting())
    cache.add([])
    assert not (tmp_path / "texts").exists()
    assert rows_of(cache, []).shape == (0, 4)


def test_progress_is_reported_to_the_end(tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    texts = [f"text {number}" for number in range(CHUNK + 3)]
    TextCache(tmp_path, Counting()).add(texts, lambda done, total: reports.append((done, total)))
    assert reports == [(CHUNK, CHUNK + 3), (CHUNK + 3, CHUNK + 3)]


def test_an_array_whose_list_was_never_written_is_used_again(tmp_path: Path) -> None:
    """As a process leaves it that is killed between the two."""
    TextCache(tmp_path, Counting()).add(["a", "b"])
    [index] = (tmp_path / "texts").glob("*.json")
    index.rename(index.with_suffix(".123.partial"))
    encoder = Counting()
    cache = TextCache(tmp_path, encoder)
    assert cache.missing(["a", "b"]) == ["a", "b"]
    cache.add(["a", "b"])
    np.testing.assert_array_equal(rows_of(cache, ["a", "b"]), encode(Counting(), ["a", "b"]))


def test_half_written_files_are_no_trouble(tmp_path: Path) -> None:
    TextCache(tmp_path, Counting()).add(["a"])
    folder = tmp_path / "texts"
    [index] = folder.glob("*.json")
    prefix = index.name.rsplit("-", 1)[0]
    (folder / f"{prefix}-beef.99.partial").write_text('["x", ')
    (folder / f".{prefix}-beef.99-00.tmp").write_bytes(b"\x00" * 10)
    cache = TextCache(tmp_path, Counting())
    assert cache.missing(["a", "x"]) == ["x"]
    cache.add(["x"])
    np.testing.assert_array_equal(rows_of(cache, ["x", "a"]), encode(Counting(), ["x", "a"]))


@pytest.mark.parametrize("damage", ["removed", "cut short", "of other texts"])
def test_a_list_whose_array_is_damaged_is_not_believed(tmp_path: Path, damage: str) -> None:
    TextCache(tmp_path, Counting()).add(["a", "b"])
    [array] = (tmp_path / "texts").glob("*.npy")
    if damage == "removed":
        array.unlink()
    elif damage == "cut short":
        array.write_bytes(array.read_bytes()[:-5])
    else:
        np.save(array, np.zeros((1, 4), np.float32))
    cache = TextCache(tmp_path, Counting())
    cache.add(["a", "b"])
    np.testing.assert_array_equal(rows_of(cache, ["a", "b"]), encode(Counting(), ["a", "b"]))


def test_old_leftovers_are_removed_when_the_same_texts_are_made_again(tmp_path: Path) -> None:
    TextCache(tmp_path, Counting()).add(["a"])
    folder = tmp_path / "texts"
    [index], [array] = folder.glob("*.json"), folder.glob("*.npy")
    left = folder / f".{array.stem}.1-00.tmp"
    left.write_bytes(b"")
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(left, (long_ago, long_ago))
    index.unlink()
    array.unlink()
    TextCache(tmp_path, Counting()).add(["a"])
    assert files(tmp_path) == {".json", ".npy"}


def test_texts_of_any_letters_are_kept(tmp_path: Path) -> None:
    texts = ["naïve", "雨が降る", "line\nbreak", 'quote"', ""]
    TextCache(tmp_path, Counting()).add(texts)
    [index] = (tmp_path / "texts").glob("*.json")
    assert sorted(json.loads(index.read_text(encoding="utf-8"))) == sorted(texts)
    assert TextCache(tmp_path, Counting()).missing(texts) == []
