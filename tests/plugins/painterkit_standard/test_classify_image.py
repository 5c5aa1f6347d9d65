from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attrs import evolve
from torch import Tensor
from torch.nn import functional

from painterkit.data.batch import Batch
from painterkit.data.conversation import Conversation
from painterkit.data.facts import UNKNOWN, UNSEEN, Facts
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.testing import (
    SampleDataset,
    sample_batch,
    sample_context,
    sample_parts,
    sample_settings,
)
from painterkit_standard.classify_image import ClassifyImage, judged
from painterkit_standard.convolutional_encoder import ConvolutionalEncoder
from painterkit_standard.pixel_components import PixelComponents
from painterkit_standard.training_settings import ClassifyImageSettings

Build = Callable[..., Any]
NAME = "classify-image"


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return sample_parts((16,)).train()


def run(step: ClassifyImage, parts: Parts, batch: Batch) -> Update:
    nobody: Any = None  # it draws neither turns nor noise
    random = torch.Generator()
    [update] = list(step.step(parts, batch, StepContext(0, 0, random, random, nobody, nobody)))
    return update


TRUTH = torch.tensor([[0, 3, 1], [2, UNSEEN, 0], [UNKNOWN, 1, UNKNOWN], [1, 0, 1], [0, 2, 0]])


def test_the_loss_is_the_mean_over_all_that_is_known(parts: Parts) -> None:
    torch.manual_seed(1)
    step = ClassifyImage(ClassifyImageSettings(), (3, 4, 2), 14, 16)
    batch = evolve(sample_batch((16,)), truth=TRUTH)
    assert parts.image_encoder is not None
    logits = step.heads(parts.image_encoder(batch.images[16]).pooled)
    starts, losses, hits = [0, 3, 7, 9], [], []
    for row in range(5):
        for head in range(3):
            right = int(TRUTH[row, head])
            if right >= 0:
                values = logits[row, starts[head] : starts[head + 1]]
                losses.append(-values.log_softmax(0)[right])
                hits.append(float(values.argmax() == right))
    update = run(step, parts, batch)
    assert len(losses) == 12
    torch.testing.assert_close(update.loss, torch.stack(losses).mean())
    assert update.metrics["encoder.accuracy"].item() == pytest.approx(np.mean(hits))
    assert tuple(update.optimizers) == ("encoder",)


def test_of_classes_it_is_plain_cross_entropy_where_there_is_a_class(parts: Parts) -> None:
    torch.manual_seed(1)
    step = ClassifyImage(ClassifyImageSettings(of="class"), [7], 14, 16)
    batch = evolve(sample_batch((16,)), class_ids=torch.tensor([6, -1, 0, 3, -1]))
    assert parts.image_encoder is not None
    logits = step.heads(parts.image_encoder(batch.images[16]).pooled)
    expected = functional.cross_entropy(logits[[0, 2, 3]], torch.tensor([6, 0, 3]))
    torch.testing.assert_close(run(step, parts, batch).loss, expected)
    assert step.extras == ()


def test_where_nothing_is_known_nothing_is_learnt() -> None:
    logits = torch.randn(5, 3, requires_grad=True)
    loss, accuracy = judged([logits], torch.full((5, 1), UNSEEN))
    loss.backward()
    assert (loss.item(), accuracy.item()) == (0, 0)
    assert logits.grad is not None
    assert not logits.grad.any()


def test_what_sees_learns_and_so_do_the_heads(parts: Parts) -> None:
    step = ClassifyImage(ClassifyImageSettings(), (3, 4, 2), 14, 16)
    run(step, parts, evolve(sample_batch((16,)), truth=TRUTH)).loss.backward()
    assert parts.image_encoder is not None
    for module in (parts.image_encoder, step):
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.any(), name
    assert step.extras == ("facts",)


def test_misfits_are_whole_sentences(parts: Parts) -> None:
    step = ClassifyImage(ClassifyImageSettings(), (3, 4, 2), 14, 16)
    assert step.misfits(parts) == []
    parts.image_encoder = PixelComponents(14, 16)
    assert step.misfits(parts) == [
        "the image encoder has no weights to train; name one that has, such as convolutional, in "
        "parts.image_encoder"
    ]
    parts.image_encoder = None
    assert step.misfits(parts) == [
        "nothing sees the pictures; name an image encoder in parts.image_encoder"
    ]


