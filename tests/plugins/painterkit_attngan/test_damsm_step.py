from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import nn

from painterkit.data import Batch
from painterkit.data.words import Words
from painterkit.errors import WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.roles import Role
from painterkit.testing import SampleDataset, sample_batch, sample_parts
from painterkit.testing.sample_batches import with_extras, with_tokens
from painterkit.testing.sample_parts import SampleImageEncoder
from painterkit.testing.sample_samplers import EveryTurn, Gaussian, LastTurn
from painterkit_attngan.damsm import match
from painterkit_attngan.damsm_pairs import same_pairs, spoken
from painterkit_attngan.damsm_step import DAMSMStep, facts_at, up_to
from painterkit_attngan.text_encoder import WordLSTM

Build = Callable[..., Any]
WIDTH = 8
WORDS = {"width": WIDTH, "embedding": 6, "vocabulary": 40, "dropout": 0.0}
TEXTS = ["a small red circle", "two squares", "some blue squares, 1 times.", "one large star"]


class FirstTurn:
    first = None

    def sample(self, lengths: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        return torch.zeros_like(lengths).unsqueeze(1).minimum(lengths.unsqueeze(1) - 1)


@pytest.fixture
def parts(build: Build) -> Parts:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = sample_parts((16,))
        seer = {"width": WIDTH, "resolution": 16, "channels": 8, "regions": 4}
        parts.image_encoder = build(Role.IMAGE_ENCODER, "convolutional", seer)
        for name in ("caption_encoder", "turn_encoder"):
            encoder = build(Role.TEXT_ENCODER, "word-lstm", WORDS)
            encoder.fit_texts(TEXTS)
            setattr(parts, name, encoder)
    return parts.eval()


def step_of(build: Build, **settings: Any) -> DAMSMStep:
    return build(Role.TRAINING_STEP, "damsm", settings, image_width=WIDTH, resolution=16)


def batch_of(step: DAMSMStep, parts: Parts) -> Batch:
    batch = with_tokens(sample_batch((16,)), parts, step.tokens)
    return with_extras(batch, step.extras)


def run(step: DAMSMStep, parts: Parts, batch: Batch, turns: Any = None) -> Update:
    random = torch.Generator()
    context = StepContext(0, 0, random, random, turns or LastTurn(), Gaussian())
    [update] = list(step.step(parts, batch, context))
    return update


def test_it_asks_for_the_texts_that_it_reads_and_for_facts_where_they_count(build: Build) -> None:
    step = step_of(build)
    assert (step.optimizers, step.tokens, step.extras) == (("encoder",), ("captions",), ())
    assert step.resolutions == (16,)
    assert step_of(build, reads=["turns"]).tokens == ("turns",)
    assert step_of(build, reads=["dialogue", "caption"]).tokens == ("captions", "turns")
    assert step_of(build, same="fits").extras == ("facts",)


def test_a_caption_is_matched_by_its_words_and_its_vector(build: Build, parts: Parts) -> None:
    step = step_of(build)
    batch = batch_of(step, parts)
    update = run(step, parts, batch)
    first = {name: captions[:, 0] for name, captions in batch.caption_tokens.items()}
    encoder: Any = parts.caption_encoder
    read, seen = encoder(first), parts.image_encoder(batch.images[16])  # pyright: ignore
    said = spoken({"caption": Words(read.words, read.mask)}, read.sentence, ("caption",))
    same = same_pairs("picture", facts_at(batch, batch.lengths))
    assert same.sum() == 7, "two conversations are about one picture"
    expected = match(seen, said, same, step.settings)
    assert torch.equal(update.loss, expected.loss)
    assert update.metrics["encoder.accuracy"] == expected.by_words
    assert update.metrics["encoder.sentence_accuracy"] == expected.by_sentence


def test_every_weight_of_text_and_image_encoders_gets_a_gradient(
    build: Build, parts: Parts
) -> None:
    step = step_of(build, reads=["caption", "dialogue"])
    run(step, parts.train(), batch_of(step, parts)).loss.backward()
    for module in (parts.caption_encoder, parts.turn_encoder, parts.image_encoder):
        assert isinstance(module, nn.Module)
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, name
            assert bool(parameter.grad.any()), name


@pytest.mark.parametrize("reads", [["dialogue"], ["turns"], ["turns", "caption", "dialogue"]])
def test_turns_count_up_to_the_drawn_moment(build: Build, parts: Parts, reads: list[str]) -> None:
    step = step_of(build, reads=reads)
    batch = batch_of(step, parts)
    first, last = (run(step, parts, batch, turns).loss for turns in (FirstTurn(), LastTurn()))
    assert not torch.equal(first, last)
    assert torch.equal(run(step, parts, batch, EveryTurn()).loss, last), "the last of several"
    shorter = evolve(batch, turn_mask=batch.turn_mask & (torch.arange(3) < 1))
    torch.testing.assert_close(run(step, parts, shorter).loss, first)
    padded = {name: tensor.clone() for name, tensor in batch.turn_tokens.items()}
    padded["words"][~batch.turn_mask] = 7
    padded["lengths"][~batch.turn_mask] = 2
    torch.testing.assert_close(run(step, parts, evolve(batch, turn_tokens=padded)).loss, last)


def test_conversations_without_any_turn_teach_nothing(build: Build, parts: Parts) -> None:
    step = step_of(build, reads=["dialogue"])
    batch = batch_of(step, parts)
    silent = evolve(batch, turn_mask=torch.zeros_like(batch.turn_mask))
    update = run(step, parts.train(), silent)
    assert update.loss.item() == 0
    update.loss.backward()
    none = {name: turns[:, :0] for name, turns in batch.turn_tokens.items()}
    empty = evolve(silent, turn_mask=silent.turn_mask[:, :0], turn_tokens=none)
    assert run(step, parts, empty).loss.item() == 0


def test_what_is_the_same_decides_which_pairs_are_wrong(build: Build, parts: Parts) -> None:
    losses = {}
    for same in ("picture", "class", "fits"):
        step = step_of(build, same=same)
        losses[same] = run(step, parts, batch_of(step, parts)).loss.item()
    assert losses["class"] < losses["picture"]
    # Before the first turn nothing was said that a picture could contradict.
    assert losses["fits"] == pytest.approx(0, abs=1e-6)
    step = step_of(build, same="fits", reads=["caption", "dialogue"])
    assert run(step, parts, batch_of(step, parts)).loss.item() > 0.1


def test_moments_before_the_first_turn_have_said_no_turn() -> None:
    assert up_to(torch.tensor([-1, 0, 2]), 2).tolist() == [
        [False, False],
        [True, False],
        [True, True],
    ]


def test_misfits_are_whole_sentences(build: Build, parts: Parts) -> None:
    step, dialogues = step_of(build), step_of(build, reads=["turns", "dialogue"])
    assert step.misfits(parts) == dialogues.misfits(parts) == []
    words, seer = parts.caption_encoder, parts.image_encoder
    parts.image_encoder = SampleImageEncoder(16)
    assert step.misfits(parts) == [
        "the step needs an image encoder that gives regions: 'frozen-regions', or 'convolutional' "
        "with regions = 8"
    ]
    parts.image_encoder = None
    assert step.misfits(parts) == [
        "the step needs an image encoder that sees regions; name one in parts.image_encoder"
    ]
    parts.image_encoder = seer
    parts.caption_encoder = parts.turn_encoder = sample_parts((8,)).caption_encoder
    told = "; name one in parts.{0}, such as 'word-lstm'"
    assert step.misfits(parts) == [
        "the step needs a text encoder that gives words to read those of 'caption'"
        + told.format("caption_encoder")
    ]
    assert dialogues.misfits(parts) == [
        "the step needs a text encoder that gives words to read those of 'dialogue'"
        + told.format("turn_encoder")
    ]
    assert step_of(build, reads=["turns"]).misfits(parts) == [
        "the step needs vectors of one width to compare them, and these differ: the words of "
        "'turns' 12, the regions 8, the picture 8"
    ]
    parts.caption_encoder = words
    parts.dialogue_encoder.width = 0
    assert step_of(build, reads=["turns"]).misfits(parts) == [
        "the step needs turns to read the words of 'turns', and parts.dialogue_encoder reads "
        "none; name one that does"
    ]


def test_something_must_be_there_to_train(build: Build, parts: Parts) -> None:
    step = step_of(build)
    for one in (parts.caption_encoder, parts.image_encoder):
        assert isinstance(one, nn.Module)
        for module in one.modules():
            module._parameters.clear()
    [sentence] = step.misfits(parts)
    assert sentence.startswith("neither what is read nor what is seen has weights to train")
    # The turns' encoder has weights, and is read by another step.
    assert step_of(build, reads=["turns", "caption"]).misfits(parts) == []


def test_nothing_to_see_with_or_no_attributes_are_refused(build: Build) -> None:
    with pytest.raises(WrongInput, match="nothing sees the pictures; name an image encoder"):
        build(Role.TRAINING_STEP, "damsm", {}, image_width=0)

    class Poor(SampleDataset):
        attributes: Mapping[str, Sequence[str]] = {}

    for role in (Role.TRAINING_STEP, Role.LOSS):
        with pytest.raises(WrongInput, match=r"damsm\.same .*it has no attributes"):
            build(role, "damsm", {"same": "fits"}, dataset=Poor())
        build(role, "damsm", {"same": "fits"}, dataset=Poor(), restoring=True)


def test_the_encoder_that_reads_captions_may_read_the_turns_too(build: Build, parts: Parts) -> None:
    parts.turn_encoder = parts.caption_encoder
    assert isinstance(parts.turn_encoder, WordLSTM)
    step = step_of(build, reads=["caption", "dialogue"])
    assert step.misfits(parts) == []
    assert run(step, parts, batch_of(step, parts)).loss.isfinite()
