"""The `released-embeddings` text encoder: vectors that were released for a data set's captions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import torch
from attrs import frozen
from torch import Tensor

from painterkit.data import Turn
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.dataset import Dataset
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.user_paths import expanded
from painterkit_chatpainter.char_cnn_rnn.released_embeddings import read_embeddings, read_names
from painterkit_chatpainter.char_cnn_rnn_settings import ReleasedEmbeddingsSettings

HELP = "docs/how-to/author_files.md tells where the files come from"

LONGEST_SHOWN = 80
"""A message shows so many characters of a name in a file."""

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")


@frozen
class Place:
    """Where a caption's vector stands: the file, the picture in it, the caption of the picture."""

    file: int
    picture: int
    caption: int


class ReleasedEmbeddings:
    """Look up the vector of a caption. No module: nothing of the files is saved with a run."""

    def __init__(self, settings: ReleasedEmbeddingsSettings, dataset: Dataset) -> None:
        self.width = settings.width
        self.scaled = settings.scaled
        self.embeddings = [_existing(path, "embeddings") for path in settings.embeddings]
        self.names = [_existing(path, "names") for path in settings.names]
        self.dataset = dataset

    @cached_property
    def fingerprint(self) -> str:
        """The digest of the files, and of which caption has which vector."""
        digest = hashlib.sha256()
        for path in (*self.embeddings, *self.names):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        for text, place in self._places.items():
            digest.update(f"{place.file} {place.picture} {place.caption} {text}\0".encode())
        scale = "scaled" if self.scaled else "plain"
        return f"released-embeddings-1-{self.width}-{scale}-{digest.hexdigest()}"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"sentence": [N, D]}.

        Raises WrongInput for a text that is not a caption of the data set with a vector.
        """
        found = np.zeros((len(turns), self.width), np.float32)
        for row, turn in enumerate(turns):
            if turn.text:
                found[row] = self._vector(turn.text)
        sentence = torch.from_numpy(found)
        if self.scaled:
            sentence = torch.nn.functional.normalize(sentence, dim=1) * self.width**0.5
        return {"sentence": sentence}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return the prepared vectors as sentence vectors [N, D]."""
        return TextFeatures(tensors["sentence"])

    def _vector(self, text: str) -> npt.NDArray[np.float32]:
        place = self._places.get(text)
        if place is None:
            raise WrongInput(
                Problem(
                    "released-embeddings",
                    f"there is no vector for '{text}'",
                    "the files hold those of their own data set's captions alone; other words "
                    "need an encoder that reads, such as char-cnn-rnn with weights",
                )
            )
        vectors = self._vectors[place.file]
        if place.caption >= vectors.shape[1]:
            raise WrongInput(
                Problem(
                    str(self.embeddings[place.file]),
                    f"holds {vectors.shape[1]} captions a picture, and '{text}' is number "
                    f"{place.caption + 1} of its picture",
                    f"let the data set give {vectors.shape[1]} captions a picture; for "
                    f"coco-visdial, set data.most_captions = {vectors.shape[1]}",
                )
            )
        return vectors[place.picture, place.caption]

    @cached_property
    def _vectors(self) -> list[npt.NDArray[np.float32]]:
        found = [read_embeddings(path) for path in self.embeddings]
        for path, vectors, names in zip(self.embeddings, found, self._listed, strict=True):
            if len(vectors) != len(names):
                raise WrongInput(
                    Problem(
                        str(path),
                        f"holds {len(vectors)} pictures, and the names are {len(names)}",
                        "give the filenames.pickle from the same folder",
                    )
                )
            if vectors.shape[2] != self.width:
                raise WrongInput(
                    Problem(
                        str(path),
                        f"holds vectors of width {vectors.shape[2]}, not {self.width}",
                        f"give width = {vectors.shape[2]}",
                    )
                )
        return found

    @cached_property
    def _listed(self) -> list[list[str]]:
        return [read_names(path) for path in self.names]

    @cached_property
    def _places(self) -> dict[str, Place]:
        """The place of each caption; of captions that read alike, the first."""
        rows = {
            short_name(name): (file, row)
            for file, names in enumerate(self._listed)
            for row, name in enumerate(names)
        }
        conversations = list(
            chain(self.dataset.conversations("train"), self.dataset.conversations("validation"))
        )
        places: dict[str, Place] = {}
        for conversation in conversations:
            row = rows.get(short_name(conversation.id))
            if row is None:
                continue
            for number, caption in enumerate(conversation.captions):
                places.setdefault(caption, Place(*row, number))
        if not places and conversations:
            raise WrongInput(
                Problem(
                    str(self.names[0]),
                    f"names no picture of the data set, whose first is '{conversations[0].id}'; "
                    f"the file's is {next(iter(rows), '')[:LONGEST_SHOWN]!r}",
                    "give the files of this data set",
                )
            )
        return places


def short_name(name: str) -> str:
    """Return the last part of a path, without the extension of a picture.

    >>> short_name("002.Laysan_Albatross/Laysan_Albatross_0002_1027.jpg")
    'Laysan_Albatross_0002_1027'
    """
    path = PurePosixPath(name.replace("\\", "/"))
    return path.stem if path.suffix.lower() in PICTURE_SUFFIXES else path.name


def _existing(path: str, setting: str) -> Path:
    found = expanded(path, f"released-embeddings.{setting}")
    if not found.is_file():
        raise WrongInput(Problem(str(found), "there is no such file of released embeddings", HELP))
    return found


def build(settings: ReleasedEmbeddingsSettings, context: BuildContext) -> ReleasedEmbeddings:
    """Build the encoder; the files are read when a text is not in the cache.

    Raises WrongInput where a file is missing, or where names and embeddings are not in pairs.
    """
    if len(settings.names) != len(settings.embeddings):
        raise WrongInput(
            Problem(
                "released-embeddings.names",
                f"names {len(settings.names)} files, and embeddings {len(settings.embeddings)}",
                "each file of embeddings has its own filenames.pickle",
            )
        )
    if context.dataset is None:
        raise WrongInput(Problem("released-embeddings", "needs the captions of a data set"))
    return ReleasedEmbeddings(settings, context.dataset)
