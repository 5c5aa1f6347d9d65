"""Every sentence about parts that do not fit each other, in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from painterkit.assembly import Assembly

Table = dict[str, Any]
Problems = Callable[..., list[str]]


def phase(table: Table) -> Table:
    return table["phases"][0]


def test_pictures_that_cannot_be_reduced(table: Table, problems: Problems) -> None:
    assert problems(table, resolution=24) == [
        "data.resolution   pictures of 24 px cannot be reduced to the generator's 16 px; give 16",
    ]


def test_pictures_that_are_too_small(table: Table, problems: Problems) -> None:
    assert problems(table, resolution=8) == [
        "data.resolution   pictures of 8 px cannot be reduced to the generator's 16 px; give 16",
    ]


def test_a_step_that_needs_pictures_that_the_data_have_not(
    table: Table, problems: Problems
) -> None:
    phase(table)["step"] = "predict-image"
    phase(table)["optimizers"] = {"reader": {"train": ["dialogue_encoder", "step.head"]}}
    table["parts"]["image_encoder"]["resolution"] = 6
    assert problems(table) == [
        "phases.stage-1.step   the data have no pictures that reduce to 6 px",
    ]


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_a_dialogue_encoder_without_turns_to_read(
    table: Table, problems: Problems, assembled: Callable[..., Assembly]
) -> None:
    table["parts"]["caption_encoder"] = "none"
    assert problems(table) == [
        "parts.dialogue_encoder   has nothing to read: the turn encoder reads nothing; "
        "name a text encoder in parts.turn_encoder that reads turns",
    ]
    table["parts"]["dialogue_encoder"] = {"use": "reader", "hidden": 6}
    assert problems(table) == [
        "parts.turn_encoder   reads nothing, so there is nothing for the dialogue encoder to read; "
        "name a text encoder that reads turns",
    ]
    table["parts"]["turn_encoder"] = "attribute-value"
    assert assembled(table).context.caption_width == 0


def test_a_discriminator_for_a_picture_that_nobody_draws(table: Table, problems: Problems) -> None:
    table["parts"]["discriminators"]["64"] = "stackgan"
    assert problems(table) == [
        "parts.discriminators.64   the generator draws no picture of 64 px; it draws 8, 16",
    ]


def test_a_step_for_a_picture_that_nobody_draws(table: Table, problems: Problems) -> None:
    table["parts"]["generator"]["resolutions"] = [8]
    table["parts"]["discriminators"] = {"8": {"use": "stackgan"}}
    phase(table)["step"]["resolutions"] = [16]
    assert problems(table) == [
        "phases.stage-1.step   the generator draws no picture of 16 px; it draws 8",
    ]


def test_a_step_without_its_discriminator(table: Table, problems: Problems) -> None:
    del table["parts"]["discriminators"]["8"]
    phase(table)["optimizers"]["discriminator"]["train"] = ["discriminators.16"]
    assert problems(table) == [
        "phases.stage-1.step   nobody judges pictures of 8 px; name a discriminator in "
        "parts.discriminators.8",
    ]


def test_a_step_without_a_loss_for_one_side(table: Table, problems: Problems) -> None:
    phase(table)["step"]["losses"] = {"kl": "kl"}
    assert problems(table) == [
        "phases.stage-1.step   no loss belongs to the discriminator's update; name one in "
        "step.losses",
    ]


def test_optimizers_under_other_names_than_the_step_asks_for(
    table: Table, problems: Problems
) -> None:
    optimizers = phase(table)["optimizers"]
    optimizers["discriminators"] = optimizers.pop("discriminator")
    assert problems(table) == [
        "phases.stage-1.optimizers   the step asks for an optimizer 'discriminator'; did you mean "
        "'discriminators'?",
        "phases.stage-1.optimizers.discriminators   the step never asks for it; did you mean "
        "'discriminator'?",
    ]


def test_an_optimizer_that_is_missing(table: Table, problems: Problems) -> None:
    del phase(table)["optimizers"]["discriminator"]
    assert problems(table) == [
        "phases.stage-1.optimizers   the step asks for an optimizer 'discriminator'; known: "
        "generator",
    ]


def test_a_prefix_that_matches_nothing(table: Table, problems: Problems) -> None:
    phase(table)["optimizers"]["generator"]["train"] = ["generator.stage3", "dialogue_encoder"]
    assert problems(table) == [
        "phases.stage-1.optimizers.generator.train   no parameter is named 'generator.stage3' or "
        "stands under it; did you mean 'generator.stage2'?",
    ]


def test_a_factor_for_what_the_optimizer_does_not_train(table: Table, problems: Problems) -> None:
    optimizer = phase(table)["optimizers"]["generator"]
    optimizer["rate_factors"] = {"dialogue_encoder": 0.1, "discriminators.8": 0.1}
    assert problems(table) == [
        "phases.stage-1.optimizers.generator.rate_factors   it trains no parameter that is named "
        "'discriminators.8' or stands under it; known: dialogue_encoder, generator",
    ]


def test_half_a_word_is_no_prefix(table: Table, problems: Problems) -> None:
    phase(table)["optimizers"]["generator"]["train"] = ["generator.stage"]
    [sentence] = problems(table)
    assert "no parameter is named 'generator.stage' or stands under it" in sentence


def test_what_cannot_be_trained_is_no_prefix(table: Table, problems: Problems) -> None:
    phase(table)["optimizers"]["generator"]["train"] = ["generator", "caption_encoder"]
    [sentence] = problems(table)
    assert "no parameter is named 'caption_encoder' or stands under it" in sentence


def test_a_parameter_that_two_optimizers_train(table: Table, problems: Problems) -> None:
    optimizers = phase(table)["optimizers"]
    optimizers["discriminator"]["train"] = ["discriminators.8", "generator.stage1.seed"]
    assert problems(table) == [
        "phases.stage-1.optimizers.discriminator.train   'generator.stage1.seed' is trained by "
        "the optimizer 'generator' already",
    ]


def test_a_prefix_inside_another(table: Table, problems: Problems) -> None:
    phase(table)["optimizers"]["generator"]["train"] = ["generator", "generator.stage1"]
    assert problems(table) == [
        "phases.stage-1.optimizers.generator.train   'generator.stage1' is trained by the "
        "optimizer 'generator' already",
    ]


def test_every_misfit_is_told_at_once(table: Table, problems: Problems) -> None:
    second = {**phase(table), "name": "stage-2"}
    second["optimizers"] = {
        "generator": {"train": ["generator.stag2"]},
        "discriminator": {"train": ["discriminators.17"]},
    }
    second["step"] = {**second["step"], "resolutions": [32]}
    table["phases"].append(second)
    places = [sentence.split("   ")[0] for sentence in problems(table, resolution=24)]
    assert places == [
        "data.resolution",
        "phases.stage-2.step",
        "phases.stage-2.step",
        "phases.stage-2.optimizers.generator.train",
        "phases.stage-2.optimizers.discriminator.train",
    ]


def test_a_component_that_refuses_its_settings_says_why(table: Table, problems: Problems) -> None:
    table["parts"]["generator"]["resolutions"] = [12, 24]
    table["parts"]["discriminators"] = {}
    [sentence] = problems(table, resolution=24)
    assert sentence.startswith("parts.generator (stackgan.resolutions)   must be one or two rising")


def test_a_text_encoder_is_not_trained_through_its_vectors(
    table: Table, problems: Problems
) -> None:
    table["parts"]["caption_encoder"] = {
        "use": "char-cnn-rnn",
        "width": 8,
        "channels": [8, 8, 8],
    }
    phase(table)["optimizers"]["generator"]["train"] += ["caption_encoder.projection"]
    assert problems(table) == [
        "phases.stage-1.optimizers.generator.train   the step 'adversarial' reads vectors that "
        "'caption_encoder.projection' gave before the phase, so it cannot train it; train it in a "
        "phase of its own, before this one",
    ]


def test_a_name_of_another_base_is_told_with_what_this_one_has(
    table: Table, problems: Problems
) -> None:
    table["phases"][0]["optimizers"]["generator"]["train"] = ["generator.blocks.0"]
    assert problems(table) == [
        "phases.stage-1.optimizers.generator.train   no parameter is named 'generator.blocks.0' or "
        "stands under it; 'generator' is all of it, and holds stage1, stage2",
    ]


def test_names_that_take_weights(table: Table, problems: Problems) -> None:
    table["weights"] = {
        "generator": "runs/a",
        "generator.stage1": "runs/a",
        "generator.stage10": "runs/a",
        "generator.stage2": "",
        "dialog_encoder": "runs/a#dialogue_encoder",
        "discriminators.8": "runs/a#",
    }
    twice = (
        "stands under 'generator', which takes weights for all of it; leave one of the two out, or "
        "name the modules of 'generator' one by one"
    )
    assert problems(table) == [
        f'weights."generator.stage1"   {twice}',
        "weights.\"generator.stage10\"   no parameter or buffer is named 'generator.stage10' or "
        "stands under it; did you mean 'generator.stage1'?",
        f'weights."generator.stage10"   {twice}',
        "weights.\"generator.stage2\"   expected 'RUN' or 'RUN#NAME', got ''",
        f'weights."generator.stage2"   {twice}',
        "weights.dialog_encoder   no parameter or buffer is named 'dialog_encoder' or stands under "
        "it; did you mean 'dialogue_encoder'?",
        "weights.\"discriminators.8\"   expected 'RUN' or 'RUN#NAME', got 'runs/a#'",
    ]


def test_an_encoder_that_reads_both_takes_weights_by_one_name(
    table: Table, problems: Problems
) -> None:
    table["parts"]["caption_encoder"] = {"use": "char-cnn-rnn", "channels": [8, 8, 8]}
    table["weights"] = {"turn_encoder": "runs/a"}
    assert problems(table) == [
        "weights.turn_encoder   no parameter or buffer is named 'turn_encoder' or stands under it; "
        "did you mean 'caption_encoder'?",
    ]
