"""Advice against pictures that hardly differ: what a recipe does not do yet, by its own keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from painterkit.assembly import Assembly
from painterkit.plugins import load_plugins
from painterkit.reporting import collapse
from painterkit.training.launch import Outcome, train
from painterkit.training.remedies import remedies

from ..conftest import Workshop
from ..small_recipe import Table
from .test_resume import Notes, never

MakeAssembly = Callable[[Table], Assembly]

RATES = "phases.stage-1.optimizers.generator.learning_rate ({}){}phases.stage-1.optimizers."
RATES += "discriminator.learning_rate ({})"
NORM = "set parts.discriminators.8.norm to 'spectral'"
WORDS = "look whether the words reach the painter"


def rates(generator: str = "0.0002", discriminator: str = "0.0002") -> str:
    return "lower " + RATES.format(generator, " or raise ", discriminator)


@pytest.fixture
def advice(assembled: MakeAssembly, table: Table) -> Callable[..., list[str]]:
    """Return a function that gives the advice for the small recipe, changed."""

    def given(judge: Table | None = None, rate: float = 2e-4, **losses: Any) -> list[str]:
        phase = table["phases"][0]
        phase["optimizers"]["generator"]["learning_rate"] = 2e-4
        phase["optimizers"]["discriminator"]["learning_rate"] = rate
        phase["step"]["losses"] = {**phase["step"]["losses"], **losses}
        if judge is not None:
            table["parts"]["discriminators"]["8"] = judge
        return remedies(assembled(table), "stage-1")

    return given


def stackgan(norm: str) -> Table:
    return {"use": "stackgan", "channels": 4, "norm": norm}


def test_beside_batch_normalisation_no_penalty_is_advised(
    advice: Callable[..., list[str]],
) -> None:
    assert advice() == [rates(), NORM, WORDS]


@pytest.mark.parametrize("norm", ["none", "layer"])
def test_without_any_a_penalty_is_advised_as_well(
    advice: Callable[..., list[str]], norm: str
) -> None:
    assert advice(stackgan(norm)) == [rates(), NORM, "add the loss 'r1'", WORDS]


def test_spectral_normalisation_that_is_there_is_not_advised(
    advice: Callable[..., list[str]],
) -> None:
    assert advice(stackgan("spectral")) == [rates(), "add the loss 'r1'", WORDS]


@pytest.mark.parametrize("penalty", ["r1", "wgan-gp", "matching-aware-gradient-penalty"])
def test_a_penalty_that_is_there_is_not_advised(
    advice: Callable[..., list[str]], penalty: str
) -> None:
    assert advice(stackgan("none"), flat=penalty) == [rates(), NORM, WORDS]
    without_weight = {"use": penalty, "weight": 0.0}
    assert "add the loss 'r1'" in advice(stackgan("none"), flat=without_weight)


def test_a_critic_is_advised_the_penalty_that_is_its_own(advice: Callable[..., list[str]]) -> None:
    critic = {"use": "matching-aware", "kind": "wgan"}
    assert "add the loss 'wgan-gp'" in advice(stackgan("spectral"), matching=critic)


def test_the_discriminator_in_a_slot_is_named_by_its_own_key(
    advice: Callable[..., list[str]],
) -> None:
    found = advice({"use": "labelled", "inner": stackgan("batch")})
    assert found[1] == "set parts.discriminators.8.inner.norm to 'spectral'"
    assert advice({"use": "labelled", "inner": stackgan("spectral")})[1:] == [
        "add the loss 'r1'",
        WORDS,
    ]


def test_a_generator_that_learns_slowly_already_is_not_told_to_be_slower_than_the_judges(
    advice: Callable[..., list[str]],
) -> None:
    assert advice(rate=7e-4)[0] == rates(discriminator="0.0007")
    assert advice(rate=8e-4)[0] == "lower both " + RATES.format("0.0002", " and ", "0.0008")


def test_what_the_phase_does_not_train_is_not_advised(
    assembled: MakeAssembly, table: Table
) -> None:
    phases = table["phases"]
    phases[1]["optimizers"]["generator"]["train"] = ["dialogue_encoder"]
    table["parts"]["discriminators"] = {"8": stackgan("batch"), "16": stackgan("none")}
    assert remedies(assembled(table), "stage-2") == [
        "set parts.discriminators.16.norm to 'spectral'",
        "add the loss 'r1'",
        WORDS,
    ]


def test_a_training_whose_pictures_are_all_one_is_told_what_its_recipe_can_do(
    in_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collapse, "PATIENCE", 1)
    monkeypatch.setattr(collapse, "NARROW", 10.0)
    recipe = in_workshop.small(parts__discriminators__32__norm="spectral")
    notes = Notes()
    run = in_workshop.new_run("collapsing", recipe)
    assert train(recipe, load_plugins(), run, [notes], never) is Outcome.FINISHED
    first, second = [one for one in notes.sentences if one.startswith("the pictures hardly")]
    assert "phases.stage-1.optimizers.generator.learning_rate" in first
    assert "set parts.discriminators.16.norm to 'spectral'; or look" in first
    assert "phases.stage-2.optimizers.generator.learning_rate" in second
    assert "norm" not in second
    assert second.endswith("; or add the loss 'r1'; or look whether the words reach the painter")
    assert (run / "log.jsonl").read_text().count("the pictures hardly differ") == 2
