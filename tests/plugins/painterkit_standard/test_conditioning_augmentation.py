from __future__ import annotations

import pytest
import torch
from torch.distributions import Normal
from torch.nn import functional

from painterkit.testing.inputs import normal
from painterkit_standard.conditioning_augmentation import Activation, ConditioningAugmentation

ACTIVATIONS: list[Activation] = ["none", "relu", "glu"]


def test_a_sample_is_the_reparametrised_one_of_torch() -> None:
    part = ConditioningAugmentation(20, 6)
    embedding, noise = normal(4, 20), normal(4, 6, seed=1)
    told = part(embedding, noise)
    mu, log_variance = (embedding @ part.linear.weight.T + part.linear.bias).chunk(2, dim=1)
    torch.testing.assert_close(told.mu, mu)
    torch.testing.assert_close(told.log_variance, log_variance)
    distribution = Normal(mu, log_variance.exp().sqrt())
    # The same quantile of both distributions: `icdf` of what the noise's own `cdf` says.
    expected = distribution.icdf(Normal(0.0, 1.0).cdf(noise))
    torch.testing.assert_close(told.code, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_samples_are_distributed_as_torch_samples_are(activation: Activation) -> None:
    part = ConditioningAugmentation(20, 3, activation)
    torch.nn.init.normal_(part.linear.weight, generator=torch.Generator().manual_seed(3))
    embedding = normal(1, 20).expand(20_000, -1)
    code = part(embedding, normal(20_000, 3, seed=1)).code
    told = part(embedding[:1], torch.zeros(1, 3))
    distribution = Normal(told.mu[0], (0.5 * told.log_variance[0]).exp())
    torch.testing.assert_close(code.mean(dim=0), distribution.mean, rtol=0.03, atol=0.03)
    torch.testing.assert_close(code.var(dim=0), distribution.variance, rtol=0.05, atol=0)
    for level in (0.1, 0.5, 0.9):
        below = (code < distribution.icdf(torch.full((3,), level))).float().mean(dim=0)
        torch.testing.assert_close(below, torch.full((3,), level), rtol=0, atol=0.012)


def test_mu_may_be_negative_and_the_variance_below_one() -> None:
    """As the papers print it."""
    told = ConditioningAugmentation(20, 6)(normal(50, 20), normal(50, 6))
    assert bool((told.mu < 0).any())
    assert bool((told.log_variance < 0).any())


def test_a_relu_forbids_both_as_in_the_code_of_stackgan() -> None:
    part = ConditioningAugmentation(20, 6, "relu")
    embedding = normal(50, 20)
    told = part(embedding, normal(50, 6))
    assert bool((told.mu >= 0).all())
    assert bool((told.log_variance >= 0).all())
    both = functional.relu(embedding @ part.linear.weight.T + part.linear.bias)
    torch.testing.assert_close(torch.cat([told.mu, told.log_variance], dim=1), both)
    assert bool((told.mu == 0).any())
    assert bool((told.log_variance > 0).any())


def test_a_gated_unit_halves_a_layer_twice_as_wide_as_in_the_code_of_stackgan_v2() -> None:
    part = ConditioningAugmentation(20, 6, "glu")
    embedding = normal(50, 20)
    told = part(embedding, normal(50, 6))
    assert part.linear.weight.shape == (4 * 6, 20)
    values, gates = (embedding @ part.linear.weight.T + part.linear.bias).split(12, dim=1)
    both = values * gates.sigmoid()
    torch.testing.assert_close(told.mu, both[:, :6])
    torch.testing.assert_close(told.log_variance, both[:, 6:])


def test_without_an_activation_its_weights_are_those_of_the_relu() -> None:
    plain, rectified = (ConditioningAugmentation(20, 6, a).state_dict() for a in ("none", "relu"))
    assert {n: t.shape for n, t in plain.items()} == {n: t.shape for n, t in rectified.items()}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_mu_and_variance_are_float32_under_bfloat16_autocast(activation: Activation) -> None:
    part = ConditioningAugmentation(20, 6, activation)
    with torch.autocast("cpu", torch.bfloat16):
        told = part(normal(4, 20), normal(4, 6))
    assert {told.mu.dtype, told.log_variance.dtype, told.code.dtype} == {torch.float32}


def test_weights_start_normal_or_orthogonal() -> None:
    normally = ConditioningAugmentation(40, 20).linear
    assert 0.018 < normally.weight.std().item() < 0.022
    linear = ConditioningAugmentation(40, 20, "none", "orthogonal").linear
    weight = linear.weight.detach()
    torch.testing.assert_close(weight @ weight.T, torch.eye(40), rtol=0, atol=1e-5)
    for layer in (normally, linear):
        assert bool((layer.bias == 0).all())
