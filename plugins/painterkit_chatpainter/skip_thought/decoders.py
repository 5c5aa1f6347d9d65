"""What learns from the neighbours of a sentence: decoders that predict their words."""

from __future__ import annotations

import torch
from attrs import frozen
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence


@frozen(eq=False)
class Neighbours:
    """The sentences after, or before, N sentences.

    `words` [N, L] are numbers, with the number of the end behind the last word; the first
    `counts` [N] of them are to be predicted, the end among them. `counts` is on the CPU. `told`
    bool [N] is False where there is no neighbour.
    """

    words: Tensor
    counts: Tensor
    told: Tensor


class Decoder(nn.Module):
    """Predict each word of a neighbour from the words before it and the sentence.

    Equations 5 to 8 of Kiros et al. (2015) where `every_word`: the sentence is an input at each
    word. Else it is the first state.
    """

    def __init__(self, word_width: int, width: int, every_word: bool) -> None:
        super().__init__()
        self.every_word = every_word
        self.gru = nn.GRU(word_width + (width if every_word else 0), width, batch_first=True)

    def forward(self, sentence: Tensor, vectors: Tensor, counts: Tensor) -> Tensor:
        """Return the states that predict the words, [all words, H], in packed order.

        `sentence` [N, H]; `vectors` [N, L, E] of the words that are to be predicted, each of
        which is told only after it was predicted; `counts` [N] on the CPU.
        """
        told = functional.pad(vectors[:, :-1], (0, 0, 1, 0))  # zeros before the first word
        start = None
        if self.every_word:
            repeated = sentence.unsqueeze(1).expand(-1, told.shape[1], -1)
            told = torch.cat([told, repeated], dim=2)
        else:
            start = sentence.unsqueeze(0)
        packed = pack_padded_sequence(told, counts, batch_first=True, enforce_sorted=False)
        return self.gru(packed, start)[0].data


class NeighbourDecoders(nn.Module):
    """The decoders of one model: of the sentence after and of the one before."""

    def __init__(self, word_width: int, width: int, vocabulary: int, every_word: bool) -> None:
        super().__init__()
        self.after = Decoder(word_width, width, every_word)
        self.before = Decoder(word_width, width, every_word)
        self.output = nn.Linear(width, vocabulary)

    def forward(
        self, sentence: Tensor, word_vectors: Tensor, after: Neighbours, before: Neighbours
    ) -> Tensor:
        """Return the cross entropy of a neighbour's word in nats, the mean over all words."""
        sums, words = zip(
            self._summed(self.after, sentence, word_vectors, after),
            self._summed(self.before, sentence, word_vectors, before),
            strict=True,
        )
        return (sums[0] + sums[1]) / (words[0] + words[1]).clamp(min=1)

    def _summed(
        self, decoder: Decoder, sentence: Tensor, word_vectors: Tensor, of: Neighbours
    ) -> tuple[Tensor, Tensor]:
        """Return the summed cross entropy and the number of words, without what is not told."""
        words = of.words[:, : int(of.counts.max())]
        told = of.told.unsqueeze(1).expand_as(words)
        packed = [
            pack_padded_sequence(tensor, of.counts, batch_first=True, enforce_sorted=False).data
            for tensor in (words, told)
        ]
        states = decoder(sentence, functional.embedding(words, word_vectors), of.counts)
        lost = functional.cross_entropy(self.output(states).float(), packed[0], reduction="none")
        return (lost * packed[1]).sum(), packed[1].sum()
