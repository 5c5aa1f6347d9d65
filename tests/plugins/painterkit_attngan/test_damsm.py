"""DAMSM's formulas against a slow loop that is written from the equations of the paper."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.data.words import Words
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.testing.inputs import normal
from painterkit_attngan.damsm import Spoken, attention, match, similarities
from painterkit_attngan.settings_damsm import DAMSMStepSettings

ROWS, WIDTH, PLACES, LONGEST = 4, 5, 6, 3
LENGTHS = (3, 1, 2, 3)
NOBODY = torch.eye(ROWS, dtype=torch.bool)
"""No words but a picture's own are about it."""


def seen_in(rows: int = ROWS) -> ImageFeatures:
    return ImageFeatures(normal(rows, WIDTH, seed=1), normal(rows, WIDTH, PLACES, seed=2))


def said_in(*lengths: int) -> Spoken:
    mask = torch.arange(LONGEST) < torch.tensor(lengths)[:, None]
    vectors = normal(len(lengths), LONGEST, WIDTH, seed=3)
    return Spoken(Words(vectors, mask), normal(len(lengths), WIDTH, seed=4))


def step(**settings: Any) -> DAMSMStepSettings:
    return DAMSMStepSettings(**settings)


def cosine(one: Tensor, other: Tensor) -> float:
    return float(one @ other) / (float(one.norm()) * float(other.norm()))


def relevance(regions: Tensor, words: Tensor, settings: DAMSMStepSettings) -> float:
    """Return R(Q, D) of one picture's regions [D, N] and one text's words [T, D]."""
    count, places = len(words), regions.shape[1]
    # (7) s = e^T v
    s = [[float(words[i] @ regions[:, j]) for j in range(places)] for i in range(count)]
    # (8) normalised over the words, for each region
    normal = [
        [math.exp(s[i][j]) / sum(math.exp(s[k][j]) for k in range(count)) for j in range(places)]
        for i in range(count)
    ]
    total = 0.0
    for i in range(count):
        # (9) c_i, a mixture of the regions
        strengths = [math.exp(settings.gamma1 * normal[i][j]) for j in range(places)]
        context = sum(
            (strengths[j] / sum(strengths) * regions[:, j] for j in range(places)),
            start=torch.zeros(WIDTH),
        )
        total += math.exp(settings.gamma2 * cosine(context, words[i]))
    # (10) R(Q, D), the logarithm of a root
    return math.log(total ** (1 / settings.gamma2) if settings.root else total)


def slowly(
    seen: ImageFeatures, said: Spoken, same: Tensor, settings: DAMSMStepSettings
) -> tuple[float, float, float]:
    """Return L_DAMSM and both accuracies, picture by picture and word by word."""
    counted = [row for row in range(len(same)) if said.words.mask[row].any()]
    loss, right = 0.0, [0, 0]
    regions, vectors, mask = seen.regions, said.words.vectors, said.words.mask
    assert regions is not None
    tables = (
        {
            (i, c): relevance(regions[i], vectors[c, mask[c]], settings)
            for i in counted
            for c in counted
        },
        {(i, c): cosine(seen.pooled[i], said.sentence[c]) for i in counted for c in counted},
    )
    for place, table in enumerate(tables):
        for own in counted:
            # (11) P(D_i | Q_i) among the texts, and the other way among the pictures
            texts = [c for c in counted if c == own or not same[own, c]]
            pictures = [i for i in counted if i == own or not same[i, own]]
            strength = math.exp(settings.gamma3 * table[own, own])
            of_texts = sum(math.exp(settings.gamma3 * table[own, c]) for c in texts)
            of_pictures = sum(math.exp(settings.gamma3 * table[i, own]) for i in pictures)
            # (12) and (13), each a mean over the batch
            loss -= (math.log(strength / of_texts) + math.log(strength / of_pictures)) / len(
                counted
            )
            right[place] += all(table[own, own] > table[i, own] for i in pictures if i != own)
    return loss, right[0] / len(counted), right[1] / len(counted)


