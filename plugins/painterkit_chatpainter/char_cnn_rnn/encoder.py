"""The `char-cnn-rnn` text encoder of Reed et al. (2016)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Turn
from painterkit.errors import Problem
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.nn.digest import weights_digest
from painterkit.user_paths import expanded
from painterkit_chatpainter.char_cnn_rnn.alphabet import ALPHABET, LENGTH, numbers, rows
from painterkit_chatpainter.char_cnn_rnn.recurrence import MeanGRU, MeanReLURNN
from painterkit_chatpainter.char_cnn_rnn.weights import HELP, load_weights
from painterkit_chatpainter.char_cnn_rnn_settings import CharCNNRNNSettings

KERNEL = 4
THRESHOLD = 1e-6
"""What is not above it becomes 0: the default of Torch7's nn.Threshold."""

POOLS = {"gru": ((3, 3), (3, 3), None), "relu": ((3, 3), (3, 3), (3, 2))}
"""Size and stride of the pooling after each convolution: 18 steps are left, or 8."""

RECURRENCES = {"gru": MeanGRU, "relu": MeanReLURNN}

DEVIATION = 0.02
"""Standard deviation of the authors' convolution weights at the start."""

AUTHORS_INPUTS = (len(ALPHABET), 384, 512)
"""Channels that go into their convolutions."""


class CharCNNRNN(nn.Module):
    """Convolve the letters of a text, read the result with a recurrence, and project its mean."""

    one_hot: Tensor

    def __init__(self, settings: CharCNNRNNSettings, file: Path | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.file = file
        self.width = settings.width
        inputs = (len(ALPHABET), *settings.channels[:-1])
        self.convolutions = nn.ModuleList(
            map(convolution, inputs, settings.channels, AUTHORS_INPUTS)
        )
        self.recurrence = RECURRENCES[settings.recurrence](settings.channels[-1])
        self.projection = nn.Linear(settings.channels[-1], settings.width)
        identity = torch.eye(len(ALPHABET))
        # Fixed, and the same everywhere: it is no part of the state.
        self.register_buffer(
            "one_hot", functional.pad(identity, (0, 0, 1, 0)).contiguous(), persistent=False
        )

    @property
    def fingerprint(self) -> str:
        """The digest of the weights, and what else a vector depends on."""
        read = f"{self.settings.unknown}-{'lower' if self.settings.lower_case else 'as-is'}"
        shape = f"{self.settings.recurrence}-{'scaled' if self.settings.scaled else 'plain'}"
        return f"char-cnn-rnn-1-{read}-{shape}-{weights_digest(self)}"

    @property
    def is_untrained(self) -> bool:
        """Whether no file gave it its weights."""
        return self.file is None

    def lacks(self) -> Sequence[Problem]:
        """Say that the file of weights is missing; nothing if none is needed."""
        if self.file is None or self.file.is_file():
            return ()
        return [Problem(str(self.file), "there is no such file of weights", HELP)]

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"characters": uint8 [N, 201]}: 0 for nothing, else the slot and 1."""
        texts = (turn.text for turn in turns)
        read = rows(texts, self.settings.unknown, self.settings.lower_case)
        return {"characters": torch.from_numpy(read)}

    def count_truncated(self, texts: Sequence[str]) -> int:
        """Return how many of the texts are longer than what is read."""
        unknown, lower_case = self.settings.unknown, self.settings.lower_case
        return sum(len(numbers(text, unknown, lower_case)) > LENGTH for text in texts)

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return sentence vectors [N, D]."""
        letters = functional.embedding(tensors["characters"].int(), self.one_hot)
        maps = letters.transpose(1, 2)
        pools = POOLS[self.settings.recurrence]
        for layer, pool in zip(self.convolutions, pools, strict=True):
            maps = layer(maps)
            # The authors take the threshold first; after the pooling it is the same, on less.
            maps = functional.max_pool1d(maps, *pool) if pool else maps
            maps = functional.threshold(maps, THRESHOLD, 0.0)
        sentence = self.projection(self.recurrence(maps.transpose(1, 2)))
        if self.settings.scaled:
            sentence = functional.normalize(sentence.float(), dim=1) * self.width**0.5
        return TextFeatures(sentence)


def convolution(inputs: int, channels: int, authors_inputs: int) -> nn.Conv1d:
    """Return a convolution that starts as in the authors' COCO network.

    A narrower one starts with larger weights, so that what comes out is of the same size. Linear
    layers start alike in Torch7 and PyTorch.
    """
    layer = nn.Conv1d(inputs, channels, KERNEL)
    nn.init.normal_(layer.weight, 0.0, DEVIATION * (authors_inputs / inputs) ** 0.5)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def build(settings: CharCNNRNNSettings, context: BuildContext) -> CharCNNRNN:
    """Build the encoder. Raises WrongInput where its file of weights does not fit it."""
    file = None
    if settings.file is not None and not context.restoring:
        file = expanded(settings.file, "char-cnn-rnn.file")
    encoder = CharCNNRNN(settings, file)
    if file is not None and not encoder.lacks():
        load_weights(encoder, file)
    return encoder
