from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from painterkit.data.conversation import Turn
from painterkit.data.texts import TextCache, encode, row_layout
from painterkit.data.words import RowLayout, Words
from painterkit.interfaces.text_encoder import TextFeatures

CPU = torch.device("cpu")


class Letters:
    """A frozen encoder whose words are letters: each is its number, twice."""

    width = 3
    word_width = 2
    most_words = 4
    fingerprint = "letters"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        numbers = torch.zeros(len(turns), max(1, *(len(turn.text) for turn in turns)))
        for row, turn in enumerate(turns):
            numbers[row, : len(turn.text)] = torch.tensor([ord(letter) for letter in turn.text])
        return {"numbers": numbers[:, : self.most_words]}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        numbers = tensors["numbers"]
        sentence = numbers.sum(dim=1, keepdim=True).expand(-1, self.width)
        return TextFeatures(sentence, numbers.unsqueeze(2).expand(-1, -1, 2), numbers > 0)


def test_a_row_holds_a_sentence_and_its_words() -> None:
    layout = RowLayout(width=2, most=3, word_width=2)
    assert layout.total == 2 + 3 * 3
    words = Words(torch.arange(8.0).view(2, 2, 2), torch.tensor([[True, True], [True, False]]))
    sentence, found = layout.split(layout.joined(torch.ones(2, 2), words))
    assert found is not None
    assert torch.equal(sentence, torch.ones(2, 2))
    assert found.mask.tolist() == [[True, True, False], [True, False, False]]
    assert found.vectors.tolist() == [
        [[0.0, 1.0], [2.0, 3.0], [0.0, 0.0]],
        [[4.0, 5.0], [0.0, 0.0], [0.0, 0.0]],
    ]


def test_words_are_kept_and_read_again(tmp_path: Path) -> None:
    texts = ["ab", "abcdef", ""]
    TextCache(tmp_path, Letters(), words=True).add(texts)
    cache = TextCache(tmp_path, Letters(), words=True)
    assert cache.missing(texts) == []
    rows = cache.vectors(texts, CPU)(np.array([[0, 1], [2, 0]]))
    sentence, words = cache.layout.split(rows)
    assert words is not None
    assert sentence.shape == (2, 2, 3)
    assert words.vectors.shape == (2, 2, 4, 2)
    assert words.mask.sum(dim=2).tolist() == [[2, 4], [0, 2]]
    assert words.vectors[0, 0, :, 0].tolist() == [ord("a"), ord("b"), 0.0, 0.0]


def test_rows_with_words_and_without_do_not_mix(tmp_path: Path) -> None:
    TextCache(tmp_path, Letters()).add(["ab"])
    cache = TextCache(tmp_path, Letters(), words=True)
    assert cache.missing(["ab"]) == ["ab"]
    assert cache.bytes_of(["ab"]) == 4 * (3 + 4 * 3)
    assert TextCache(tmp_path, Letters()).missing(["ab"]) == []


def test_an_encoder_without_words_has_rows_of_sentences() -> None:
    class Deaf(Letters):
        word_width = property(lambda self: (_ for _ in ()).throw(AttributeError()))

    layout = row_layout(Deaf(), words=True)
    assert layout == RowLayout(3)
    assert encode(Deaf(), ["ab"], layout).shape == (1, 3)
    assert encode(Letters(), ["ab"]).shape == (1, 3), "words are kept where they are asked for"