class Untold(SampleDataset):
    """Knows neither attributes nor classes; without its files, not even that."""

    missing: tuple[Problem, ...] = ()

    @property
    def attributes(self) -> Any:
        assert not self.missing, "nobody can read what is missing"
        return {}

    def conversations(self, split: Any) -> list[Conversation]:
        assert not self.missing, "nobody can read what is missing"
        return [evolve(one, class_id=-1) for one in super().conversations(split)]

    def lacks(self) -> tuple[Problem, ...]:
        return self.missing


def test_data_that_know_nothing_are_refused(build: Build) -> None:
    dataset = Untold()
    with pytest.raises(WrongInput, match=r"classify-image.of .*it has no attributes"):
        build(Role.TRAINING_STEP, NAME, {}, dataset=dataset)
    with pytest.raises(WrongInput, match=r"classify-image.of .*have no classes"):
        build(Role.TRAINING_STEP, NAME, {"of": "class"}, dataset=dataset)
    with pytest.raises(WrongInput, match="nothing sees the pictures"):
        build(Role.TRAINING_STEP, NAME, {}, image_width=0, resolution=0)
    dataset.missing = (Problem("data", "is not there"),)
    for of in ("attributes", "class"):
        assert build(Role.TRAINING_STEP, NAME, {"of": of}, dataset=dataset).counts == [1]


def test_it_has_a_head_for_each_attribute_or_one_for_the_classes(build: Build) -> None:
    assert build(Role.TRAINING_STEP, NAME, {}).counts == [3, 4, 2]
    step = build(Role.TRAINING_STEP, NAME, {"of": "class"})
    assert step.counts == [3]
    assert tuple(step.resolutions) == (16,)
    dataset = SampleDataset()
    dataset.attributes = {"shape": ("circle", "square"), "never-seen": ()}
    assert build(Role.TRAINING_STEP, NAME, {}, dataset=dataset).counts == [2, 1]


def test_faces_that_it_never_saw_are_told_far_better_than_by_chance(
    registry: Registry, tmp_path: Path
) -> None:
    pytest.importorskip("python_avatars")
    pytest.importorskip("resvg_py")
    offer, table = registry.find(Role.DATASET, "avatars"), {"train": 512, "validation": 128}
    settings = sample_settings(offer, registry, {**table, "resolution": 32})
    faces = registry.build_function(offer.component)(settings, sample_context(registry, tmp_path))

    def shown(split: str, rows: Tensor) -> Batch:
        facts = Facts(faces.conversations(split), faces.attributes)
        pixels = torch.from_numpy(np.array(faces.images(split)))[rows]
        images = {32: pixels.permute(0, 3, 1, 2).float() / 127.5 - 1}
        truth = torch.from_numpy(facts.truth)[rows].long()
        return evolve(sample_batch((32,)), images=images, truth=truth)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = ConvolutionalEncoder(32, 32, 16)
        counts = [len(values) for values in faces.attributes.values()]
        step = ClassifyImage(ClassifyImageSettings(), counts, 32, 32)
    parts = sample_parts((16,))
    parts.image_encoder = encoder.train()
    optimizer = torch.optim.Adam([*encoder.parameters(), *step.parameters()], lr=3e-3)
    order = torch.Generator().manual_seed(0)
    whole = shown("train", torch.arange(512))
    for _ in range(40):
        rows = torch.randperm(512, generator=order)[:64]
        assert whole.truth is not None
        batch = evolve(whole, images={32: whole.images[32][rows]}, truth=whole.truth[rows])
        update = run(step, parts, batch)
        optimizer.zero_grad()
        update.loss.backward()
        optimizer.step()
    encoder.eval()
    accuracy = run(step, parts, shown("validation", torch.arange(128))).metrics["encoder.accuracy"]
    chance = np.mean([1 / count for count in counts])
    assert chance < 0.25
    assert accuracy > 0.6
