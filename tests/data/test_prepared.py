from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from painterkit.data import prepared
from painterkit.data.prepared import cache_folder, prepared_array, prepared_bytes
from painterkit.errors import Failure

KEY, SHAPE = "numbers-0123abcd", (6, 5)

MAKE = """
import sys, time
from pathlib import Path
from painterkit.data.prepared import prepared_array

def fill(array):
    array[:3] = 7
    array.flush()
    print("half", flush=True)
    {middle}
    array[:] = [[row * 10 + column for column in range(5)] for row in range(6)]

made = prepared_array(Path(sys.argv[1]), "numbers-0123abcd", "int32", (6, 5), fill)
print(int(made.sum()), flush=True)
"""


def counting(array: npt.NDArray[Any]) -> None:
    array[:] = np.arange(30).reshape(6, 5)


def never(array: npt.NDArray[Any]) -> None:
    raise AssertionError("was made again")


def start(folder: Path, middle: str, limit: str = "") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", limit + MAKE.format(middle=middle), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_it_is_made_once_and_then_read_only(tmp_path: Path) -> None:
    made = prepared_array(tmp_path / "deep" / "er", KEY, np.int32, SHAPE, counting)
    again = prepared_array(tmp_path / "deep" / "er", KEY, np.int32, SHAPE, never)
    np.testing.assert_array_equal(again, np.arange(30).reshape(6, 5))
    assert isinstance(made, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        made[0, 0] = 1
    [file] = (tmp_path / "deep" / "er").iterdir()
    assert file.name == f"{KEY}.npy"
    assert file.stat().st_size == prepared_bytes(np.int32, SHAPE)


@pytest.mark.parametrize("kept", [0, 60, 200])
def test_a_file_cut_short_is_made_again(tmp_path: Path, kept: int) -> None:
    prepared_array(tmp_path, KEY, np.int32, SHAPE, counting)
    path = tmp_path / f"{KEY}.npy"
    path.write_bytes(path.read_bytes()[:kept])
    array = prepared_array(tmp_path, KEY, np.int32, SHAPE, counting)
    assert array.sum() == 435


def test_a_file_of_another_shape_or_type_is_made_again(tmp_path: Path) -> None:
    np.save(tmp_path / f"{KEY}.npy", np.zeros((6, 5), np.int64))
    assert prepared_array(tmp_path, KEY, np.int32, SHAPE, counting).dtype == np.int32


def test_killed_in_the_middle_nothing_is_taken_for_whole(tmp_path: Path) -> None:
    process = start(tmp_path, "time.sleep(60)")
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / f"{KEY}.npy").exists()
    assert len(list(tmp_path.iterdir())) == 1, "the kill came too late to test anything"
    array = prepared_array(tmp_path, KEY, np.int32, SHAPE, counting)
    assert array.sum() == 435


def test_what_a_killed_process_left_is_deleted_a_day_later(tmp_path: Path) -> None:
    left = tmp_path / f".{KEY}.1-aa.tmp"
    fresh = tmp_path / f".{KEY}.2-bb.tmp"
    other = tmp_path / ".another-key.3-cc.tmp"
    for path in (left, fresh, other):
        path.write_bytes(b"half")
    for path in (left, other):
        os.utime(path, (1, 1))
    prepared_array(tmp_path, KEY, np.int32, SHAPE, counting)
    assert not left.exists()
    assert fresh.exists()
    assert other.exists()


def test_two_processes_that_make_the_same_do_no_harm(tmp_path: Path) -> None:
    both = [start(tmp_path, "time.sleep(0.5)") for _ in range(2)]
    for process in both:
        output, errors = process.communicate(timeout=30)
        assert output == "half\n810\n", errors
    assert [path.name for path in tmp_path.iterdir()] == [f"{KEY}.npy"]


def test_a_full_disk_is_a_failure_that_says_what_to_do(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))\n"
    process = start(tmp_path, "pass", limit)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output == "", "the room is taken before anything is made"
    assert "painterkit.errors.Failure" in errors
    assert str(tmp_path) in errors
    assert "0.0 MB" in errors
    assert "PAINTERKIT_CACHE" in errors
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Failure, match="PAINTERKIT_CACHE") as caught:
        prepared_array(tmp_path / "file" / "cache", KEY, np.int32, (1000, 1000), counting)
    assert "4.0 MB" in str(caught.value)
    assert str(tmp_path / "file" / "cache") in str(caught.value)


def test_a_fill_that_raises_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="made again"):
        prepared_array(tmp_path, KEY, np.int32, SHAPE, never)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(prepared.CACHE_VARIABLE, "/somewhere/else")
    assert cache_folder() == Path("/somewhere/else")
    monkeypatch.delenv(prepared.CACHE_VARIABLE)
    assert cache_folder().name == "painterkit"
    assert cache_folder().is_absolute()
