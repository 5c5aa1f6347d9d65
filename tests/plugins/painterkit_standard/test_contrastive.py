from __future__ import annotations

import math

import pytest
import torch
from attrs import evolve

from painterkit.interfaces.loss import Facts, Side, StepView
from painterkit.testing.loss import sample_view
from painterkit_standard.contrastive import Contrastive, own_and_others
from painterkit_standard.loss_settings import ContrastiveSettings

HEIGHTS = (8, 16)


def loss(**settings: float) -> Contrastive:
    return Contrastive(ContrastiveSettings(**settings))  # pyright: ignore[reportArgumentType]


def about(view: StepView, *pictures: int) -> StepView:
    """Return the view of conversations about these pictures."""
    return evolve(view, facts=Facts(image_rows=torch.tensor(pictures)))


def one_by_one(view: StepView, others: int, temperature: float = 1.0) -> float:
    """Return the mean of -log softmax of each picture's own words, in a slow loop."""
    assert view.facts is not None
    assert view.facts.image_rows is not None
    pictures = view.facts.image_rows.tolist()
    total = 0.0
    for height in HEIGHTS:
        for i, picture in enumerate(pictures):
            near = [(i + k) % len(pictures) for k in range(1, 1 + others)]
            wrong = sum(
                math.exp(logit(view, height, i, words) / temperature)
                for words in near
                if pictures[words] != picture
            )
            own = math.exp(logit(view, height, i, i) / temperature)
            total -= math.log(own / (own + wrong)) / len(pictures)
    return total


def logit(view: StepView, height: int, picture: int, words: int) -> float:
    """Return what the discriminator says of one picture with the words of one conversation."""
    judged = view.judged[height]
    seen = judged.real_features if view.side is Side.DISCRIMINATOR else judged.fake_features
    assert seen is not None
    told = view.conditions[height].rows(torch.tensor([words]))
    return view.judges[height].logits(seen[picture : picture + 1], told).conditional.item()


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("others", [1, 3, 4, 31])
def test_it_is_the_cross_entropy_of_a_slow_loop(side: Side, others: int) -> None:
    view = sample_view(side)
    found = loss(others=others, weight=2.0, temperature=0.5)(view).item()
    assert found == pytest.approx(2 * one_by_one(view, min(others, 4), 0.5), rel=1e-5)


def test_words_about_the_same_picture_are_no_wrong_ones() -> None:
    view = about(sample_view(Side.GENERATOR), 7, 3, 7, 7, 3)
    found = loss()(view).item()
    assert found == pytest.approx(one_by_one(view, 4), rel=1e-5)
    assert found < loss()(sample_view(Side.GENERATOR)).item()
    assert loss()(about(view, 7, 7, 7, 7, 7)).item() == 0.0, "no words are wrong"


def test_words_about_the_picture_that_is_shown_are_no_wrong_ones() -> None:
    # Beside the first stands the picture of the second; beside the last two the same one.
    shown = torch.tensor([1, 6, 7, 8, 8])
    real = about(sample_view(Side.DISCRIMINATOR), 0, 1, 2, 3, 4)
    assert real.facts is not None
    found = loss(others=1)(evolve(real, facts=evolve(real.facts, shown_rows=shown))).item()
    pairs = [(1, 2), (2, 3), (4, 0)]
    expected = sum(
        math.log1p(math.exp(logit(real, height, i, j) - logit(real, height, i, i)))
        for height in HEIGHTS
        for i, j in pairs
    )
    assert found == pytest.approx(expected / 5, rel=1e-5)
    drawn = about(sample_view(Side.GENERATOR), 0, 1, 2, 3, 4)
    beside = evolve(drawn, facts=evolve(real.facts, shown_rows=shown))
    assert loss()(beside).item() == loss()(drawn).item(), "none of them is drawn"


def test_those_that_follow_are_the_others_without_end() -> None:
    order = own_and_others(4, 2, torch.device("cpu"))
    assert order.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 0], [3, 0, 1]]
    assert own_and_others(1, 31, torch.device("cpu")).tolist() == [[0]]


def test_the_discriminators_learn_of_real_pictures_and_the_generator_with_its_own() -> None:
    view = sample_view(Side.DISCRIMINATOR)
    parameters = [p for judge in view.judges.values() for p in judge.parameters()]  # pyright: ignore
    gradients = torch.autograd.grad(loss()(view), parameters, allow_unused=True)
    assert any(one is not None and bool(one.abs().sum() > 0) for one in gradients)

    drawn = sample_view(Side.GENERATOR)
    told = drawn.conditions[8].mu
    given = [drawn.judged[8].fake_features, told]
    by_picture, by_words = torch.autograd.grad(loss()(drawn), given, allow_unused=True)  # pyright: ignore
    assert by_picture.abs().sum() > 0
    assert by_words is None, "the words are not to come nearer to the picture"
