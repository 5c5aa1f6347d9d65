"""The files of StackGAN's released char-CNN-RNN embeddings: vectors and names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painterkit.errors import Problem, WrongInput
from painterkit_chatpainter.char_cnn_rnn.inert_pickle import StoredArray, read_pickle


def read_embeddings(path: Path) -> npt.NDArray[np.float32]:
    """Return [N, K, D]: the vectors of K captions of N pictures.

    Reads char-CNN-RNN-embeddings.pickle: an array [N, K, D], or a list of N arrays [K, D]. Raises
    WrongInput where the file holds anything else.
    """
    arrays = _arrays(read_pickle(path))
    if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 2:
        raise WrongInput(
            Problem(
                str(path),
                "does not hold vectors of as many captions for each picture",
                "give char-CNN-RNN-embeddings.pickle: a list of arrays, captions by width",
            )
        )
    # A file may name one array many times over; what it truly holds is no larger than itself.
    if sum(array.nbytes for array in arrays) > path.stat().st_size:
        raise WrongInput(Problem(str(path), "holds the same vectors again and again"))
    vectors = np.empty((len(arrays), *arrays[0].shape), np.float32)
    for row, array in enumerate(arrays):
        vectors[row] = array
    if not np.isfinite(vectors).all():
        raise WrongInput(Problem(str(path), "holds vectors with nan or inf", "download it again"))
    return vectors


def read_names(path: Path) -> list[str]:
    """Return the pictures' names: filenames.pickle, a list of paths without extension."""
    value = read_pickle(path)
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise WrongInput(
            Problem(str(path), "does not hold a list of names", "give filenames.pickle")
        )
    return [str(name) for name in value]


def _arrays(value: Any) -> list[npt.NDArray[Any]]:
    """Return an array of numbers for each picture; none where anything else is among them."""
    if isinstance(value, StoredArray):
        found = list(value.array) if value.array.ndim == 3 else []
    elif isinstance(value, list | tuple):
        entries: Sequence[Any] = value
        found = [entry.array for entry in entries if isinstance(entry, StoredArray)]
        found = found if len(found) == len(entries) else []
    else:
        found = []
    return found if all(array.dtype.kind == "f" for array in found) else []
