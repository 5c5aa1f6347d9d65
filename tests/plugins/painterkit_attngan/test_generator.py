from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor
from torch.nn import functional

from painterkit.data.words import Words
from painterkit.errors import WrongInput
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.structure import WrongData, structure
from painterkit.testing.inputs import noises, normal, shaken
from painterkit.testing.subject import TURN_WIDTH, WORD_WIDTH
from painterkit_attngan.settings import AttnGANSettings

Build = Callable[..., Any]

ROWS, LONGEST = 4, 3
WIDTHS = {"caption": WORD_WIDTH, "dialogue": WORD_WIDTH, "turns": TURN_WIDTH}
SMALL = {
    "resolutions": [8, 16, 32],
    "channels": 4,
    "noise": 6,
    "residual_blocks": 1,
    "conditioner": {"use": "conditioning-augmentation", "width": 5, "activation": "glu"},
}


def made(build: Build, **table: Any) -> Any:
    return build(Role.GENERATOR, "attngan", {**SMALL, **table})


def said(*lengths: int, source: str = "caption", seed: int = 0) -> Words:
    """Return words of conversations of so many words each."""
    mask = torch.arange(LONGEST) < torch.tensor(lengths)[:, None]
    return Words(normal(len(lengths), LONGEST, WIDTHS[source], seed=seed), mask)


CAPTIONS = {"caption": said(3, 1, 2, 0)}


def draw(generator: Any, words: Any = CAPTIONS, **told: Any) -> Any:
    return generator(normal(ROWS, 20), noises(generator.noise_widths, ROWS), words=words, **told)


def test_at_256_px_two_stages_look_and_double_a_64_px_map(build: Build) -> None:
    shapes: list[tuple[int, ...]] = []
    with torch.device("meta"):
        generator = build(Role.GENERATOR, "attngan", {})
        for stage in generator.stages.values():
            stage.register_forward_hook(lambda _, __, out: shapes.append(first_of(out).shape[1:]))
        for size in ("128", "256"):
            generator.stages[size].residual.register_forward_hook(
                lambda _, __, out: shapes.append(out.shape[1:])
            )
        noise = {name: torch.empty(2, width) for name, width in generator.noise_widths.items()}
        words = {"caption": Words(torch.empty(2, 18, WORD_WIDTH), torch.ones(2, 18).bool())}
        output = generator(torch.empty(2, 20), noise, words=words)
    assert shapes == [(32, 64, 64), (64, 64, 64), (32, 128, 128), (64, 128, 128), (32, 256, 256)]
    assert {size: one.shape for size, one in output.images.items()} == {
        64: (2, 3, 64, 64),
        128: (2, 3, 128, 128),
        256: (2, 3, 256, 256),
    }
    assert {size: one["caption"].shape for size, one in output.attention.items()} == {
        128: (2, 18, 64, 64),
        256: (2, 18, 128, 128),
    }


def first_of(output: Any) -> Tensor:
    return output if isinstance(output, Tensor) else output[0]


def test_a_stage_is_as_equation_1_says(build: Build) -> None:
    """h_i = F_i(h_{i-1}, F_attn(e, h_{i-1})), and the picture is G_i(h_i)."""
    generator = shaken(made(build)).eval()
    output, words = draw(generator), CAPTIONS["caption"]
    seen = generator.stages["8"](
        noises(generator.noise_widths, ROWS)["z"], output.conditions[8].code
    )
    for size in (16, 32):
        stage = generator.stages[str(size)]
        weight = stage.attention.projections["caption"].weight
        known = words.vectors @ weight.T
        scores = torch.einsum("bchw,blc->blhw", seen, known)
        scores = scores.masked_fill(~words.mask[:, :, None, None], -1e9)
        looked = scores.softmax(dim=1) * words.mask[:, :, None, None]
        torch.testing.assert_close(output.attention[size]["caption"], looked)
        found = torch.einsum("blhw,blc->bchw", looked, known)
        seen = stage.up(stage.residual(torch.cat([seen, found], dim=1)))
        picture = functional.conv2d(seen, generator.heads[str(size)].weight, padding=1).tanh()
        torch.testing.assert_close(output.images[size], picture, rtol=1e-4, atol=1e-5)


