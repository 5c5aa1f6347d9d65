from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.data.batch import Batch
from painterkit.data.conversation import Conversation, Turn
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit.testing import SampleDataset, sample_batch, sample_parts
from painterkit_chatpainter.char_cnn_rnn.encoder import CharCNNRNN
from painterkit_chatpainter.char_cnn_rnn.joint_embedding import (
    JointEmbedding,
    accuracy,
    structured_hinge,
)
from painterkit_chatpainter.char_cnn_rnn_settings import CharCNNRNNSettings, JointEmbeddingSettings

Build = Callable[..., Any]

CAPTIONS = [
    ("a red bird", "a bird that is red"),
    ("two dogs", "a pair of dogs"),
    ("two brown dogs", "brown dogs, two"),
    ("a blue house", "the house is blue"),
    ("an old man", "a man of some age"),
]
"""Of pictures 0, 1, 1, 2 and 3, as in the kit's batch."""


class Frozen:
    """An encoder that is no module, as those with an author's files are."""

    width = 12


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = sample_parts((16,))
        parts.caption_encoder = CharCNNRNN(CharCNNRNNSettings(channels=(16, 16, 16), width=12))
        return parts.train()


def batch_of(parts: Parts, captions: list[tuple[str, str]] = CAPTIONS) -> Batch:
    both = [parts.caption_encoder.prepare([Turn(text) for text in pair]) for pair in captions]
    tokens = {name: torch.stack([one[name] for one in both]) for name in both[0]}
    return evolve(sample_batch((16,)), caption_tokens=tokens)


def make(**settings: Any) -> JointEmbedding:
    torch.manual_seed(1)
    return JointEmbedding(JointEmbeddingSettings(**settings), 12, 14, 16)


def run(step: JointEmbedding, parts: Parts, batch: Batch) -> Update:
    nobody: Any = None  # it draws neither turns nor noise
    random = torch.Generator()
    context = StepContext(0, 0, random, random, turns=nobody, noise=nobody)
    [update] = list(step.step(parts, batch, context))
    return update


def reference(
    first: Tensor, other: Tensor, pictures: list[int], margin: float, left_out: Sequence[int] = ()
) -> tuple[float, float]:
    """The authors' double loop: each `other` with its own text and with those of other pictures.

    The rows `left_out` are others to the rest alone.
    """
    loss, right, count = 0.0, 0, len(pictures)
    rows = [i for i in range(count) if i not in left_out]
    for i in rows:
        own = float(first[i] @ other[i])
        best = True
        for j in range(count):
            if pictures[i] != pictures[j]:
                score = float(first[j] @ other[i])
                loss += max(0.0, margin + score - own)
                best = best and own > score
        right += best
    return loss / (len(rows) * count), right / len(rows)


@pytest.mark.parametrize("margin", [1.0, 0.25])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("against", ["images", "captions"])
def test_the_loss_is_the_authors_double_loop(
    parts: Parts, against: str, symmetric: bool, margin: float
) -> None:
    step, batch = make(against=against, symmetric=symmetric, margin=margin), batch_of(parts)
    with torch.no_grad():
        for parameter in parts.caption_encoder.parameters():  # pyright: ignore
            parameter.mul_(3)
        first, second = (
            parts.caption_encoder.forward({"characters": batch.caption_tokens["characters"][:, k]})
            for k in (0, 1)
        )
        other = second.sentence
        if against == "images":
            assert step.image is not None
            assert parts.image_encoder is not None
            other = step.image(parts.image_encoder(batch.images[16]).pooled)
    pictures = batch.image_rows.tolist()
    loss, right = reference(first.sentence, other, pictures, margin)
    if symmetric:
        back, right_back = reference(other, first.sentence, pictures, margin)
        loss, right = loss + back, (right + right_back) / 2
    update = run(step, parts, batch)
    assert update.loss.item() == pytest.approx(loss, rel=1e-4)
    assert update.metrics["encoder.loss"].item() == pytest.approx(loss, rel=1e-4)
    assert update.metrics["encoder.accuracy"].item() == pytest.approx(right)
    assert tuple(update.optimizers) == ("encoder",)


def test_captions_of_one_picture_are_never_others() -> None:
    scores = torch.tensor([[0.0, 9.0, 0.5], [9.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    same = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]]).bool()
    every = torch.ones(3).bool()
    assert structured_hinge(scores, same, every, 1.0).item() == pytest.approx((1.5 + 1.0) / 9)
    right = accuracy(scores, same, every).item()
    assert right == pytest.approx(1 / 3), "0.5 and a tie beat the own 0"
    apart = torch.eye(3).bool()
    assert structured_hinge(scores, apart, every, 1.0).item() == pytest.approx((11.5 + 11.0) / 9)
    some = torch.tensor([True, False, False])
    assert structured_hinge(scores, same, some, 1.0).item() == pytest.approx(1.5 / 3)
    assert accuracy(scores, same, ~some).item() == pytest.approx(1 / 2)
    assert accuracy(scores, same, ~every).item() == 0


@pytest.mark.parametrize("against", ["images", "captions"])
def test_what_learns_and_what_does_not(parts: Parts, against: str) -> None:
    step = make(against=against)
    run(step, parts, batch_of(parts)).loss.backward()
    for name, parameter in parts.caption_encoder.named_parameters():  # pyright: ignore
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name
    assert parts.image_encoder is not None
    for parameter in parts.image_encoder.parameters():
        assert (parameter.grad is not None) == (against == "images")
    assert all(parameter.grad is not None for parameter in step.parameters())
    assert len(list(step.parameters())) == (2 if against == "images" else 0)


