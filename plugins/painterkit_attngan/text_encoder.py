"""The `word-lstm` text encoder: AttnGAN's bidirectional LSTM over the words of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from painterkit.data import Turn
from painterkit.data.vocabulary import WordNumbers, empty_slots, most_frequent, write_slots
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.nn.digest import weights_digest
from painterkit_attngan.settings_damsm import WordLSTMSettings

WORD = re.compile(r"\w+|\?")
"""A word, or the mark that tells a question from an answer. Other punctuation is not read."""

UNKNOWN = 0
"""The number of every word that was not learnt; it also stands behind the last word of a text."""

FIRST_LEARNT = 1


class WordLSTM(nn.Module):
    """Give the states of an LSTM from either end: at every word, and the last ones.

    Section 3.2 of the paper, "text encoder". The vocabulary is in a buffer, learnt by `fit_texts`.
    """

    is_untrained = True
    """Its weights come from no file: a phase is to train it."""

    vocabulary: Tensor

    def __init__(self, settings: WordLSTMSettings) -> None:
        super().__init__()
        self.width = self.word_width = settings.width
        self.most_words = settings.most_words
        self.embedding = nn.Embedding(settings.vocabulary, settings.embedding)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        self.dropout = nn.Dropout(settings.dropout)
        self.lstm = nn.LSTM(
            settings.embedding, settings.width // 2, batch_first=True, bidirectional=True
        )
        self.register_buffer("vocabulary", empty_slots(settings.vocabulary - FIRST_LEARNT))
        self._numbers = WordNumbers(FIRST_LEARNT)

    @property
    def fingerprint(self) -> str:
        """The weights and the vocabulary, and how much of a text is read."""
        return f"word-lstm-1-{self.most_words}-{weights_digest(self)}"

    def fit_texts(self, texts: Sequence[str]) -> None:
        """Learn the most frequent words of texts; before that, every word is unknown."""
        words = chain.from_iterable(all_words(text) for text in texts)
        with torch.no_grad():
            write_slots(self.vocabulary, most_frequent(words, len(self.vocabulary)))

    def words_of(self, text: str) -> list[str]:
        """Return the words that the vectors of a text stand for, in their order."""
        return all_words(text)[: self.most_words]

    def count_truncated(self, texts: Sequence[str]) -> int:
        """Return how many of the texts have more words than are read."""
        return sum(len(all_words(text)) > self.most_words for text in texts)

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"words": [N, L], "lengths": [N]}: the numbers of the words of each text."""
        known = self._numbers.of(self.vocabulary)
        texts = [[known.get(w, UNKNOWN) for w in self.words_of(turn.text)] for turn in turns]
        longest = max([1, *map(len, texts)])
        padded = [text + [UNKNOWN] * (longest - len(text)) for text in texts]
        return {
            "words": torch.tensor(padded, dtype=torch.int64).view(len(texts), longest),
            "lengths": torch.tensor([len(text) for text in texts], dtype=torch.int64),
        }

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return sentence vectors [N, D] and word vectors [N, L, D]; zeros where nothing is."""
        words, lengths = tensors["words"], tensors["lengths"]
        mask = torch.arange(words.shape[1], device=words.device) < lengths[:, None]
        if not len(words):  # which torch's LSTM refuses
            none = self.embedding.weight.new_zeros(0, words.shape[1], self.width)
            return TextFeatures(none.sum(dim=1), none, mask)
        # A packed sequence cannot be empty: one word is read, and what was read dropped below.
        read = pack_padded_sequence(
            self.dropout(self.embedding(words)),
            lengths.clamp(min=1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        states, (last, _) = self.lstm(read)
        vectors, _ = pad_packed_sequence(states, batch_first=True, total_length=words.shape[1])
        sentence = last.transpose(0, 1).flatten(1) * mask[:, :1]
        return TextFeatures(sentence, vectors * mask.unsqueeze(2), mask)


def all_words(text: str) -> list[str]:
    """Return the words of a text in small letters, question marks among them.

    >>> all_words("Is she wearing glasses? No, she isn't.")
    ['is', 'she', 'wearing', 'glasses', '?', 'no', 'she', 'isn', 't']
    """
    return WORD.findall(text.lower())


def build(settings: WordLSTMSettings, context: BuildContext) -> WordLSTM:
    """Build the encoder with random weights; it knows no word until it is fitted."""
    return WordLSTM(settings)
