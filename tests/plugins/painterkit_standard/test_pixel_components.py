from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from painterkit_standard.pixel_components import PixelComponents


@pytest.fixture
def images() -> Tensor:
    """Return pictures that vary in five directions, and hardly in any other."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.randn(5, 3 * 8 * 8, generator=generator)
    amounts = torch.randn(300, 5, generator=generator) * torch.tensor([5.0, 4.0, 3.0, 2.0, 1.0])
    noise = 0.01 * torch.randn(300, 3 * 8 * 8, generator=generator)
    return (0.05 * amounts @ directions + noise).view(300, 3, 8, 8)


def fitted(images: Tensor, width: int = 5) -> PixelComponents:
    part = PixelComponents(width, 8)
    part.fit(images.split(128))
    return part


def test_components_are_those_of_a_full_decomposition(images: Tensor) -> None:
    pixels = images.flatten(1).numpy().astype(np.float64)
    centred = pixels - pixels.mean(axis=0)
    expected = np.linalg.svd(centred, full_matrices=False)[0][:, :5] * np.sqrt(len(pixels) - 1)
    seen = fitted(images)(images).pooled.numpy()
    alike = np.abs((seen * expected).mean(axis=0))
    np.testing.assert_allclose(alike, 1.0, atol=0.02)


def test_components_are_white_on_the_pictures_that_they_were_fitted_to(images: Tensor) -> None:
    pooled = fitted(images)(images).pooled
    torch.testing.assert_close(pooled.mean(dim=0), torch.zeros(5), rtol=0, atol=1e-3)
    torch.testing.assert_close(torch.cov(pooled.T), torch.eye(5), rtol=0, atol=0.02)


def test_fitting_is_the_same_whatever_torchs_random_state(images: Tensor) -> None:
    torch.manual_seed(1)
    one = fitted(images).components
    torch.manual_seed(2)
    before = torch.get_rng_state()
    assert torch.equal(fitted(images).components, one)
    assert torch.equal(torch.get_rng_state(), before)


def test_it_computes_in_float32_under_autocast(images: Tensor) -> None:
    part = fitted(images)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(part(images).pooled, part(images.float()).pooled)
        assert part(images).pooled.dtype == torch.float32


def test_there_is_nothing_to_train_and_everything_is_in_its_state(images: Tensor) -> None:
    part = fitted(images)
    assert not list(part.parameters())
    other = PixelComponents(5, 8)
    assert not bool(other(images).pooled.any()), "unfitted, it sees nothing"
    other.load_state_dict(part.state_dict())
    assert torch.equal(other(images).pooled, part(images).pooled)


def test_of_few_pictures_there_are_few_components(images: Tensor) -> None:
    seen = fitted(images[:4], width=7)(images[:4]).pooled
    assert seen.shape == (4, 7)
    assert seen[:, 4:].abs().max() == 0
    assert seen[:, :3].abs().min() > 0
