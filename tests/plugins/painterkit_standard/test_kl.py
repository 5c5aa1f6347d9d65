from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.distributions import Independent, Normal, kl_divergence

from painterkit.errors import WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.loss import Side, StepView
from painterkit.registry import Registry
from painterkit.testing import sample_parts
from painterkit.testing.inputs import condition
from painterkit_standard.kl import KL, kl_to_standard_normal

from ...small_recipe import SMALL, assemble_table

PHASE = {
    "name": "joint",
    "until": {"steps": 1},
    "batch": 5,
    "optimizers": {
        "generator": {"train": ["generator.stage1", "dialogue_encoder"]},
        "discriminator": {"train": ["discriminators.8"]},
    },
}


def by_torch(told: Condition) -> Tensor:
    deviation = (0.5 * told.log_variance).exp()
    return kl_divergence(Normal(told.mu, deviation), Normal(0.0, 1.0))


def view(conditions: dict[int, Condition]) -> StepView:
    return StepView(Side.GENERATOR, {}, conditions)


def test_each_entry_is_the_divergence_that_torch_computes() -> None:
    told = condition(4)
    torch.testing.assert_close(kl_to_standard_normal(told), by_torch(told))


def test_it_is_zero_for_the_standard_normal_alone() -> None:
    zero = torch.zeros(2, 3)
    assert KL(2.0)(view({64: Condition(zero, zero, zero, zero)})).item() == 0
    assert bool((kl_to_standard_normal(condition(50)) > 0).all())


def test_the_mean_is_taken_over_batch_and_dimensions() -> None:
    told = condition(4)
    torch.testing.assert_close(KL(2.0)(view({64: told})), 2 * by_torch(told).mean())


def test_the_sum_is_the_divergence_of_the_whole_condition() -> None:
    told = condition(4)
    deviation = (0.5 * told.log_variance).exp()
    standard = Normal(torch.zeros_like(told.mu), 1.0)
    whole = kl_divergence(Independent(Normal(told.mu, deviation), 1), Independent(standard, 1))
    assert whole.shape == (4,)
    summed = KL(2.0, "sum")(view({64: told}))
    torch.testing.assert_close(summed, 2 * whole.mean())
    torch.testing.assert_close(summed, KL(2.0, "mean")(view({64: told})) * told.mu.shape[1])


def test_stages_are_added_up_and_a_shared_condition_counts_once() -> None:
    one, other = condition(4), condition(4, seed=1)
    both = KL(1.0)(view({64: one, 256: other}))
    torch.testing.assert_close(both, by_torch(one).mean() + by_torch(other).mean())
    torch.testing.assert_close(KL(1.0)(view({64: one, 256: one})), by_torch(one).mean())


def test_a_generator_that_makes_its_conditions_without_a_conditioner_is_taken_as_it_is() -> None:
    assert KL(1.0).parts_misfits(sample_parts()) == []


@pytest.mark.parametrize("conditioner", ["identity", {"use": "projection", "width": 6}])
def test_a_kl_term_needs_a_conditioner_that_samples(
    registry: Registry, tmp_path: Path, conditioner: Any
) -> None:
    table = deepcopy({**SMALL, "phases": [PHASE]})
    table["parts"]["generator"]["conditioner"] = conditioner
    losses: dict[str, Any] = {"matching": "matching-aware", "near": "kl"}
    table["phases"][0]["step"] = {"use": "adversarial", "resolutions": [8], "losses": losses}
    with pytest.raises(WrongInput) as caught:
        assemble_table(table, registry, tmp_path)
    assert [str(problem) for problem in caught.value.problems] == [
        "phases.joint.step   the loss 'near' needs a conditioner that samples from a distribution, "
        "and the generator's samples nothing: the term could only pull the condition towards 0; "
        "leave the loss out, or name a conditioner such as 'conditioning-augmentation'"
    ]
    losses["near"] = {"use": "kl", "weight": 0.0}
    assert assemble_table(table, registry, tmp_path)
    losses["near"] = "kl"
    table["parts"]["generator"]["conditioner"] = "conditioning-augmentation"
    assert assemble_table(table, registry, tmp_path)
