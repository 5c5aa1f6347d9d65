"""A critic whose slope nothing bounds is refused before any training."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from painterkit.assembly import Assembly
from painterkit.errors import WrongInput
from painterkit.interfaces.loss import Side
from painterkit.registry import Registry
from painterkit_standard.adversarial_fit import step_misfits
from painterkit_standard.training_settings import AdversarialSettings

from ...small_recipe import SMALL, Table, assemble_table

SPECTRAL = {"use": "stackgan", "channels": 4, "norm": "spectral"}
FREE = {**SPECTRAL, "norm": "layer"}
CRITIC = {"matching": {"use": "matching-aware", "kind": "wgan"}}
PENALTIES = ["r1", "wgan-gp", "matching-aware-gradient-penalty"]

Assembled = Callable[[Table, Table], Assembly]


@pytest.fixture
def assembled(registry: Registry, tmp_path: Path) -> Assembled:
    """Return a function that assembles a small recipe with one adversarial step of 8 px."""

    def assemble(judge: Table, losses: Table) -> Assembly:
        table = deepcopy(SMALL)
        table["parts"]["discriminators"] = {"8": judge, "16": FREE}
        step = {"use": "adversarial", "resolutions": [8], "losses": losses}
        optimizers = {
            "generator": {"train": ["generator.stage1", "dialogue_encoder"]},
            "discriminator": {"train": ["discriminators.8"]},
        }
        phase = {"name": "joint", "until": {"steps": 1}, "batch": 5}
        table["phases"] = [{**phase, "optimizers": optimizers, "step": step}]
        return assemble_table(table, registry, tmp_path, device="meta")

    return assemble


def refused(assembled: Assembled, judge: Table, losses: Table) -> list[str]:
    with pytest.raises(WrongInput) as caught:
        assembled(judge, losses)
    return [str(problem) for problem in caught.value.problems]


def unbounded(lack: str) -> list[str]:
    return [
        "phases.joint.step   the loss 'matching' needs discriminators whose slope is bounded, or "
        f"it falls without end, and that of 8 px {lack}add the loss 'wgan-gp', 'r1' or "
        "'matching-aware-gradient-penalty' with a weight above 0"
    ]


@pytest.mark.parametrize(
    "judge",
    [
        FREE,
        {"use": "stackgan", "channels": 4},
        {"use": "gan-cls", "channels": 4},
        {"use": "df-gan", "channels": 4},
        {"use": "labelled", "inner": FREE},
    ],
    ids=["layer", "batch", "gan-cls", "df-gan", "labelled"],
)
def test_a_critic_without_a_bound_is_refused(assembled: Assembled, judge: Table) -> None:
    assert refused(assembled, judge, CRITIC) == unbounded(
        "has no bound; give it norm = 'spectral', or "
    )


@pytest.mark.parametrize("head", ["concatenate", "projection"])
@pytest.mark.parametrize("name", ["stackgan", "gan-cls", "df-gan", "labelled"])
def test_spectral_normalisation_bounds_a_critic(assembled: Assembled, name: str, head: str) -> None:
    judge = {"use": name, "channels": 4, "norm": "spectral"}
    if name == "stackgan":
        judge |= {"head": head, "unconditional": True}
    if name == "labelled":
        judge = {"use": name, "inner": {**SPECTRAL, "head": head}}
    assert assembled(judge, CRITIC)


def test_a_layer_without_spectral_normalisation_is_named(assembled: Assembled) -> None:
    # What is told may grow there, and with a projection the slope along the picture grows with it.
    judge = {**SPECTRAL, "reads": "embedding"}
    assert refused(assembled, judge, CRITIC) == unbounded("leaves 'told.weight' free; ")
    assert assembled({**judge, "condition": 0}, CRITIC)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_bounds_a_critic_unless_its_weight_is_0(
    assembled: Assembled, penalty: str
) -> None:
    assert assembled(FREE, {**CRITIC, "flat": penalty})
    off = {"flat": {"use": penalty, "weight": 0.0}}
    assert refused(assembled, FREE, {**CRITIC, **off}) == unbounded(
        "has no bound; give it norm = 'spectral', or "
    )


@pytest.mark.parametrize("kind", ["bce", "hinge", "lsgan"])
def test_other_kinds_need_no_bound(assembled: Assembled, kind: str) -> None:
    assert assembled(FREE, {"matching": {"use": "matching-aware", "kind": kind}})
    assert assembled(FREE, {"off": {**CRITIC["matching"], "weight": 0.0}})


@frozen
class FallsWithoutEnd:
    """A loss of a third party, as far as the check looks at it."""

    needs_bound: bool
    sides = (Side.DISCRIMINATOR, Side.GENERATOR)
    reads = ("judged",)


@frozen
class Clips:
    """Another one."""

    gives_bound: bool
    sides = (Side.DISCRIMINATOR,)
    reads = ("shown",)


def test_losses_of_others_take_part(assembled: Assembled) -> None:
    assembly = assembled(FREE, {"matching": "matching-aware"})
    settings: AdversarialSettings = assembly.recipe.phases[0].step.settings

    def sentences(*losses: Any) -> list[str]:
        named = {f"loss {place}": loss for place, loss in enumerate(losses)}
        return step_misfits(settings, named, assembly.parts)

    [sentence] = sentences(FallsWithoutEnd(True), Clips(False))
    assert sentence.startswith("the loss 'loss 0' needs discriminators whose slope is bounded")
    assert sentences(FallsWithoutEnd(True), Clips(True)) == []
    assert sentences(FallsWithoutEnd(False)) == []
