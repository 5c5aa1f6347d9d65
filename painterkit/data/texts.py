"""What a frozen text encoder makes of texts, kept on disk: each distinct one is encoded once."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from attrs import frozen
from torch import Tensor, nn

from painterkit.data.conversation import Turn
from painterkit.data.prepared import prepared_array, unwritable
from painterkit.data.words import RowLayout, Words
from painterkit.interfaces.dataset import Progress
from painterkit.interfaces.text_encoder import GivesWords, TextEncoder, TextFeatures

CHUNK = 1024
"""How many texts an encoder is given at once."""

HELD_BYTES = 2 << 30
"""Up to so many bytes, the vectors of a split are held in memory."""


class Vectors(Protocol):
    """Vectors of texts by number."""

    def __call__(self, numbers: npt.NDArray[np.int64]) -> Tensor:
        """Return [*numbers.shape, D] float32, on the training's device."""
        ...


@frozen(eq=False)
class HeldVectors:
    """Vectors in the device's memory, [n, D]."""

    rows: Tensor

    def __call__(self, numbers: npt.NDArray[np.int64]) -> Tensor:
        """Return [*numbers.shape, D]."""
        return self.rows[torch.from_numpy(numbers).to(self.rows.device)]


@frozen(eq=False)
class StoredVectors:
    """Vectors that are read from memory-mapped shards when they are asked for.

    Text i is row `places[i]` of `shards[shard_of[i]]`.
    """

    shards: Sequence[npt.NDArray[Any]]
    shard_of: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    width: int
    device: torch.device

    def __call__(self, numbers: npt.NDArray[np.int64]) -> Tensor:
        """Return [*numbers.shape, D]."""
        flat = numbers.ravel()
        found = np.empty((len(flat), self.width), np.float32)
        shard_of = self.shard_of[flat]
        for shard in np.unique(shard_of):
            here = shard_of == shard
            found[here] = self.shards[shard][self.places[flat[here]]]
        return torch.from_numpy(found).reshape(*numbers.shape, self.width).to(self.device)


class TextCache:
    """Keep what one encoder makes of texts in a folder, by text: a row each.

    A row is the sentence vector, and with `words` the word vectors too. A shard is a memory-mapped
    array [n, row] beside the list of its texts. What is missing is encoded into a new shard;
    nothing that is there is ever encoded again.
    """

    def __init__(self, folder: Path, encoder: TextEncoder, words: bool = False) -> None:
        self.folder = folder / "texts"
        self.encoder = encoder
        self.layout = row_layout(encoder, words)
        # A module has a method of that name.
        self.half = getattr(encoder, "half", False) is True
        self._shards: list[npt.NDArray[Any]] = []
        self._place: dict[str, tuple[int, int]] = {}
        for index in sorted(self.folder.glob(f"{self._prefix()}-*.json")):
            self._open(index)

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Return the distinct texts that are not in the cache, sorted."""
        return sorted(set(texts) - self._place.keys())

    def bytes_of(self, texts: Iterable[str]) -> int:
        """Return the size in bytes of the vectors of texts, there or yet to be made."""
        return len(set(texts)) * self.layout.total * (2 if self.half else 4)

    def add(self, texts: Iterable[str], progress: Progress | None = None) -> None:
        """Encode the texts that are missing, and keep them."""
        missing = self.missing(texts)
        if not missing:
            return
        digest = hashlib.sha256("\0".join(missing).encode()).hexdigest()[:24]
        key = f"{self._prefix()}-{digest}"

        def fill(array: npt.NDArray[Any]) -> None:
            for start in range(0, len(missing), CHUNK):
                some = missing[start : start + CHUNK]
                array[start : start + CHUNK] = encode(self.encoder, some, self.layout)
                if progress is not None:
                    progress(min(start + CHUNK, len(missing)), len(missing))

        dtype = np.float16 if self.half else np.float32
        prepared_array(self.folder, key, dtype, (len(missing), self.layout.total), fill)
        index = self.folder / f"{key}.json"
        self._write(index, missing)
        self._open(index)

    def vectors(self, texts: Sequence[str], device: torch.device) -> Vectors:
        """Return the vectors of texts that are all in the cache, by their number in `texts`."""
        shards, places = np.array([self._place[text] for text in texts], np.int64).reshape(-1, 2).T
        stored = StoredVectors(self._shards, shards, places, self.layout.total, device)
        if self.bytes_of(texts) > HELD_BYTES:
            return stored
        return HeldVectors(stored(np.arange(len(texts))))

    def _write(self, index: Path, texts: Sequence[str]) -> None:
        partial = index.with_suffix(f".{os.getpid()}.partial")
        try:
            partial.write_text(json.dumps(texts), encoding="utf-8")
            partial.replace(index)
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            raise unwritable(index, error, len(json.dumps(texts))) from error

    def _prefix(self) -> str:
        digest = hashlib.sha256(self.encoder.fingerprint.encode()).hexdigest()[:16]
        words = f"-{self.layout.most}-words" if self.layout.most else ""
        return f"{digest}-{'half' if self.half else 'single'}{words}"

    def _open(self, index: Path) -> None:
        try:
            texts = json.loads(index.read_text(encoding="utf-8"))
            array = np.load(index.with_suffix(".npy"), mmap_mode="r")
        except (OSError, EOFError, ValueError):
            return  # half a shard, such as a bad copy leaves: its texts are encoded again
        if array.shape != (len(texts), self.layout.total):
            return
        self._shards.append(array)
        for place, text in enumerate(texts):
            self._place[text] = (len(self._shards) - 1, place)


def row_layout(encoder: TextEncoder, words: bool = False) -> RowLayout:
    """Return how a text is kept that an encoder reads; with `words`, if the encoder gives any."""
    if words and isinstance(encoder, GivesWords):
        return RowLayout(encoder.width, encoder.most_words, encoder.word_width)
    return RowLayout(encoder.width)


def encode(
    encoder: TextEncoder, texts: Sequence[str], layout: RowLayout | None = None
) -> npt.NDArray[np.float32]:
    """Encode texts without a cache: rows [N, total] as laid out, sentence vectors [N, D] without.

    An encoder that is a module is put in eval mode; one of width 0 is not asked.
    """
    if encoder.width == 0:
        return np.zeros((len(texts), 0), np.float32)
    device = torch.device("cpu")
    if isinstance(encoder, nn.Module):
        encoder.eval()
        device = next((parameter.device for parameter in encoder.parameters()), device)
    with torch.inference_mode():
        tensors = encoder.prepare([Turn(text) for text in texts])
        features = encoder.forward({name: t.to(device) for name, t in tensors.items()})
        rows = (layout or row_layout(encoder)).joined(features.sentence, words_of(features))
    return rows.float().cpu().numpy()


def words_of(features: TextFeatures) -> Words | None:
    """Return the words of features that have any."""
    if features.words is None or features.mask is None:
        return None
    return Words(features.words, features.mask)
