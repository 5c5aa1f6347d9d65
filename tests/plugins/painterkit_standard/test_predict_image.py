from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from attrs import frozen
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit.testing import sample_batch, sample_parts
from painterkit_standard.no_dialogue import NoDialogue
from painterkit_standard.predict_image import PredictImage
from painterkit_standard.samplers import Gaussian, LastTurn

Build = Callable[..., Any]


@frozen
class FirstAndLast:
    """Draw the first and the last turn."""

    first = 0

    def sample(self, lengths: Tensor, generator: torch.Generator) -> Tensor:
        first = (lengths > 0).long() - 1
        return torch.stack([first, lengths - 1], dim=1)


@pytest.fixture
def parts() -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return sample_parts((16,)).train()


def run(step: PredictImage, parts: Parts) -> Update:
    context = StepContext(0, 0, torch.Generator(), torch.Generator(), FirstAndLast(), Gaussian(1.0))
    [update] = list(step.step(parts, sample_batch((16,)), context))
    return update


def test_the_error_is_averaged_over_the_distinct_moments_and_widths(parts: Parts) -> None:
    step = PredictImage(nn.Linear(20, 14), 16)
    batch, update = sample_batch((16,)), run(step, parts)
    drawn = FirstAndLast().sample(batch.lengths, torch.Generator())
    errors = []
    for moment in (0, 1):
        read = parts.embed(batch, drawn[:, moment : moment + 1])[:, 0]
        assert parts.image_encoder is not None
        seen = parts.image_encoder(batch.images[16]).pooled
        counted = drawn[:, 1] != drawn[:, 0] if moment else torch.ones(5, dtype=torch.bool)
        errors.append(functional.mse_loss(step.head(read), seen, reduction="none")[counted])
    torch.testing.assert_close(update.loss, torch.cat(errors).mean())
    assert tuple(update.optimizers) == ("reader",)


def test_the_reader_and_the_head_learn_and_what_sees_does_not(parts: Parts) -> None:
    step = PredictImage(nn.Linear(20, 14), 16)
    run(step, parts).loss.backward()
    assert parts.dialogue_encoder.linear.weight.grad is not None
    assert step.head.weight.grad is not None
    assert parts.image_encoder is not None
    assert parts.image_encoder.linear.weight.grad is None


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_it_needs_real_pictures_of_the_image_encoders_height() -> None:
    assert tuple(PredictImage(nn.Linear(20, 14), 16).resolutions) == (16,)
    assert tuple(PredictImage(20, 0, 0).resolutions) == (), "there is no image encoder"


def test_misfits_are_whole_sentences(parts: Parts) -> None:
    step = PredictImage(nn.Linear(20, 14), 16)
    assert step.misfits(parts) == []
    parts.image_encoder = None
    parts.dialogue_encoder = NoDialogue()
    assert step.misfits(parts) == [
        "nothing sees the pictures; name an image encoder in parts.image_encoder, or in the step's "
        "own image_encoder",
        "the dialogue encoder reads nothing, so there is nothing to train",
    ]


def test_a_reader_comes_nearer_to_what_is_seen(parts: Parts) -> None:
    step = PredictImage(nn.Linear(20, 14), 16)
    trained = [*step.parameters(), *parts.dialogue_encoder.parameters()]
    optimizer = torch.optim.Adam(trained, lr=0.02)
    errors = []
    for _ in range(60):
        update = run(step, parts)
        optimizer.zero_grad()
        update.loss.backward()
        optimizer.step()
        errors.append(update.loss.item())
    assert errors[-1] < 0.5 * errors[0]


def test_the_last_turn_sampler_fits_as_well(parts: Parts) -> None:
    context = StepContext(0, 0, torch.Generator(), torch.Generator(), LastTurn(), Gaussian(1.0))
    [update] = PredictImage(nn.Linear(20, 14), 16).step(parts, sample_batch((16,)), context)
    assert torch.isfinite(update.loss)


def test_an_image_encoder_of_its_own_sees_in_place_of_the_parts(build: Build) -> None:
    own = {"use": "pixel-components", "width": 6, "resolution": 8}
    step = build(Role.TRAINING_STEP, "predict-image", {"image_encoder": own})
    assert step.head.out_features == 6
    assert step.resolutions == (8,)


def test_one_that_would_have_to_be_trained_is_refused(build: Build) -> None:
    own = {"use": "convolutional", "width": 8, "resolution": 16, "channels": 8}
    with pytest.raises(WrongInput, match="has weights to train"):
        build(Role.TRAINING_STEP, "predict-image", {"image_encoder": own})


def test_a_head_with_a_hidden_layer_can_multiply_what_was_read(build: Build) -> None:
    flat = build(Role.TRAINING_STEP, "predict-image", {}).head
    deep = build(Role.TRAINING_STEP, "predict-image", {"hidden": 64}).head
    assert [type(layer) for layer in deep] == [nn.Linear, nn.ReLU, nn.Linear]
    torch.manual_seed(0)
    read = torch.randn(256, flat.in_features)
    product = read[:, :1] * read[:, 1:2]
    errors = {}
    for name, head in (("flat", flat), ("deep", deep)):
        optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
        for _ in range(200):
            loss = functional.mse_loss(head(read)[:, :1], product)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        errors[name] = loss.item()
    assert errors["deep"] < 0.2 * errors["flat"]


def test_a_hidden_layer_without_a_head_is_refused(build: Build) -> None:
    with pytest.raises(WrongInput, match=r"predict-image\.hidden +is a layer of the head"):
        build(Role.TRAINING_STEP, "predict-image", {"head": False, "hidden": 8})
