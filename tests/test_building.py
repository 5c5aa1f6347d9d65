"""One component by name, with the sizes that a recipe's parts would tell it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from attrs import frozen

from painterkit import Failure, WrongInput, build, load_plugins
from painterkit.building import NEEDED
from painterkit.interfaces.parts import Parts
from painterkit.plugins import LoadedPlugins
from painterkit.registry import Component, Offer, Registry
from painterkit.roles import Role
from painterkit.testing import SampleDataset
from painterkit.trainable import named_tensors

from .small_recipe import SMALL, assemble_table

PHASE = {
    "name": "only",
    "until": {"steps": 1},
    "batch": 4,
    "optimizers": {
        "generator": {"train": ["generator"]},
        "discriminator": {"train": ["discriminators"]},
    },
    "step": {"use": "adversarial", "resolutions": [8, 16], "losses": {"one": "matching-aware"}},
}


@frozen
class LostSettings:
    """Have nothing to set."""


@pytest.fixture(scope="module")
def plugins() -> LoadedPlugins:
    return load_plugins()


def problem_of(role: str, use: Any, **told: Any) -> str:
    with pytest.raises(WrongInput) as caught:
        build(role, use, **told)
    return str(caught.value)


def test_parts_built_one_by_one_are_those_that_a_recipe_assembles(
    plugins: LoadedPlugins, tmp_path: Path
) -> None:
    table = {**SMALL, "phases": [PHASE]}
    assembled = assemble_table(table, plugins.registry, tmp_path).parts
    used = SMALL["parts"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        words = build("text-encoder", used["caption_encoder"], plugins=plugins)
        reader = build(
            "dialogue-encoder", used["dialogue_encoder"], turn_width=words.width, plugins=plugins
        )
        width = words.width + reader.width
        generator = build("generator", used["generator"], embedding_width=width, plugins=plugins)
        judges = {
            int(size): build(
                Role.DISCRIMINATOR,
                use,
                resolution=int(size),
                condition_width=generator.condition_widths[int(size)],
                embedding_width=width,
                plugins=plugins,
            )
            for size, use in used["discriminators"].items()
        }
        seer = build("image-encoder", used["image_encoder"], plugins=plugins)
    ours = named_tensors(Parts(words, words, reader, generator, judges, seer))
    theirs = named_tensors(assembled)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_what_needs_no_size() -> None:
    assert build("noise-sampler", "gaussian").renewed == ()
    assert build(Role.LOSS, {"use": "standard:kl", "weight": 3}).weight == 3.0
    assert build("dialogue-encoder", "none", turn_width=0).width == 0
    faces = build("dataset", {"use": "avatars", "train": 8, "validation": 8})
    assert faces.size("train") == 8
    assert build("metric", "attribute-accuracy", dataset=faces) is not None


def test_a_size_reaches_what_is_built(plugins: LoadedPlugins) -> None:
    step = build("training-step", "predict-image", embedding_width=6, image_width=5)
    assert step.head.weight.shape == (5, 6)
    use = {"use": "attngan", "resolutions": [8, 16], "channels": 4, "words": ["turns"]}
    generator = build("generator", use, embedding_width=6, word_widths={"turns": 3})
    assert generator.word_sources == ("turns",)
    step = build(
        "training-step",
        {"use": "joint-embedding", "against": "images"},
        caption_width=7,
        image_width=4,
        resolution=16,
        dataset=SampleDataset(16),
    )
    assert {7, 4} <= {size for one in step.parameters() for size in one.shape}
    encoder = build("text-encoder", {"use": "skip-thought", "width": 8, "vocabulary": 40})
    assert build("training-step", "skip-thought", turn_encoder=encoder) is not None


def test_plugins_that_are_given_are_asked() -> None:
    kit = load_plugins([("kit", "painterkit.testing.sample_plugin")])
    assert build("text-encoder", {"use": "kit:sample", "width": 5}, plugins=kit).width == 5


@pytest.mark.parametrize(
    ("role", "use", "told", "said"),
    [
        ("generatr", "stackgan", {}, "there is no role 'generatr'; did you mean 'generator'?"),
        (
            "generator",
            "stackgn",
            {"embedding_width": 4},
            "generator   no generator is named 'stackgn'; did you mean 'stackgan'?",
        ),
        (
            "generator",
            {"use": "stackgan", "conditioner": {"use": "identity", "width": 3}},
            {"embedding_width": 4},
            "generator.conditioner.width   unknown key; there is nothing to set here",
        ),
        (
            "dialogue-encoder",
            {"hidden": 4},
            {"turn_width": 4},
            "dialogue-encoder   needs 'use', the name of a dialogue-encoder; known: ",
        ),
        (
            "discriminator",
            "stackgan",
            {"resolution": 16},
            "discriminator   needs condition_width, embedding_width: what the other parts have; "
            "write condition_width=..., embedding_width=...",
        ),
        (
            "conditioner",
            "identity",
            {"embedding_width": -1},
            "embedding_width   expected a whole number of at least 0, got -1",
        ),
        (
            "conditioner",
            "identity",
            {"embedding_width": "8"},
            "embedding_width   expected a whole number of at least 0, got '8'",
        ),
        (
            "discriminator",
            "stackgan",
            {"resolution": 20, "condition_width": 4, "embedding_width": 4},
            "the stackgan discriminator needs a power of two",
        ),
    ],
)
def test_what_cannot_be_is_told(role: str, use: Any, told: dict[str, int], said: str) -> None:
    assert said in problem_of(role, use, **told)


def test_every_size_that_a_role_cannot_do_without_is_asked_for(plugins: LoadedPlugins) -> None:
    """Built without it, layers would have no inputs and say nothing of it."""
    sizes: dict[str, Any] = {
        "turn_width": 8,
        "embedding_width": 8,
        "condition_width": 8,
        "resolution": 8,
        "word_widths": {"caption": 4, "turns": 8},
    }
    for offer in plugins.registry.offers():
        role = offer.component.role
        if role not in NEEDED:
            continue
        use = {"use": offer.qualified_name, **(offer.component.samples or [{}])[0]}
        part = build(role, use, dataset=SampleDataset(8), plugins=plugins, **sizes)
        assert all(one.numel() for one in part.parameters()), offer
        assert "needs" in problem_of(role, use, plugins=plugins)


def test_a_component_that_cannot_be_imported_is_a_failure() -> None:
    offer = Offer(Component(Role.LOSS, "lost", LostSettings, "nowhere_at_all:build"), "lost")
    with pytest.raises(Failure, match="nowhere_at_all"):
        build("loss", "lost", plugins=LoadedPlugins(Registry([offer]), (), ()))
