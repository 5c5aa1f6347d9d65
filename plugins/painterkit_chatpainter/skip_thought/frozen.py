"""Skip-thought as its authors published it: frozen, its weights left where they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from painterkit.data import Turn
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit_chatpainter.skip_thought.author_files import (
    END,
    UNKNOWN,
    Dictionary,
    ModelFiles,
    load_reader,
    missing_file,
    open_model,
    read_dictionary,
    table_name,
    weights_name,
)
from painterkit_chatpainter.skip_thought.network import MODELS, SentenceReader, join
from painterkit_chatpainter.skip_thought.sentences import made_ready, padded
from painterkit_chatpainter.skip_thought.words import words_of
from painterkit_chatpainter.skip_thought_settings import SkipThoughtSettings


class FrozenSkipThought:
    """Encode texts with the authors' weights and word vectors.

    It is no torch module, so that none of it gets into checkpoints. Weights are loaded at the
    first text; of the tables of word vectors only the rows that are used are ever read. Where
    files are missing it has the width of the settings and reads no text.
    """

    def __init__(self, folder: Path, settings: SkipThoughtSettings) -> None:
        self.folder = folder
        self.settings = settings
        self.half = settings.half
        self.lower_case = settings.lower_case is True
        self.width = settings.width * len(MODELS[settings.mode])
        if not self.lacks():
            self.width = sum(model.width for model in self._models)

    def lacks(self) -> list[Problem]:
        """Say which of the authors' files are missing; nothing if all that it reads are there."""
        names = ["dictionary.txt"]
        for model in MODELS[self.settings.mode]:
            names += [weights_name(model), table_name(model)]
        return [missing_file(path) for name in names if not (path := self.folder / name).is_file()]

    @cached_property
    def fingerprint(self) -> str:
        """The authors' files, by their checksums, and how texts are read."""
        settings = self.settings
        how = f"{self.lower_case}-{settings.end_token}-{settings.scaled}"
        files = [self._dictionary.digest, *(model.digest() for model in self._models)]
        digest = hashlib.sha256("-".join(files).encode()).hexdigest()
        return f"skip-thought-authors-1-{settings.mode}-{how}-{digest}"

    @cached_property
    def _dictionary(self) -> Dictionary:
        missing = self.lacks()
        if missing:
            raise WrongInput(missing)
        return read_dictionary(self.folder / "dictionary.txt")

    @cached_property
    def _models(self) -> list[ModelFiles]:
        models = MODELS[self.settings.mode]
        return [open_model(self.folder, model, self._dictionary) for model in models]

    @cached_property
    def _readers(self) -> list[SentenceReader]:
        return [load_reader(model) for model in self._models]

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"words": [N, L], "lengths": [N]}: the lines of the words of each text.

        Raises WrongInput where files are missing.
        """
        rows = self._dictionary.rows
        end = [rows[END]] if self.settings.end_token else []
        return padded(
            [
                [rows.get(word, rows[UNKNOWN]) for word in self._words_of(turn.text)] + end
                for turn in turns
            ]
        )

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return sentence vectors [N, D], those of uni and bi of length 1 each unless `scaled`.

        They are computed where the tensors are.
        """
        sentences = made_ready(tensors["words"], tensors["lengths"])
        device, rows = sentences.words.device, sentences.words.cpu().numpy()
        states: list[Tensor] = []
        with torch.no_grad():
            for model, reader in zip(self._models, self._readers, strict=True):
                vectors = torch.from_numpy(np.asarray(model.words[rows], np.float32))
                states.append(reader.to(device)(vectors.to(device), sentences))
        return TextFeatures(join(states, self.settings.scaled))

    def _words_of(self, text: str) -> list[str]:
        return words_of(text.lower() if self.lower_case else text)