def test_the_first_stage_is_that_of_stackgan_v2(build: Build) -> None:
    """It has the same weights under the same names, and no word reaches it."""
    ours, theirs = made(build), build(Role.GENERATOR, "stackgan-pp", {**SMALL, "channels": 4})
    theirs.stages["8"].load_state_dict(ours.stages["8"].state_dict())
    coarse = draw(ours).images[8]
    others = draw(ours, {"caption": said(1, 3, 0, 2, seed=1)})
    assert torch.equal(coarse, others.images[8])
    assert not torch.equal(draw(ours).images[16], others.images[16])


@pytest.mark.parametrize("cast", [False, True], ids=["float32", "bfloat16"])
def test_a_conversation_without_words_is_drawn_as_if_nobody_looked(
    build: Build, cast: bool
) -> None:
    generator = shaken(made(build, words=["caption", "turns"])).eval()
    words = {**CAPTIONS, "turns": said(1, 0, 2, 0, source="turns", seed=1)}
    with torch.autocast("cpu", torch.bfloat16, enabled=cast):
        output, silent = draw(generator, words), draw(generator, None)
    for size, image in output.images.items():
        assert bool(torch.isfinite(image).all())
        torch.testing.assert_close(image[3], silent.images[size][3], rtol=0, atol=1e-2)
        assert size == 8 or not torch.equal(image[0], silent.images[size][0])
    for maps in output.attention.values():
        assert not any(bool(one[3].any()) for one in maps.values())


def test_each_source_has_its_own_matrix_and_all_share_one_softmax(build: Build) -> None:
    generator = made(build, words=["turns", "caption"])
    assert generator.word_sources == ("turns", "caption")
    attention = generator.stages["16"].attention.projections
    assert {source: one.weight.shape for source, one in attention.items()} == {
        "turns": (4, TURN_WIDTH),
        "caption": (4, WORD_WIDTH),
    }
    words = {**CAPTIONS, "turns": said(1, 1, 2, 0, source="turns", seed=1)}
    maps = draw(generator, words).attention[16]
    assert {source: one.shape for source, one in maps.items()} == dict.fromkeys(
        ("caption", "turns"), (ROWS, LONGEST, 8, 8)
    )
    total = torch.cat(list(maps.values()), dim=1).sum(dim=1)
    torch.testing.assert_close(total[:3], torch.ones(3, 8, 8))


def test_what_is_finer_than_the_largest_is_not_drawn(build: Build) -> None:
    generator = made(build).eval()
    whole, coarse = draw(generator), draw(generator, largest=16)
    assert list(whole.images) == list(whole.conditions) == [8, 16, 32]
    assert list(whole.attention) == [16, 32]
    assert list(coarse.images) == list(coarse.conditions) == [8, 16]
    assert list(coarse.attention) == [16]
    assert torch.equal(coarse.images[16], whole.images[16])
    assert draw(generator, largest=8).attention == {}


def test_all_stages_share_one_condition_and_nothing_is_remembered(build: Build) -> None:
    generator = made(build)
    output = draw(generator)
    assert len({id(one) for one in output.conditions.values()}) == 1
    assert generator.begin(ROWS, torch.device("cpu")) is None
    assert output.state is None


def test_it_starts_orthogonal(build: Build) -> None:
    generator = made(build)
    for weight in (
        generator.stages["16"].attention.projections["caption"].weight,
        generator.stages["8"].seed[0].weight.T,
        generator.heads["32"].weight.flatten(1),
    ):
        torch.testing.assert_close(weight @ weight.T, torch.eye(len(weight)), rtol=0, atol=1e-5)


