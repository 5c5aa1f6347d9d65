"""The `hashed-words` text encoder: a bag of hashed words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from painterkit.data import Turn
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit_standard.settings import HashedWordsSettings


class HashedWords:
    """Add up a fixed random vector for each word and each pair of neighbours; length sqrt(D)."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.fingerprint = f"hashed-words-2-{width}"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"vectors": [N, D]}."""
        vectors = [self._vector(turn.text) for turn in turns]
        return {"vectors": torch.from_numpy(np.stack(vectors).astype(np.float32))}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return the prepared vectors as sentence vectors [N, D]."""
        return TextFeatures(sentence=tensors["vectors"])

    def _vector(self, text: str) -> np.ndarray:
        words = re.findall(r"\w+|\?", text.lower())
        total = np.zeros(self.width)
        for token in [*words, *(f"{a} {b}" for a, b in pairwise(words))]:
            digest = hashlib.blake2b(token.encode(), digest_size=8).digest()
            total += np.random.Generator(
                np.random.Philox(int.from_bytes(digest, "big"))
            ).standard_normal(self.width)
        return total * self.width**0.5 / max(float(np.linalg.norm(total)), 1e-12)


def build(settings: HashedWordsSettings, context: BuildContext) -> HashedWords:
    """Build the encoder."""
    return HashedWords(settings.width)
