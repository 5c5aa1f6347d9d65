"""Small encoders of words and of regions, for what looks at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data.conversation import Turn
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.nn.digest import weights_digest

LETTERS = 11
MOST_WORDS = 6
SQUARES = 4


class SampleWordEncoder(nn.Module):
    """Count the letters of each word, and weigh the counts; a sentence is the sum of its words."""

    most_words = MOST_WORDS

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = self.word_width = width
        self.linear = nn.Linear(LETTERS, width)

    @property
    def fingerprint(self) -> str:
        """The digest of the weights."""
        return f"sample-words-{weights_digest(self)}"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"counts": [N, L, letters], "mask": [N, L]}."""
        counts = torch.zeros(len(turns), MOST_WORDS, LETTERS)
        for row, turn in enumerate(turns):
            for place, word in enumerate(turn.text.split()[:MOST_WORDS]):
                for letter in word:
                    counts[row, place, ord(letter) % LETTERS] += 1
        return {"counts": counts, "mask": counts.sum(dim=2) > 0}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return the words, and their sum."""
        mask = tensors["mask"]
        words = self.linear(tensors["counts"]) * mask.unsqueeze(2)
        return TextFeatures(words.sum(dim=1), words, mask)


class SampleRegionEncoder(nn.Module):
    """See the 4 by 4 means of a picture, each a region; the whole is their mean."""

    def __init__(self, width: int, resolution: int) -> None:
        super().__init__()
        self.width = self.region_width = width
        self.resolution = resolution
        self.linear = nn.Conv2d(3, width, 1)

    def forward(self, images: Tensor) -> ImageFeatures:
        """Return the regions [B, V, 16] and their mean."""
        regions = self.linear(functional.adaptive_avg_pool2d(images, SQUARES)).flatten(2)
        return ImageFeatures(regions.mean(dim=2), regions)