def gradients(generator: Any, words: Mapping[str, Words]) -> dict[str, Tensor]:
    shaken(generator)
    image = draw(generator, words).images[32]
    (image * normal(*image.shape)).sum().backward()
    return {name: p.grad for name, p in generator.named_parameters() if p.grad is not None}


def test_save_memory_changes_nothing(build: Build) -> None:
    usual, saving = made(build), made(build, save_memory=True)
    saving.load_state_dict(usual.state_dict())
    learnt = CAPTIONS["caption"].vectors.clone().requires_grad_()
    words = {"caption": evolve(CAPTIONS["caption"], vectors=learnt)}
    expected = gradients(usual, words)
    told, learnt.grad = learnt.grad, None
    found = gradients(saving, words)
    assert expected.keys() == found.keys()
    for name, one in expected.items():
        torch.testing.assert_close(found[name], one, rtol=1e-4, atol=1e-5, msg=name)
    torch.testing.assert_close(learnt.grad, told, rtol=1e-4, atol=1e-5)


GIVEN = {
    "a caption alone": {"caption": 7},
    "turns as wholes": {"turns": 10},
    "nothing": {},
}


@pytest.mark.parametrize(
    ("words", "given", "sentences"),
    [
        (
            ["caption", "turns"],
            "turns as wholes",
            [
                "attngan.words   there are no words of 'caption': the caption encoder gives none; "
                "choose a caption_encoder that gives words, such as 'word-lstm', or look at what "
                "there is: words = ['turns']"
            ],
        ),
        (
            ["dialogue"],
            "turns as wholes",
            [
                "attngan.words   there are no words of 'dialogue': the turn encoder gives none; "
                "choose a turn_encoder that gives words, such as 'word-lstm', or look at what "
                "there is: words = ['turns']"
            ],
        ),
        (
            ["caption", "turns"],
            "a caption alone",
            [
                "attngan.words   there are no words of 'turns': no turns are read; choose a "
                "dialogue_encoder that reads turns, or look at what there is: words = ['caption']"
            ],
        ),
        (
            ["caption", "dialogue"],
            "nothing",
            [
                "attngan.words   there are no words of 'caption': the caption encoder gives none; "
                "choose a caption_encoder that gives words, such as 'word-lstm'",
                "attngan.words   there are no words of 'dialogue': no turns are read; choose a "
                "dialogue_encoder that reads turns",
            ],
        ),
    ],
)
def test_words_that_no_encoder_gives_are_refused(
    build: Build, words: list[str], given: str, sentences: list[str]
) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.GENERATOR, "attngan", {**SMALL, "words": words}, word_widths=GIVEN[given])
    assert [str(problem) for problem in raised.value.problems] == sentences


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (
            {"resolutions": [64, 96]},
            "must be powers of two, each twice the one before, as each stage doubles the height "
            "once: got [64, 96], the nearest is [64, 128]",
        ),
        (
            {"resolutions": [48, 96, 192]},
            "must be powers of two, each twice the one before, as each stage doubles the height "
            "once: got [48, 96, 192], the nearest is [32, 64, 128]",
        ),
        (
            {"resolutions": [64, 256]},
            "must be powers of two, each twice the one before, as each stage doubles the height "
            "once: got [64, 256], the nearest is [64, 128]",
        ),
        ({"resolutions": [64]}, "needs at least 2 entries, got 1"),
        ({"resolutions": [4, 8]}, "must be at least 8, got 4"),
        ({"words": []}, "must not be empty"),
        (
            {"words": ["turns", "caption", "turns"]},
            "names 'turns' more than once: each source is looked at once; "
            "leave ['turns', 'caption']",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(
    registry: Registry, table: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(WrongData) as raised:
        structure(table, AttnGANSettings, registry)
    [problem] = raised.value.problems
    [key] = table
    assert str(problem).endswith(f"{key}   {sentence}")
