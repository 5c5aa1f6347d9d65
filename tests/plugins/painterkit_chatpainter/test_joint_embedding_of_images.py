"""The joint embedding where the image encoder learns as well, and where classes count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data.batch import Batch
from painterkit.data.conversation import Conversation
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit.testing import SampleDataset, sample_batch, sample_parts
from painterkit_chatpainter.char_cnn_rnn.joint_embedding import JointEmbedding
from painterkit_chatpainter.char_cnn_rnn_settings import JointEmbeddingSettings

Build = Callable[..., Any]
WIDTH = 12


class GivenTexts:
    """A frozen encoder, no module: it gives the vectors that it is given."""

    width = WIDTH

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return TextFeatures(tensors["vectors"])


class SmallEyes(nn.Module):
    """See four colours through a hidden layer."""

    width = 14
    resolution = 16

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, self.width))

    def forward(self, images: Tensor) -> ImageFeatures:
        return ImageFeatures(self.layers(functional.adaptive_avg_pool2d(images, 2).flatten(1)))


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = sample_parts((16,))
        parts.image_encoder = SmallEyes()
        del parts.caption_encoder  # torch lets nothing but a module take a module's place
        parts.caption_encoder = GivenTexts()  # pyright: ignore
        return parts.train()


def make(**settings: Any) -> JointEmbedding:
    torch.manual_seed(1)
    return JointEmbedding(JointEmbeddingSettings(**settings), WIDTH, SmallEyes.width, 16)


def run(step: JointEmbedding, parts: Parts, batch: Batch) -> Update:
    nobody: Any = None  # it draws neither turns nor noise
    random = torch.Generator()
    [update] = list(step.step(parts, batch, StepContext(0, 0, random, random, nobody, nobody)))
    return update


def batch_of(seed: int, size: int = 32, **more: Any) -> Batch:
    """Return pictures of four colours, whose texts tell how strong they are, but not which way."""
    generator = torch.Generator().manual_seed(seed)
    bent = torch.randn(12, WIDTH, generator=torch.Generator().manual_seed(99))
    squares = torch.rand(size, 3, 2, 2, generator=generator) * 2 - 1
    vectors = (squares.flatten(1).abs() - 0.5) @ bent
    return evolve(
        sample_batch((16,)),
        rows=torch.arange(size),
        images={16: functional.interpolate(squares, size=16)},
        image_rows=torch.arange(size),
        caption_tokens={"vectors": torch.stack([vectors, vectors], dim=1)},
        **more,
    )


def freeze(parts: Parts) -> None:
    assert parts.image_encoder is not None
    parts.image_encoder.eval().requires_grad_(False)


def learnt(parts: Parts, steps: int = 200) -> float:
    """Train whatever is not frozen; return the accuracy on a batch that was never shown."""
    step = make()
    given = [*step.parameters(), *parts.image_encoder.parameters()]  # pyright: ignore
    optimizer = torch.optim.Adam([one for one in given if one.requires_grad], lr=5e-3)
    for seed in range(steps):
        update = run(step, parts, batch_of(seed))
        optimizer.zero_grad()
        update.loss.backward()
        optimizer.step()
    return run(step, parts, batch_of(10_000)).metrics["encoder.accuracy"].item()


def test_an_image_encoder_that_learns_does_better_than_a_frozen_random_one(parts: Parts) -> None:
    weights = {name: one.clone() for name, one in parts.state_dict().items()}
    trained = learnt(parts)
    parts.load_state_dict(weights)
    freeze(parts)
    frozen = learnt(parts)
    assert frozen < 0.2
    assert trained > 0.4
    kept = parts.state_dict()
    assert all(torch.equal(kept[name], one) for name, one in weights.items()), "it was frozen"


def test_a_frozen_one_is_left_out_of_the_graph(parts: Parts) -> None:
    freeze(parts)
    step = make()
    run(step, parts, batch_of(0)).loss.backward()
    assert parts.image_encoder is not None
    assert all(one.grad is None for one in parts.image_encoder.parameters())
    assert step.image is not None
    assert step.image.weight.grad is not None


def test_one_of_the_two_encoders_must_have_weights(parts: Parts) -> None:
    assert make().misfits(parts) == []
    [sentence] = make(against="captions").misfits(parts)
    assert "image encoder" not in sentence
    del parts.image_encoder
    parts.image_encoder = nn.Identity()  # has nothing to train
    [sentence] = make().misfits(parts)
    assert sentence.startswith("the caption encoder has no weights to train")
    assert sentence.endswith("or an image encoder that has, such as convolutional")


@pytest.mark.parametrize("against", ["images", "captions"])
def test_pictures_of_one_class_are_not_told_from_each_other(parts: Parts, against: str) -> None:
    classes = [0, 1, -1, 0, 1, -1]
    batch = batch_of(0, size=6, class_ids=torch.tensor(classes))
    vectors = batch.caption_tokens["vectors"]
    other = torch.randn(vectors[:, 0].shape, generator=torch.Generator().manual_seed(4))
    batch = evolve(batch, caption_tokens={"vectors": torch.stack([vectors[:, 0], other], dim=1)})
    step = make(against=against, same="class", symmetric=False)
    anchors = other
    if step.image is not None:
        assert parts.image_encoder is not None
        anchors = step.image(parts.image_encoder(batch.images[16]).pooled).detach()
    expected, right = 0.0, 0
    for i in range(6):
        scores = [float(anchors[i] @ vectors[j, 0]) for j in range(6)]
        # Pictures without a class are of no class with each other.
        others = [j for j in range(6) if j != i and not (classes[i] == classes[j] >= 0)]
        expected += sum(max(0.0, 1 + scores[j] - scores[i]) for j in others) / 36
        right += all(scores[i] > scores[j] for j in others)
    update = run(step, parts, batch)
    assert update.loss.item() == pytest.approx(expected, rel=1e-4)
    assert update.metrics["encoder.accuracy"].item() == pytest.approx(right / 6)
    pictures = make(against=against, symmetric=False)
    assert run(pictures, parts, batch).loss.item() > expected


class WithoutClasses(SampleDataset):
    missing: tuple[Problem, ...] = ()

    def conversations(self, split: Any) -> list[Conversation]:
        assert not self.missing, "nobody can read what is missing"
        return [evolve(one, class_id=-1) for one in super().conversations(split)]

    def lacks(self) -> tuple[Problem, ...]:
        return self.missing


def test_data_without_classes_are_refused(build: Build) -> None:
    dataset = WithoutClasses()
    table = {"same": "class"}
    with pytest.raises(WrongInput, match=r"joint-embedding.same .*have no classes"):
        build(Role.TRAINING_STEP, "joint-embedding", table, dataset=dataset)
    build(Role.TRAINING_STEP, "joint-embedding", {}, dataset=dataset)
    build(Role.TRAINING_STEP, "joint-embedding", table)
    build(Role.TRAINING_STEP, "joint-embedding", table, dataset=dataset, restoring=True)
    dataset.missing = (Problem("data", "is not there"),)
    build(Role.TRAINING_STEP, "joint-embedding", table, dataset=dataset)