@pytest.mark.parametrize("lengths", [(3, 3, 3, 3), LENGTHS, (2, 0, 3, 1)], ids=str)
@pytest.mark.parametrize(
    "settings", [{}, {"gamma1": 1.5, "gamma2": 3.0, "gamma3": 2.0}, {"root": False}], ids=str
)
def test_it_is_a_slow_loop_over_the_equations(
    lengths: tuple[int, ...], settings: dict[str, Any]
) -> None:
    same = NOBODY.clone()
    same[0, 2] = True  # text 2 fits picture 0, and text 0 does not fit picture 2
    seen, said = seen_in(), said_in(*lengths)
    found = match(seen, said, same, step(**settings))
    loss, by_words, by_sentence = slowly(seen, said, same, step(**settings))
    assert found.loss.item() == pytest.approx(loss, rel=1e-4)
    assert found.by_words.item() == pytest.approx(by_words)
    assert found.by_sentence.item() == pytest.approx(by_sentence)
    assert not found.by_words.requires_grad


def test_what_stands_in_the_padding_changes_nothing_and_gets_no_gradient() -> None:
    seen, said = seen_in(), said_in(*LENGTHS)
    usual = match(seen, said, NOBODY, step())
    mask = said.words.mask.unsqueeze(2)
    for filler in (100.0, float("inf"), float("nan")):
        vectors = said.words.vectors.masked_fill(~mask, filler).requires_grad_()
        found = match(seen, evolve(said, words=Words(vectors, said.words.mask)), NOBODY, step())
        torch.testing.assert_close(found.loss, usual.loss)
        [gradient] = torch.autograd.grad(found.loss, vectors)
        assert not gradient.masked_fill(mask, 0.0).any()
        assert bool(gradient.isfinite().all())


def test_a_conversation_without_words_is_left_out_with_its_picture() -> None:
    seen, said = seen_in(), said_in(2, 0, 3, 1)
    rest = torch.tensor([0, 2, 3])
    assert seen.regions is not None
    alone = match(
        ImageFeatures(seen.pooled[rest], seen.regions[rest]),
        Spoken(said.words.rows(rest), said.sentence[rest]),
        NOBODY[:3, :3],
        step(),
    )
    found = match(seen, said, NOBODY, step())
    torch.testing.assert_close(found.loss, alone.loss)
    torch.testing.assert_close(found.by_words, alone.by_words)


def test_where_nobody_says_anything_there_is_nothing_to_learn() -> None:
    regions = normal(ROWS, WIDTH, PLACES).requires_grad_()
    found = match(ImageFeatures(normal(ROWS, WIDTH), regions), said_in(0, 0, 0, 0), NOBODY, step())
    assert found.loss.item() == 0
    assert found.by_words.item() == 0
    [gradient] = torch.autograd.grad(found.loss, regions)
    assert not gradient.any(), "and no nan"


def test_vectors_of_zeros_have_finite_gradients() -> None:
    pooled, regions = torch.zeros(ROWS, WIDTH), torch.zeros(ROWS, WIDTH, PLACES)
    said = said_in(*LENGTHS)
    given = [pooled.requires_grad_(), regions.requires_grad_(), said.words.vectors.requires_grad_()]
    loss = match(ImageFeatures(pooled, regions), said, NOBODY, step()).loss
    assert all(bool(one.isfinite().all()) for one in torch.autograd.grad(loss, given))


def test_where_all_words_fit_every_picture_the_loss_is_zero() -> None:
    found = match(seen_in(), said_in(*LENGTHS), torch.ones(ROWS, ROWS, dtype=torch.bool), step())
    assert found.loss.item() == pytest.approx(0, abs=1e-6)
    assert found.by_words.item() == 1, "there is no wrong picture that could be nearer"


def test_a_large_gamma_makes_a_word_look_where_it_outdoes_the_others() -> None:
    words, regions = normal(1, 2, WIDTH), normal(1, WIDTH, PLACES, seed=1)
    s = similarities(words, regions)
    mask = torch.ones(1, 2, dtype=torch.bool)
    looked = attention(s, mask, gamma1=1e4)[0, 0]
    for word, other in ((0, 1), (1, 0)):
        best = (s[0, 0, word] - s[0, 0, other]).argmax()
        assert looked[word].argmax() == best
        assert looked[word].max() > 0.9


def test_under_autocast_it_computes_in_float32() -> None:
    usual = match(seen_in(), said_in(*LENGTHS), NOBODY, step()).loss
    with torch.autocast("cpu", torch.bfloat16):
        found = match(seen_in(), said_in(*LENGTHS), NOBODY, step()).loss
    assert found.dtype == torch.float32
    assert torch.equal(found, usual)
    seen = seen_in()
    assert seen.regions is not None
    rough = ImageFeatures(seen.pooled.bfloat16(), seen.regions.bfloat16())
    assert match(rough, said_in(*LENGTHS), NOBODY, step()).loss.dtype == torch.float32
