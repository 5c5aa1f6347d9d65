"""What has random weights where it should not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from painterkit.assembly import Assembly
from painterkit.errors import Problem
from painterkit.untrained import forgotten_pieces, untrained_encoders

Table = dict[str, Any]


def warned(assembly: Assembly) -> list[Problem]:
    return untrained_encoders(assembly.recipe, assembly.parts, assembly.steps)


def test_an_encoder_that_nobody_trains_is_told(
    table: Table, assembled: Callable[..., Assembly]
) -> None:
    table["parts"]["turn_encoder"] = "hashed-words"
    table["parts"]["caption_encoder"] = {
        "use": "char-cnn-rnn",
        "width": 8,
        "channels": [8, 8, 8],
    }
    assembly = assembled(table)
    [problem] = warned(assembly)
    assert str(problem) == (
        "parts.caption_encoder   starts with random weights, and no phase trains it; name a file "
        "of weights, a phase that trains it before the painter, or in [weights] a run that has "
        "trained it"
    )
    table["weights"] = {"caption_encoder": "runs/gone"}
    taken = assembled(table)
    assert warned(taken) == []
    table["weights"] = {"dialogue_encoder": "runs/gone"}
    taken = assembled(table)
    assert warned(taken) == [problem]
    del table["weights"]
    words = {
        "name": "words",
        "until": {"steps": 1},
        "batch": 4,
        "step": "joint-embedding",
        "optimizers": {"encoder": {"train": ["caption_encoder", "step"]}},
    }
    table["phases"].insert(0, words)
    trained = assembled(table)
    assert warned(trained) == []


def test_a_piece_of_the_generator_that_no_phase_trains(
    table: Table, assembled: Callable[..., Assembly]
) -> None:
    table["phases"][0]["optimizers"]["generator"]["train"] = ["generator.stage1"]
    made = assembled(table)
    generator = [name for name, _ in made.parts.generator.named_parameters()]
    stage_2 = [name for name in generator if name.startswith("stage2.")]
    [problem] = forgotten_pieces(made.recipe, made.parts)
    assert str(problem) == (
        f"parts.generator   no phase trains {len(stage_2)} of its {len(generator)} parameters, "
        f"such as 'generator.{stage_2[0]}': they stay as random as they start; to train all of it, "
        "name 'generator' in 'train' of an optimizer"
    )
    table["weights"] = {"generator.stage2": "runs/gone"}
    taken = assembled(table)
    assert not list(forgotten_pieces(taken.recipe, taken.parts)), "it takes weights"
    del table["weights"]
    table["phases"][0]["optimizers"]["generator"]["train"] = ["generator"]
    whole = assembled(table)
    assert not list(forgotten_pieces(whole.recipe, whole.parts))


def reader_first(table: Table, step: Any) -> None:
    """Let a phase predict what is seen before another trains what sees it."""
    sees = {"use": "convolutional", "width": 4, "resolution": 8, "channels": 4}
    table["parts"]["image_encoder"] = sees
    reader = {
        "name": "reader",
        "until": {"steps": 1},
        "batch": 4,
        "step": step,
        "optimizers": {"reader": {"train": ["dialogue_encoder", "step.head"]}},
    }
    words = {
        "name": "pictures",
        "until": {"steps": 1},
        "batch": 4,
        "step": {"use": "classify-image", "of": "attributes"},
        "optimizers": {"encoder": {"train": ["image_encoder", "step"]}},
    }
    table["phases"][:0] = [reader, words]


def test_an_image_encoder_that_is_asked_before_it_is_trained(
    table: Table, assembled: Callable[..., Assembly]
) -> None:
    reader_first(table, "predict-image")
    [problem] = warned(assembled(table))
    assert str(problem) == (
        "phases.reader.step   'predict-image' asks what parts.image_encoder sees, which has random "
        "weights still: no phase before trains it; put the phase that trains it before this one"
    )
    table["phases"][:2] = reversed(table["phases"][:2])
    assert warned(assembled(table)) == []


def test_to_name_it_in_a_phase_that_asks_it_does_not_train_it(
    table: Table, assembled: Callable[..., Assembly]
) -> None:
    reader_first(table, "predict-image")
    del table["phases"][1]
    table["phases"][0]["optimizers"]["reader"]["train"].append("image_encoder")
    [problem] = warned(assembled(table))
    assert problem.where == "phases.reader.step"


def test_a_step_with_an_image_encoder_of_its_own_asks_no_other(
    table: Table, assembled: Callable[..., Assembly]
) -> None:
    own = {"use": "pixel-components", "width": 4, "resolution": 8}
    reader_first(table, {"use": "predict-image", "image_encoder": own})
    assert warned(assembled(table)) == []
