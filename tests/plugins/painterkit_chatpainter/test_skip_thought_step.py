from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from painterkit.data import Batch, Turn
from painterkit.errors import WrongInput
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.testing import sample_parts
from painterkit.testing.sample_samplers import Gaussian, LastTurn
from painterkit_chatpainter.skip_thought.sentences import made_ready
from painterkit_chatpainter.skip_thought.step import SkipThoughtStep
from painterkit_chatpainter.skip_thought.trainable import SkipThought

from ...small_recipe import SMALL as RECIPE
from ...small_recipe import assemble_table

Build = Callable[..., Any]

SMALL = {"width": 8, "word_width": 6, "vocabulary": 12}
DIALOGUES = [
    ["is it red? yes.", "is it blue? no, it is red.", "long? no."],
    ["what colour is it? blue."],
    [],
    ["long", "", "is it red? no."],
    ["yes.", "no."],
]
CONTEXT = StepContext(0, 0, torch.Generator(), torch.Generator(), LastTurn(), Gaussian())


def batch_of(encoder: SkipThought, dialogues: list[list[str]]) -> Batch:
    """Return a batch as the core makes it: every text prepared once, looked up by number."""
    texts = sorted({text for turns in dialogues for text in turns})
    prepared = encoder.prepare([Turn(text) for text in texts])
    longest = max(map(len, dialogues))
    places = torch.zeros(len(dialogues), longest, dtype=torch.int64)
    for row, turns in enumerate(dialogues):
        places[row, : len(turns)] = torch.tensor([texts.index(text) for text in turns])
    lengths = torch.tensor([len(turns) for turns in dialogues])
    nothing = torch.zeros(len(dialogues), 0)
    return Batch(
        rows=torch.arange(len(dialogues)),
        image_rows=torch.arange(len(dialogues)),
        images={},
        captions=nothing,
        turns=torch.zeros(len(dialogues), longest, 0),
        turn_mask=torch.arange(longest) < lengths[:, None],
        turn_tokens={name: tensor[places] for name, tensor in prepared.items()},
    )


def step_of(build: Build, encoder: object, conditioning: str = "every-word") -> SkipThoughtStep:
    table = {"conditioning": conditioning}
    return build(Role.TRAINING_STEP, "skip-thought", table, turn_encoder=encoder)


def made(
    build: Build, conditioning: str = "every-word", **settings: object
) -> tuple[SkipThought, SkipThoughtStep, Parts]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = build(Role.TEXT_ENCODER, "skip-thought", {**SMALL, **settings})
        step = step_of(build, encoder, conditioning)
        parts = sample_parts((8,))
    encoder.fit_texts([text for turns in DIALOGUES for text in turns])
    parts.turn_encoder = encoder
    return encoder, step, parts.train()


def one_update(step: SkipThoughtStep, parts: Parts, batch: Batch) -> Update:
    [update] = list(step.step(parts, batch, CONTEXT))
    return update


def numbers_of(encoder: SkipThought, text: str) -> list[int]:
    tensors = encoder.prepare([Turn(text)])
    numbers = tensors["words"][0, : int(tensors["lengths"][0])].tolist()
    return numbers[:-1] if encoder.settings.end_token else numbers


def slowly(encoder: SkipThought, step: SkipThoughtStep, every_word: bool) -> Tensor:
    """Predict neighbour by neighbour, word by word; return the mean over words, then models."""
    losses = []
    for name, model in encoder.models.items():
        decoders = step.decoders[name]
        lost: list[Tensor] = []
        for turns in DIALOGUES:
            for place, text in enumerate(turns):
                tensors = encoder.prepare([Turn(text)])
                sentence = model(made_ready(**tensors))
                for decoder, other in ((decoders.after, place + 1), (decoders.before, place - 1)):
                    if not 0 <= other < len(turns):
                        continue
                    state = torch.zeros(1, 8) if every_word else sentence
                    told = torch.zeros(1, 6)
                    for word in [*numbers_of(encoder, turns[other]), 0]:
                        given = torch.cat([told, sentence], 1) if every_word else told
                        _, state = decoder.gru(given.unsqueeze(1), state.unsqueeze(0))
                        state = state[0]
                        logits = decoders.output(state)
                        lost.append(functional.cross_entropy(logits, torch.tensor([word])))
                        told = model.words.weight[word].unsqueeze(0)
        losses.append(torch.stack(lost).mean())
    return torch.stack(losses).mean()


@pytest.mark.parametrize("mode", ["uni", "bi", "combine"])
@pytest.mark.parametrize("end_token", [False, True])
@pytest.mark.parametrize("conditioning", ["every-word", "first-state"])
def test_the_loss_is_a_slow_loop_over_words(
    build: Build, mode: str, end_token: bool, conditioning: str
) -> None:
    encoder, step, parts = made(build, conditioning, mode=mode, end_token=end_token)
    update = one_update(step, parts, batch_of(encoder, DIALOGUES))
    expected = slowly(encoder, step, conditioning == "every-word")
    torch.testing.assert_close(update.loss, expected)
    assert tuple(update.optimizers) == ("encoder",)
    assert set(update.metrics) == {"encoder.loss", "encoder.perplexity"}
    torch.testing.assert_close(update.metrics["encoder.loss"], expected.detach())
    torch.testing.assert_close(update.metrics["encoder.perplexity"], expected.detach().exp())


