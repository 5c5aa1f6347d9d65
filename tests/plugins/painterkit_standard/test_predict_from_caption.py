from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn import functional

from painterkit.data import Batch
from painterkit.errors import WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit.testing import sample_batch, sample_parts
from painterkit.testing.sample_batches import with_tokens
from painterkit_standard.no_text import NoText
from painterkit_standard.predict_from_caption import PredictFromCaption
from painterkit_standard.samplers import Gaussian, LastTurn

Build = Callable[..., Any]
WORDS = {"width": 8, "embedding": 6, "vocabulary": 40, "dropout": 0.0}
TEXTS = ["a small red circle", "two squares", "some blue squares, 1 times.", "one large star"]


@pytest.fixture
def parts(build: Build) -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = sample_parts((16,))
        parts.caption_encoder = build(Role.TEXT_ENCODER, "word-lstm", WORDS)
        parts.caption_encoder.fit_texts(TEXTS)
    return parts.train()


@pytest.fixture
def step(build: Build, parts: Parts) -> PredictFromCaption:
    assert parts.image_encoder is not None
    widths = {"caption_width": 8, "image_width": parts.image_encoder.width, "resolution": 16}
    return build(Role.TRAINING_STEP, "predict-from-caption", {"hidden": 16}, **widths)


def batch_of(step: PredictFromCaption, parts: Parts) -> Batch:
    return with_tokens(sample_batch((16,)), parts, step.tokens)


def run(step: PredictFromCaption, parts: Parts, batch: Batch) -> Update:
    random = torch.Generator()
    context = StepContext(0, 0, random, random, LastTurn(), Gaussian(1.0))
    [update] = list(step.step(parts, batch, context))
    return update


def test_the_error_is_that_of_the_first_chosen_caption(
    step: PredictFromCaption, parts: Parts
) -> None:
    batch = batch_of(step, parts)
    first = {name: both[:, 0] for name, both in batch.caption_tokens.items()}
    read = parts.caption_encoder.forward(first).sentence
    assert parts.image_encoder is not None
    seen = parts.image_encoder(batch.images[16]).pooled
    expected = functional.mse_loss(step.head(read), seen)
    torch.testing.assert_close(run(step, parts, batch).loss, expected)


def test_the_caption_encoder_and_the_head_learn_and_what_sees_does_not(
    step: PredictFromCaption, parts: Parts
) -> None:
    batch = batch_of(step, parts)
    trained = [*step.parameters(), *parts.caption_encoder.parameters()]
    optimizer = torch.optim.Adam(trained, lr=0.02)
    errors = []
    for _ in range(60):
        loss = run(step, parts, batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        errors.append(loss.item())
    assert errors[-1] < 0.5 * errors[0]
    assert all(parameter.grad is not None for parameter in parts.caption_encoder.parameters())
    assert parts.image_encoder is not None
    assert all(parameter.grad is None for parameter in parts.image_encoder.parameters())


def test_it_reads_captions_as_their_encoder_wants_them(step: PredictFromCaption) -> None:
    assert tuple(step.tokens) == ("captions",)
    assert tuple(step.resolutions) == (16,)


def test_misfits_are_whole_sentences(step: PredictFromCaption, parts: Parts) -> None:
    assert step.misfits(parts) == []
    parts.image_encoder = None
    del parts.caption_encoder  # a module: torch puts nothing else in its place
    parts.caption_encoder = NoText()
    assert step.misfits(parts) == [
        "nothing sees the pictures; name an image encoder in parts.image_encoder, or in the step's "
        "own image_encoder",
        "the caption encoder has no weights to train; name one that has, such as word-lstm, in "
        "parts.caption_encoder",
    ]


def test_an_image_encoder_of_its_own_sees_in_place_of_the_parts(build: Build) -> None:
    own = {"use": "pixel-components", "width": 6, "resolution": 8}
    step = build(Role.TRAINING_STEP, "predict-from-caption", {"image_encoder": own})
    assert step.head.out_features == 6
    assert step.resolutions == (8,)


def test_one_that_would_have_to_be_trained_is_refused(build: Build) -> None:
    own = {"use": "convolutional", "width": 8, "resolution": 16, "channels": 8}
    with pytest.raises(WrongInput, match=r"predict-from-caption\.image_encoder.*to train"):
        build(Role.TRAINING_STEP, "predict-from-caption", {"image_encoder": own})


def test_without_an_image_encoder_it_is_not_built(build: Build) -> None:
    with pytest.raises(WrongInput, match="nothing sees the pictures"):
        build(Role.TRAINING_STEP, "predict-from-caption", {}, image_width=0)


def test_without_captions_it_is_not_built(build: Build) -> None:
    with pytest.raises(WrongInput, match="the caption encoder has no weights to train"):
        build(Role.TRAINING_STEP, "predict-from-caption", {}, caption_width=0)
