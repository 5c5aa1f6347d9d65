from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from attrs import frozen
from torch import Tensor

from painterkit.assembly import Assembly, assemble
from painterkit.data.batch import Batch
from painterkit.errors import Failure
from painterkit.interfaces.context import BuildContext
from painterkit.recipe_file.schema import Recipe
from painterkit.registry import Component, Offer, Registry
from painterkit.roles import Role
from painterkit.structure import structure
from painterkit.trainable import modules_of_phase, nearest_module, trainable_names, under

from ..small_recipe import assemble_table

Table = dict[str, Any]
Assembled = Callable[..., Assembly]


def test_sizes_are_agreed_between_the_parts(table: Table, assembled: Assembled) -> None:
    table["parts"]["turn_encoder"] = {"use": "hashed-words", "width": 9}
    table["parts"]["discriminators"]["16"] = {"use": "stackgan", "reads": "embedding"}
    assembly = assembled(table)
    parts = assembly.parts
    assert parts.dialogue_encoder.lstm.input_size == 9
    assert parts.generator.stage1.conditioner.linear.in_features == 8 + 6
    assert parts.discriminator(16).told.in_features == 8 + 6
    assert parts.discriminator(8).conditional.joined[0].in_channels == 4 + 6
    context = assembly.context
    assert (context.caption_width, context.turn_width, context.embedding_width) == (8, 9, 14)
    assert (context.image_width, context.resolution) == (4, 8)


def test_one_encoder_reads_captions_and_turns_unless_told_otherwise(
    table: Table, assembled: Assembled
) -> None:
    parts = assembled(table).parts
    assert parts.turn_encoder is parts.caption_encoder
    table["parts"]["turn_encoder"] = {"use": "hashed-words", "width": 8}
    parts = assembled(table).parts
    assert parts.turn_encoder is not parts.caption_encoder


def test_weights_are_a_function_of_the_seed(table: Table, assembled: Assembled) -> None:
    torch.manual_seed(1)
    first = assembled(table).parts.state_dict()
    torch.manual_seed(2)
    before = torch.get_rng_state()
    again = assembled(table).parts.state_dict()
    assert torch.equal(torch.get_rng_state(), before), "assembling used up torch's numbers"
    assert first.keys() == again.keys()
    assert all(torch.equal(first[name], again[name]) for name in first)
    other = assembled({**table, "seed": 1}).parts.state_dict()
    name = "generator.stage1.seed.0.weight"
    assert not torch.equal(first[name], other[name])


def test_on_the_meta_device_nothing_is_allocated(table: Table, assembled: Assembled) -> None:
    table["parts"]["generator"]["channels"] = 8192
    assembly = assembled(table, device="meta")
    assert {parameter.device.type for parameter in assembly.parts.parameters()} == {"meta"}
    assert sum(p.numel() for p in assembly.parts.generator.parameters()) > 1e9


def test_each_phase_has_a_step_of_its_own(table: Table, assembled: Assembled) -> None:
    reader = {
        "name": "reader",
        "until": {"steps": 1},
        "batch": 4,
        "optimizers": {"reader": {"train": ["dialogue_encoder", "step.head"]}},
        "step": "predict-image",
    }
    table["phases"].insert(0, reader)
    assembly = assembled(table)
    assert [type(step).__name__ for step in assembly.steps] == ["PredictImage", "Adversarial"]
    first, second = (modules_of_phase(assembly.parts, step) for step in assembly.steps)
    assert first.keys() - second.keys() == {"step"}
    assert "step.head.weight" in trainable_names(assembly.parts, assembly.steps[0])