@pytest.mark.parametrize("against", ["images", "captions"])
def test_a_small_batch_is_learnt_by_heart(parts: Parts, against: str) -> None:
    step, batch = make(against=against), batch_of(parts)
    trained = [*step.parameters(), *parts.caption_encoder.parameters()]  # pyright: ignore
    optimizer = torch.optim.Adam(trained, lr=3e-3)
    first = last = run(step, parts, batch)
    for _ in range(300):
        optimizer.zero_grad()
        last.loss.backward()
        optimizer.step()
        last = run(step, parts, batch)
    assert first.loss.item() > 1
    assert first.metrics["encoder.accuracy"].item() < 0.7
    assert last.loss.item() < 0.05
    assert last.metrics["encoder.accuracy"].item() == 1.0


def test_what_it_needs() -> None:
    assert make().resolutions == (16,)
    assert make(against="captions").resolutions == ()
    assert set(make().tokens) == {"captions"}


def test_misfits_are_whole_sentences(parts: Parts) -> None:
    assert make().misfits(parts) == []
    parts.image_encoder = None
    assert make(against="captions").misfits(parts) == []
    [sentence] = make().misfits(parts)
    assert sentence.startswith("nothing sees the pictures; name an image encoder")
    del parts.caption_encoder  # torch lets nothing but a module take a module's place
    parts.caption_encoder = Frozen()  # pyright: ignore
    [sentence] = make(against="captions").misfits(parts)
    assert sentence.startswith("the caption encoder has no weights to train; name one that has")
    assert len(make().misfits(parts)) == 2, "nothing learns, and nothing sees"


def test_without_an_image_encoder_it_is_refused_when_it_is_built(build: Build) -> None:
    with pytest.raises(WrongInput, match="nothing sees the pictures"):
        build(Role.TRAINING_STEP, "joint-embedding", {}, image_width=0, resolution=0)
    step = build(
        Role.TRAINING_STEP, "joint-embedding", {"against": "captions"}, image_width=0, resolution=0
    )
    assert step.image is None


def test_under_bfloat16_the_scores_are_exact(parts: Parts) -> None:
    step, batch = make(), batch_of(parts)
    with torch.autocast("cpu", torch.bfloat16):
        update = run(step, parts, batch)
    assert update.loss.dtype == torch.float32
    assert update.loss.item() == pytest.approx(run(step, parts, batch).loss.item(), rel=0.02)


@pytest.mark.parametrize("symmetric", [True, False])
def test_a_caption_is_not_compared_with_itself(parts: Parts, symmetric: bool) -> None:
    told_once = [0, 3]
    captions = [
        (one, one if row in told_once else other) for row, (one, other) in enumerate(CAPTIONS)
    ]
    batch = batch_of(parts, captions)
    with torch.no_grad():
        other, first = make(against="captions")._pairs(parts, batch)
    pictures = batch.image_rows.tolist()
    loss, right = reference(first, other, pictures, 1.0, told_once)
    if symmetric:
        back, right_back = reference(other, first, pictures, 1.0, told_once)
        loss, right = loss + back, (right + right_back) / 2
    update = run(make(against="captions", symmetric=symmetric), parts, batch)
    assert update.loss.item() == pytest.approx(loss, rel=1e-4)
    assert update.metrics["encoder.accuracy"].item() == pytest.approx(right)
    # Against pictures a caption is not compared with another, so every row counts.
    whole = run(make(symmetric=symmetric), parts, batch_of(parts)).loss.item()
    assert run(make(symmetric=symmetric), parts, batch).loss.item() == whole


def test_a_batch_without_second_captions_teaches_nothing(parts: Parts) -> None:
    update = run(make(against="captions"), parts, batch_of(parts, [(a, a) for a, _ in CAPTIONS]))
    assert update.loss.item() == 0
    assert update.metrics["encoder.accuracy"].item() == 0
    update.loss.backward()
    for name, parameter in parts.caption_encoder.named_parameters():  # pyright: ignore
        assert parameter.grad is not None, name
        assert not parameter.grad.any(), name


class ToldOnce(SampleDataset):
    """Every picture has one caption, some of them twice; but for the last, if so wanted."""

    missing: tuple[Problem, ...] = ()
    told_twice = False

    def conversations(self, split: Any) -> list[Conversation]:
        assert not self.missing, "nobody can read what is missing"
        whole = super().conversations(split)
        *others, last = (
            evolve(one, captions=one.captions[:1] * (1 + row % 2)) for row, one in enumerate(whole)
        )
        return [*others, whole[-1] if self.told_twice else last]

    def lacks(self) -> tuple[Problem, ...]:
        return self.missing


def test_data_with_one_caption_a_picture_are_refused(build: Build) -> None:
    def make_of(dataset: ToldOnce, against: str = "captions", **told: Any) -> JointEmbedding:
        table = {"against": against}
        return build(Role.TRAINING_STEP, "joint-embedding", table, dataset=dataset, **told)

    dataset = ToldOnce()
    with pytest.raises(WrongInput, match="one caption each, so captions cannot be compared"):
        make_of(dataset)
    make_of(dataset, "images")
    make_of(dataset, restoring=True)
    dataset.told_twice = True
    make_of(dataset)
    dataset.missing = (Problem("data", "is not there"),)
    make_of(dataset)
