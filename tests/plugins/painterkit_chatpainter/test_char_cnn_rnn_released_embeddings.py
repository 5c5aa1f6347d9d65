from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from painterkit.errors import WrongInput
from painterkit_chatpainter.char_cnn_rnn.released_embeddings import read_embeddings, read_names

from . import python2_pickles as python2

VECTORS = python2.random_vectors(40, 5, 6)
NAMES = [f"002.Laysan_Albatross/Laysan_Albatross_{number:04}_{number}" for number in range(300)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "char-CNN-RNN-embeddings.pickle"


def test_the_writer_of_these_tests_writes_what_numpy_reads() -> None:
    wide = python2.random_vectors(1, 5, 80)[0]
    read = pickle.loads(python2.of_arrays([*VECTORS, wide]), encoding="latin1")
    np.testing.assert_array_equal(np.stack(read[:-1]), VECTORS)
    np.testing.assert_array_equal(read[-1], wide)
    assert pickle.loads(python2.of_texts(NAMES), encoding="latin1") == NAMES


@pytest.mark.parametrize(
    "content",
    [
        python2.of_arrays(list(VECTORS)),
        python2.of_one_array(VECTORS),
        python2.of_one_array(VECTORS.astype(np.float64)),
        python2.of_arrays(list(VECTORS.astype(">f4"))),
    ],
    ids=["list", "array", "double", "other order of bytes"],
)
def test_vectors_of_python_2(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    read = read_embeddings(path)
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, VECTORS)
    read[0, 0, 0] = 7  # it is an array of its own, not a view of the file


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("listed", [True, False])
def test_vectors_written_again_by_python_3(path: Path, protocol: int, listed: bool) -> None:
    value: Any = list(VECTORS) if listed else VECTORS
    path.write_bytes(pickle.dumps(value, protocol))
    np.testing.assert_array_equal(read_embeddings(path), VECTORS)


def test_vectors_written_by_the_other_numpy(path: Path) -> None:
    content = pickle.dumps(list(VECTORS), 2)
    assert b"numpy._core.multiarray" in content or b"numpy.core.multiarray" in content
    renamed = content.replace(b"numpy._core.multi", b"numpy.core.multi")
    path.write_bytes(renamed)
    np.testing.assert_array_equal(read_embeddings(path), VECTORS)
    path.write_bytes(renamed.replace(b"numpy.core.multi", b"numpy._core.multi"))
    np.testing.assert_array_equal(read_embeddings(path), VECTORS)


def test_columns_first(path: Path) -> None:
    path.write_bytes(pickle.dumps(np.asfortranarray(VECTORS), 2))
    np.testing.assert_array_equal(read_embeddings(path), VECTORS)


@pytest.mark.parametrize(
    "content",
    [python2.of_texts(NAMES), pickle.dumps(NAMES, 0), pickle.dumps(NAMES, 4)],
    ids=["Python 2", "protocol 0", "protocol 4"],
)
def test_names(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert read_names(path) == NAMES


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (python2.of_texts(NAMES), "does not hold vectors of as many captions"),
        (python2.of_arrays([]), "does not hold vectors of as many captions"),
        (python2.of_arrays([VECTORS[0], VECTORS[1][:3]]), "as many captions for each picture"),
        (python2.of_arrays([VECTORS[0, 0]]), "as many captions for each picture"),
        (python2.of_one_array(VECTORS[0]), "as many captions for each picture"),
        (python2.of_one_array(np.zeros((2, 2, 2), np.int32)), "as many captions for each picture"),
        (pickle.dumps([VECTORS[0], "and text"], 2), "as many captions for each picture"),
        (python2.of_one_array(VECTORS * np.float32("inf")), "vectors with nan or inf"),
        (pickle.dumps(np.array([{}, []], dtype=object), 2), "of the kind 'O8', which are no"),
        (pickle.dumps({"a": 1}, 2), "uses the instruction 0x7d"),
    ],
)
def test_other_contents_are_told(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(WrongInput) as raised:
        read_embeddings(path)
    assert str(raised.value).startswith(f"{path}   ")
    assert said in str(raised.value)


def test_vectors_are_no_names(path: Path) -> None:
    path.write_bytes(python2.of_arrays(list(VECTORS)))
    with pytest.raises(WrongInput, match="does not hold a list of names; give"):
        read_names(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="cannot be read: No such file"):
        read_names(tmp_path / "none.pickle")


def test_a_damaged_file_is_told_wherever_it_breaks(path: Path) -> None:
    whole = python2.of_arrays(list(VECTORS[:2]))
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(WrongInput):
            read_embeddings(path)