def test_a_painter_without_dialogue_reads_the_caption_alone(
    table: Table, assembled: Assembled
) -> None:
    table["parts"]["dialogue_encoder"] = "none"
    table["phases"][0]["optimizers"]["generator"]["train"] = ["generator.stage1"]
    assert assembled(table).parts.generator.stage1.conditioner.linear.in_features == 8


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("generator.stage1.up", "generator.stage1", True),
        ("generator.stage1", "generator.stage1", True),
        ("generator.stage10.up", "generator.stage1", False),
        ("generator.stage1", "generator.stage1.up", False),
        ("my.generator.stage1", "generator", False),
    ],
)
def test_a_prefix_is_whole_words(name: str, prefix: str, expected: bool) -> None:
    assert under(name, prefix) is expected


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("generater", "did you mean 'generator'?"),
        ("generater.stage1", "did you mean 'generator'?"),
        ("generator.stage3", "did you mean 'generator.stage2'?"),
        ("generator.stage1.upp", "did you mean 'generator.stage1.up'?"),
        ("generator.blocks.0", "'generator' is all of it, and holds stage1, stage2"),
        ("discriminators.16", "known: generator, step"),
    ],
)
def test_hints_look_in_the_last_module_that_there_is(name: str, hint: str) -> None:
    names = ["generator.stage1.up.0.weight", "generator.stage2.bias", "step.head.weight"]
    assert nearest_module(name, names) == hint


def test_the_words_read_are_caption_and_dialogue_joined(table: Table, assembled: Assembled) -> None:
    parts = assembled(table).parts
    lengths = torch.tensor([2, 0])
    batch = Batch(
        rows=torch.arange(2),
        image_rows=torch.arange(2),
        images={},
        captions=torch.randn(2, 8),
        turns=torch.randn(2, 3, 8),
        turn_mask=torch.arange(3) < lengths[:, None],
    )
    drawn = torch.tensor([[0, 1], [-1, -1]])
    embedding = parts.embed(batch, drawn)
    assert embedding.shape == (2, 2, 8 + 6)
    for moment in (0, 1):
        assert torch.equal(embedding[:, moment, :8], batch.captions)
    said = parts.dialogue_encoder(batch.turns, batch.turn_mask, drawn)
    assert torch.equal(embedding[:, :, 8:], said)
    assert not bool(embedding[1, :, 8:].any())


def test_without_more_it_is_the_recipes_data_in_the_usual_cache(
    table: Table, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAINTERKIT_CACHE", str(tmp_path / "usual"))
    table["data"] = {"use": "avatars", "resolution": 32, "train": 8, "validation": 8}
    assembly = assemble(structure(table, Recipe, registry), registry)
    assert assembly.context.cache == tmp_path / "usual"
    assert (assembly.dataset.resolution, assembly.dataset.size("train")) == (32, 8)
    assert assembly.context.dataset is assembly.dataset


@frozen
class NoSettings:
    """Draw blots."""


class Blots:
    """Lack what a generator says of its conditions."""

    resolutions = (8, 16)
    noise_widths: ClassVar = {"z": 5}

    def begin(self, batch_size: int, device: torch.device) -> None:
        """Remember nothing."""

    def forward(self, embedding: Tensor) -> Tensor:
        """Return what is no GeneratorOutput; nobody comes so far."""
        return embedding


def blots(settings: Any, context: BuildContext) -> Blots:
    return Blots()


def nothing(settings: Any, context: BuildContext) -> None:
    pass


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (blots, "blots returned Blots, which lacks 'condition_widths' of a generator; this is a"),
        (nothing, "nothing returned nothing, and no generator; this is a fault of the plugin;"),
    ],
)
def test_a_plugin_that_builds_no_such_part_is_named(
    function: Any, words: str, table: Table, registry: Registry, tmp_path: Path
) -> None:
    build = f"{__name__}:{function.__name__}"
    component = Component(Role.GENERATOR, "blots", NoSettings, build)
    table["parts"]["generator"] = "blots"
    offers = [*registry.offers(), Offer(component, "blotting")]
    with pytest.raises(Failure) as caught:
        assemble_table(table, Registry(offers), tmp_path)
    message = str(caught.value)
    assert message.startswith("component 'blots' of plugin 'blotting'")
    assert words in message
    assert "'painterkit check --plugin blotting' tells more" in message