def test_what_stands_behind_the_last_word_or_turn_changes_nothing(build: Build) -> None:
    encoder, step, parts = made(build)
    batch = batch_of(encoder, DIALOGUES)
    words, lengths = batch.turn_tokens["words"], batch.turn_tokens["lengths"]
    places = torch.arange(words.shape[2])
    read = batch.turn_mask[:, :, None] & (places < lengths[:, :, None])
    wider = functional.pad(words, (0, 3))
    shown = one_update(step, parts, batch).loss
    for key, tensor in (("words", wider), ("lengths", lengths.masked_fill(~batch.turn_mask, 5))):
        batch.turn_tokens[key] = tensor  # pyright: ignore[reportIndexIssue]
    torch.testing.assert_close(one_update(step, parts, batch).loss, shown)
    assert bool((~read).any())


def test_each_model_learns_as_if_it_were_alone(build: Build) -> None:
    encoder, step, parts = made(build, mode="combine")
    batch = batch_of(encoder, DIALOGUES)
    one_update(step, parts, batch).loss.backward()
    alone, lone_step, lone_parts = made(build, mode="uni")
    alone.models["uni"].load_state_dict(encoder.models["uni"].state_dict())
    lone_step.decoders["uni"].load_state_dict(step.decoders["uni"].state_dict())
    one_update(lone_step, lone_parts, batch).loss.backward()
    for name, parameter in alone.models["uni"].named_parameters():
        both = encoder.models["uni"].get_parameter(name).grad
        assert both is not None
        torch.testing.assert_close(2 * both, parameter.grad, msg=name)


def test_every_weight_of_encoder_and_decoders_gets_a_gradient(build: Build) -> None:
    encoder, step, parts = made(build)
    one_update(step, parts, batch_of(encoder, DIALOGUES)).loss.backward()
    for module in (encoder, step):
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, name
            assert bool(parameter.grad.any()), name


def test_conversations_of_one_turn_teach_nothing_and_break_nothing(build: Build) -> None:
    encoder, step, parts = made(build)
    for dialogues in ([["yes."], ["no."]], [["yes."], []]):
        update = one_update(step, parts, batch_of(encoder, dialogues))
        assert update.loss.item() == 0
        update.loss.backward()


def test_it_runs_under_bfloat16_autocast(build: Build) -> None:
    encoder, step, parts = made(build)
    batch = batch_of(encoder, DIALOGUES)
    exact = one_update(step, parts, batch).loss
    with torch.autocast("cpu", torch.bfloat16):
        rough = one_update(step, parts, batch).loss
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, rtol=0.02, atol=0.02)
    rough.backward()


@pytest.mark.parametrize("conditioning", ["every-word", "first-state"])
def test_it_learns_a_small_batch_by_heart(build: Build, conditioning: str) -> None:
    encoder, step, parts = made(build, conditioning, width=32, word_width=16)
    batch = batch_of(encoder, DIALOGUES)
    optimizer = torch.optim.Adam([*encoder.parameters(), *step.parameters()], lr=0.02)
    first, now = 0.0, 0.0
    for number in range(80):
        update = one_update(step, parts, batch)
        now = float(update.loss.detach())
        first = first or now
        optimizer.zero_grad()
        update.loss.backward()
        optimizer.step()
        if number == 0:
            assert math.isclose(now, math.log(12), rel_tol=0.1), "at first all words are as likely"
    assert now < 0.1 * first


@pytest.mark.parametrize("mode", ["uni", "bi", "combine"])
def test_its_sizes_are_those_of_the_turn_encoder(build: Build, mode: str) -> None:
    sizes = {"mode": mode, "width": 10, "word_width": 7, "vocabulary": 9}
    encoder, step, parts = made(build, **sizes)
    assert list(step.decoders) == list(encoder.models)
    for decoders in step.decoders.values():
        assert decoders.output.weight.shape == (9, 10)
        assert decoders.after.gru.input_size == 7 + 10
    assert step.misfits(parts) == []


@pytest.mark.parametrize("kind", ["none", "another", "the authors'"])
def test_a_turn_encoder_that_it_cannot_train_is_refused(build: Build, kind: str) -> None:
    encoder = {
        "none": lambda: None,
        "another": lambda: sample_parts((8,)).turn_encoder,
        "the authors'": lambda: build(Role.TEXT_ENCODER, "skip-thought", {"folder": "nowhere"}),
    }[kind]()
    with pytest.raises(WrongInput) as raised:
        step_of(build, encoder)
    assert str(raised.value) == (
        "the step skip-thought trains a turn encoder 'skip-thought' without 'folder'; name one in "
        "parts.turn_encoder"
    )


def test_check_tells_it_with_the_phase(registry: Registry, tmp_path: Path) -> None:
    encoder = {"train": ["turn_encoder", "step"]}
    phase = {
        "name": "turns",
        "until": {"epochs": 1},
        "batch": 4,
        "optimizers": {"encoder": encoder},
        "step": "skip-thought",
    }
    with pytest.raises(WrongInput, match=r"^phases\.turns\.step   the step skip-thought trains a"):
        assemble_table({**RECIPE, "phases": [phase]}, registry, tmp_path, device="meta")
    own = {"use": "skip-thought", "mode": "uni", **SMALL}
    table = {**RECIPE, "parts": {**RECIPE["parts"], "turn_encoder": own}, "phases": [phase]}
    [step] = assemble_table(table, registry, tmp_path, device="meta").steps
    assert isinstance(step, SkipThoughtStep)
    assert step.decoders["uni"].output.weight.shape == (12, 8)


def test_it_needs_the_turns_as_words_and_no_pictures(build: Build) -> None:
    _, step, _ = made(build)
    assert tuple(step.tokens) == ("turns",)
    assert tuple(step.resolutions) == ()
