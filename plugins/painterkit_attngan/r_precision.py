"""The `r-precision` metric: is a drawn picture nearest to the words that it was drawn from?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from painterkit.data.conversation import Conversation, Turn
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, Draws, MetricResult
from painterkit.interfaces.text_encoder import GivesWords, TextFeatures
from painterkit_attngan.settings_damsm import RPrecisionSettings, Source

NAME = "r-precision"

Said = tuple[str, ...]
"""The texts that are read of a conversation."""


class RPrecision:
    """Compare each picture with its own words and with those of others, by the run's encoders.

    Section 4 of the paper: of the words that a picture was drawn from and of 99 others chosen at
    random, those with the largest cosine are to be the own. Words of the same texts or about the
    same picture are no others.
    """

    draws = Draws()

    def __init__(
        self, settings: RPrecisionSettings, readers: Mapping[Source, Any], image_encoder: Any
    ) -> None:
        self.settings = settings
        self.conversations = settings.conversations
        self.readers = readers
        self.image_encoder = image_encoder
        self.drawn: list[Tensor] = []
        self.real: list[Tensor] = []
        self.sentences: list[Tensor] = []
        self.said: list[tuple[Said, int]] = []

    @torch.no_grad()
    def add(self, drawn: Drawn) -> None:
        """See a batch of pictures, and read what was said of them."""
        for seen, images in ((self.drawn, drawn.images), (self.real, drawn.truth)):
            size = self.image_encoder.resolution
            features = self.image_encoder(functional.adaptive_avg_pool2d(images, size))
            seen.append(features.pooled.float().cpu())
        for conversation in drawn.conversations:
            self.sentences.append(self._sentence(conversation, drawn.images.device))
            self.said.append((_texts(conversation, self.readers), conversation.image))

    def result(self) -> MetricResult:
        """Return the share of pictures that are nearest to their own words, drawn and real.

        Raises WrongInput where a picture has too few others.
        """
        others = self._others()
        sentences = torch.stack(self.sentences)
        found = {
            pictures: _nearest(torch.cat(seen), sentences, others).double().numpy()
            for pictures, seen in (("drawn", self.drawn), ("real", self.real))
        }
        chance = 1 / (1 + self.settings.mismatched)
        rows: list[tuple[str, float, float | None]] = []
        for pictures, right in found.items():
            groups = [part.mean() for part in np.array_split(right, self._groups)]
            rows.append((pictures, float(right.mean()), float(np.std(groups))))
        return MetricResult(
            values={NAME: rows[0][1], "std": float(rows[0][2] or 0.0), "real": rows[1][1]},
            columns=("pictures", NAME, "±"),
            rows=[*rows, ("chance", chance, None)],
            protocol={
                "pictures": len(self.said),
                "reads": list(self.readers),
                "mismatched": self.settings.mismatched,
                "groups": self._groups,
                "seed": self.settings.seed,
            },
        )

    @property
    def _groups(self) -> int:
        return min(self.settings.groups, len(self.said))

    def _sentence(self, conversation: Conversation, device: torch.device) -> Tensor:
        """Return [D]: the mean over the sources in which anything was said, zeros if in none."""
        found: list[Tensor] = []
        for source, encoder in self.readers.items():
            turns = list(_turns(conversation, source))
            if turns:
                prepared = encoder.prepare(turns)
                tensors = {name: one.to(device) for name, one in prepared.items()}
                features = encoder.forward(tensors)  # a frozen one may be no module
                vectors = _vectors(features, source)
                if len(vectors):  # turns may be without a word
                    found.append(vectors.float().mean(dim=0).cpu())
        if not found:
            return torch.zeros(next(iter(self.readers.values())).width)
        return torch.stack(found).mean(dim=0)

    def _others(self) -> npt.NDArray[np.int64]:
        """Choose the words of others for each picture, [N, mismatched], by the seed."""
        numbers: dict[Said, int] = {}
        texts = np.array([numbers.setdefault(said, len(numbers)) for said, _ in self.said])
        images = np.array([image for _, image in self.said])
        random = np.random.default_rng(self.settings.seed)
        count = self.settings.mismatched
        chosen = np.empty((len(texts), count), dtype=np.int64)
        for row, (text, image) in enumerate(zip(texts, images, strict=True)):
            others = np.flatnonzero((texts != text) & (images != image))
            if len(others) < count:
                what = f"there are the words of {len(others)} others, {count} are asked for"
                hint = "draw more conversations, or lower it"
                raise WrongInput(Problem(f"{NAME}.mismatched", what, hint))
            chosen[row] = random.choice(others, count, replace=False)
        return chosen


def _nearest(seen: Tensor, sentences: Tensor, others: npt.NDArray[np.int64]) -> Tensor:
    """Return 1 where a picture [N, D] is nearer to its sentence than to all others, [N]."""
    seen, sentences = functional.normalize(seen, dim=1), functional.normalize(sentences, dim=1)
    own = (seen * sentences).sum(dim=1)
    wrong = torch.stack(
        [sentences[torch.from_numpy(row)] @ one for row, one in zip(others, seen, strict=True)]
    )
    return (own > wrong.amax(dim=1)).float()


def _texts(conversation: Conversation, sources: Iterable[Source]) -> Said:
    return tuple(turn.text for source in sources for turn in _turns(conversation, source))


def _turns(conversation: Conversation, source: Source) -> Iterator[Turn]:
    if source == "caption":
        return (Turn(text) for text in conversation.captions[:1])
    return iter(conversation.turns)


def _vectors(features: TextFeatures, source: Source) -> Tensor:
    """Return what is averaged: the texts' own vectors, or each word of the dialogue."""
    if source != "dialogue":
        return features.sentence
    assert features.words is not None, "build() refuses an encoder without words"
    assert features.mask is not None, "build() refuses an encoder without words"
    return features.words[features.mask]


def build(settings: RPrecisionSettings, context: BuildContext) -> RPrecision:
    """Build the metric from the encoders of the painter that is measured.

    Raises WrongInput where it has none that compare pictures with words.
    """
    seer = context.image_encoder
    readers: dict[Source, Any] = {
        source: context.caption_encoder if source == "caption" else context.turn_encoder
        for source in settings.reads
    }
    if seer is None:
        what = "needs the image encoder that was trained with the words, and this painter has none"
        hint = "measure the run of a recipe with a phase of 'damsm' or 'joint-embedding'; an "
        raise WrongInput(Problem(NAME, what, hint + "exported file has no image encoder"))
    for source, reader in readers.items():
        width: int = reader.width
        if source == "dialogue" and not isinstance(reader, GivesWords):
            what = "the turn encoder gives no words to read those of 'dialogue'"
            raise WrongInput(Problem(f"{NAME}.reads", what, "'turns' reads its sentences"))
        if width != seer.width:
            what = (
                f"the image encoder's vector has {seer.width} numbers, that of '{source}' "
                f"{width}: they cannot be compared"
            )
            raise WrongInput(Problem(NAME, what, "train both together, by a phase of 'damsm'"))
    return RPrecision(settings, readers, seer)
