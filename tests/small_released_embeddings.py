"""Small files of released embeddings, and a data set whose captions they are of."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from painterkit.data.conversation import Conversation, Turn
from painterkit.interfaces.dataset import Dataset, Split
from painterkit.testing import SampleDataset

WIDTH = 6
SPLITS: Sequence[Split] = ("train", "validation")


class Birds(SampleDataset):
    """The kit's data, named like CUB's, in which each caption is said as a turn as well."""

    def __init__(self, train: int = 20, validation: int = 6) -> None:
        super().__init__(train=train, validation=validation)

    def conversations(self, split: Split) -> Sequence[Conversation]:
        return [
            evolve(
                one,
                id=f"{split}/002.Laysan_Albatross/{one.id}.jpg",
                turns=tuple(Turn(caption) for caption in one.captions),
            )
            for one in super().conversations(split)
        ]


@frozen
class Files:
    """Settings that name the files, and the vectors of each conversation's captions by its id."""

    settings: Mapping[str, Any]
    vectors: Mapping[str, npt.NDArray[np.float32]]


def write_released(folder: Path, dataset: Dataset | None = None, captions: int = 2) -> Files:
    """Write files as StackGAN's: a folder a split, in another order than the data set's.

    They hold the vectors of so many captions a picture.
    """
    dataset = dataset or Birds()
    vectors: dict[str, npt.NDArray[np.float32]] = {}
    settings: dict[str, Any] = {"embeddings": [], "names": [], "width": WIDTH}
    for number, split in enumerate(SPLITS):
        conversations = list(reversed(dataset.conversations(split)))
        random = np.random.default_rng(number)
        shape = (len(conversations), captions, WIDTH)
        table = random.standard_normal(shape).astype(np.float32)
        vectors |= {one.id: picture for one, picture in zip(conversations, table, strict=True)}
        names = [one.id.removeprefix(f"{split}/").removesuffix(".jpg") for one in conversations]
        (folder / split).mkdir()
        files = {"embeddings": list(table), "names": names}
        for kind, content in files.items():
            path = folder / split / f"{kind}.pickle"
            path.write_bytes(pickle.dumps(content, 2))
            settings[kind].append(str(path))
    return Files(settings, vectors)
