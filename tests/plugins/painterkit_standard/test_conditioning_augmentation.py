from __future__ import annotations

import torch
from torch.distributions import Normal

from painterkit.testing.inputs import normal
from painterkit_standard.conditioning_augmentation import ConditioningAugmentation


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


def test_samples_are_distributed_as_torch_samples_are() -> None:
    part = ConditioningAugmentation(20, 3)
    embedding = normal(1, 20).expand(20_000, -1)
    code = part(embedding, normal(20_000, 3, seed=1)).code
    told = part(embedding[:1], torch.zeros(1, 3))
    distribution = Normal(told.mu[0], (0.5 * told.log_variance[0]).exp())
    for level in (0.1, 0.5, 0.9):
        below = (code < distribution.icdf(torch.full((3,), level))).float().mean(dim=0)
        torch.testing.assert_close(below, torch.full((3,), level), rtol=0, atol=0.012)


def test_mu_may_be_negative_and_the_variance_below_one() -> None:
    """StackGAN's PyTorch code has a ReLU here, which forbids both; the papers have none."""
    told = ConditioningAugmentation(20, 6)(normal(50, 20), normal(50, 6))
    assert bool((told.mu < 0).any())
    assert bool((told.log_variance < 0).any())


def test_mu_and_variance_are_float32_under_bfloat16_autocast() -> None:
    part = ConditioningAugmentation(20, 6)
    with torch.autocast("cpu", torch.bfloat16):
        told = part(normal(4, 20), normal(4, 6))
    assert {told.mu.dtype, told.log_variance.dtype, told.code.dtype} == {torch.float32}
