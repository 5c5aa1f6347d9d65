"""Skip-thought that is trained here: the words of the training texts, weights of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data import Turn
from painterkit.data.vocabulary import WordNumbers, empty_slots, most_frequent, write_slots
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.nn.digest import weights_digest
from painterkit_chatpainter.skip_thought.network import MODELS, SentenceReader, join, rows_of
from painterkit_chatpainter.skip_thought.sentences import Sentences, made_ready, padded
from painterkit_chatpainter.skip_thought.vocabulary import END, FIRST_LEARNT, UNKNOWN
from painterkit_chatpainter.skip_thought.words import words_of
from painterkit_chatpainter.skip_thought_settings import SkipThoughtSettings

EPSILON = 1e-8
"""Below the variance of entries that a short training has left nearly still."""


def normalised(norm: nn.Module, states: Tensor, said: Tensor) -> Tensor:
    """Normalise the rows of states [N, H] that were `said` [n]; where nothing was are zeros.

    The statistics are of those rows alone. Fewer than two have none, and are brought to the
    statistics so far.
    """
    assert isinstance(norm, nn.BatchNorm1d)
    found = rows_of(states, said)
    if norm.training and len(said) < 2:
        found = functional.batch_norm(found, norm.running_mean, norm.running_var, eps=norm.eps)
    else:
        found = norm(found)
    return torch.zeros_like(states).index_copy(0, said, found)


class TrainedModel(nn.Module):
    """The uni-skip or the bi-skip model: word vectors, and what reads them."""

    def __init__(self, vocabulary: int, word_width: int, width: int, both_ways: bool) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, word_width)
        self.reader = SentenceReader(word_width, width, both_ways)
        if not self.words.weight.is_meta:
            nn.init.uniform_(self.words.weight, -0.1, 0.1)
            self.reader.reset()

    def forward(self, sentences: Sentences) -> Tensor:
        """Return the last states [N, H]."""
        return self.reader(self.words(sentences.words), sentences)


class SkipThought(nn.Module):
    """Encode texts with GRUs over a vocabulary that `fit_texts` learns."""

    def __init__(self, settings: SkipThoughtSettings) -> None:
        super().__init__()
        self.settings = settings
        # What the text cache asks for; it hides nn.Module.half, which would say yes.
        self.half = settings.half  # pyright: ignore[reportAttributeAccessIssue]
        self.lower_case = settings.lower_case is not False
        sizes = (settings.vocabulary, settings.word_width, settings.width)
        self.models = nn.ModuleDict(
            {name: TrainedModel(*sizes, name == "bi") for name in MODELS[settings.mode]}
        )
        # Without weights of their own: whatever trains the rest, no entry fades or stands still.
        self.norms = nn.ModuleDict(
            {name: nn.BatchNorm1d(settings.width, EPSILON, affine=False) for name in self.models}
            if settings.normalised
            else {}
        )
        self.width = settings.width * len(self.models)
        self.register_buffer("vocabulary", empty_slots(settings.vocabulary - FIRST_LEARNT))
        self.vocabulary: Tensor
        self._numbers = WordNumbers(FIRST_LEARNT)

    @property
    def fingerprint(self) -> str:
        """The weights and the vocabulary, and how texts are read."""
        settings = self.settings
        how = f"{self.lower_case}-{settings.end_token}-{settings.scaled}-{settings.normalised}"
        return f"skip-thought-1-{settings.mode}-{how}-{weights_digest(self)}"

    def fit_texts(self, texts: Sequence[str]) -> None:
        """Learn the most frequent words of texts; before that, every word is unknown."""
        words = chain.from_iterable(self._words_of(text) for text in texts)
        with torch.no_grad():
            write_slots(self.vocabulary, most_frequent(words, self.vocabulary.shape[0]))

    @property
    def is_untrained(self) -> bool:
        """Always: the authors' own weights are read by another class."""
        return True

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"words": [N, L], "lengths": [N]}: the numbers of the words of each text."""
        numbers = self._numbers.of(self.vocabulary)
        end = [END] if self.settings.end_token else []
        return padded(
            [
                [numbers.get(word, UNKNOWN) for word in self._words_of(turn.text)] + end
                for turn in turns
            ]
        )

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return sentence vectors [N, D], those of uni and bi of length 1 each unless `scaled`."""
        states = self.states(tensors["words"], tensors["lengths"])
        return TextFeatures(join(list(states.values()), self.settings.scaled))

    def states(self, words: Tensor, lengths: Tensor) -> dict[str, Tensor]:
        """Return the last states [N, H] of uni and bi, by these names, at the length they have."""
        sentences = made_ready(words, lengths)
        states = {name: model(sentences) for name, model in self.models.items()}
        if not self.norms:
            return states
        said = lengths.cpu().nonzero().squeeze(1).to(words.device)
        return {
            name: normalised(self.norms[name], state.float(), said)
            for name, state in states.items()
        }

    def word_vectors(self, model: str) -> Tensor:
        """Return the vectors of the vocabulary's words, [V, E], of "uni" or "bi"."""
        return self.models[model].get_parameter("words.weight")

    def _words_of(self, text: str) -> list[str]:
        return words_of(text.lower() if self.lower_case else text)
