from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch
from attrs import evolve

from painterkit.data.facts import UNKNOWN, UNSEEN
from painterkit.data.words import Words
from painterkit.errors import Problem
from painterkit.interfaces.loss import Facts
from painterkit.testing import SampleDataset
from painterkit.testing.inputs import normal
from painterkit_attngan.damsm_pairs import data_problems, same_pairs, spoken

WIDTH = 3


def words(*lengths: int, seed: int = 0) -> Words:
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return Words(normal(len(lengths), max(lengths), WIDTH, seed=seed), mask)


CAPTION, DIALOGUE = words(2, 1, 0, 0), words(3, 0, 1, 0, seed=1)
CAPTIONS = normal(4, WIDTH, seed=2)


def test_the_sentence_of_a_caption_is_its_vector() -> None:
    said = spoken({"caption": CAPTION, "dialogue": DIALOGUE}, CAPTIONS, ("caption",))
    torch.testing.assert_close(said.sentence[:2], CAPTIONS[:2])
    assert not said.sentence[2:].any(), "where it has no word, there is none"
    assert torch.equal(said.words.vectors, CAPTION.vectors)
    assert torch.equal(said.words.mask, CAPTION.mask)


def test_the_sentence_of_a_dialogue_is_the_mean_of_its_words() -> None:
    said = spoken({"caption": CAPTION, "dialogue": DIALOGUE}, CAPTIONS, ("dialogue",))
    vectors = DIALOGUE.vectors
    torch.testing.assert_close(said.sentence[0], vectors[0].mean(dim=0))
    torch.testing.assert_close(said.sentence[2], vectors[2, 0])
    assert not said.sentence[[1, 3]].any()


def test_several_sources_are_joined_and_their_sentences_averaged() -> None:
    sources = {"caption": CAPTION, "dialogue": DIALOGUE}
    said = spoken(sources, CAPTIONS, ("dialogue", "caption"))  # pyright: ignore
    assert said.words.vectors.shape == (4, 5, WIDTH)
    assert said.words.mask.sum(dim=1).tolist() == [5, 1, 1, 0]
    mean = DIALOGUE.vectors[0].mean(dim=0)
    torch.testing.assert_close(said.sentence[0], (mean + CAPTIONS[0]) / 2)
    torch.testing.assert_close(said.sentence[1], CAPTIONS[1])
    torch.testing.assert_close(said.sentence[2], DIALOGUE.vectors[2, 0])
    assert not said.sentence[3].any()


FACTS = Facts(
    said=torch.tensor([[0, UNKNOWN], [1, 2], [UNKNOWN, UNKNOWN], [0, 1]]),
    truth=torch.tensor([[0, 1], [1, UNSEEN], [0, UNKNOWN], [0, 1]]),
    class_ids=torch.tensor([5, -1, -1, 5]),
    image_rows=torch.tensor([0, 1, 2, 0]),
)


def test_words_about_one_picture_are_no_wrong_ones() -> None:
    assert same_pairs("picture", FACTS).int().tolist() == [
        [1, 0, 0, 1],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [1, 0, 0, 1],
    ]
    assert same_pairs("picture", Facts(image_rows=torch.arange(2))).tolist() == [
        [True, False],
        [False, True],
    ]


def test_pictures_of_no_class_are_like_no_other() -> None:
    facts = evolve(FACTS, image_rows=torch.arange(4))
    assert same_pairs("class", facts).int().tolist() == [
        [1, 0, 0, 1],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [1, 0, 0, 1],
    ]


def test_words_that_a_picture_does_not_contradict_fit_it() -> None:
    facts = evolve(FACTS, image_rows=torch.arange(4))
    # Text 0 says 0 of the first attribute, text 1 contradicts all that can be seen but its own
    # first value, text 2 says nothing, text 3 says 0 and 1.
    expected = [
        [1, 0, 1, 1],
        # What cannot be seen contradicts what was said of it: text 1 its own picture too.
        [0, 0, 1, 0],
        [1, 0, 1, 1],
        [1, 0, 1, 1],
    ]
    expected[1][1] = 1  # its own picture all the same
    assert same_pairs("fits", facts).int().tolist() == expected


class Poor(SampleDataset):
    """Has neither classes nor attributes."""

    attributes: Mapping[str, Sequence[str]] = {}
    missing: tuple[Problem, ...] = ()

    def conversations(self, split: Any) -> Any:
        assert not self.missing, "nobody can read what is missing"
        return [evolve(one, class_id=-1) for one in super().conversations(split)]

    def lacks(self) -> tuple[Problem, ...]:
        return self.missing


@pytest.mark.parametrize(
    ("same", "what"), [("class", "have no classes"), ("fits", "has no attributes")]
)
def test_data_that_do_not_know_it_are_told_of(same: Any, what: str) -> None:
    dataset = Poor()
    [problem] = data_problems("damsm.same", same, dataset)
    assert problem.where == "damsm.same"
    assert what in problem.what
    assert problem.hint.startswith('same = "picture"')
    assert data_problems("damsm.same", "picture", dataset) == []
    assert data_problems("damsm.same", same, SampleDataset()) == []
    assert data_problems("damsm.same", same, None) == []
    dataset.missing = (Problem("data", "is not there"),)
    assert data_problems("damsm.same", same, dataset) == []
