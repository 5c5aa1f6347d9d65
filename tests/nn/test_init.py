from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from painterkit.nn.blocks import UpConvolution
from painterkit.nn.init import normal_init, orthogonal_init


def test_weights_are_normal_with_deviation_two_hundredths() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = nn.Sequential(
            nn.Linear(200, 100),
            nn.Sequential(nn.Conv2d(40, 50, 3), nn.BatchNorm2d(5000)),
            nn.ConvTranspose2d(40, 50, 3),
        )
        normal_init(module)
    linear, (convolution, norm), transposed = module
    for layer in (linear, convolution, transposed):
        assert abs(layer.weight.mean().item()) < 1e-3
        assert 0.0195 < layer.weight.std().item() < 0.0205
        assert bool((layer.bias == 0).all())
    assert 0.999 < norm.weight.mean().item() < 1.001
    assert 0.018 < norm.weight.std().item() < 0.022
    assert bool((norm.bias == 0).all())


def test_layers_without_bias_or_of_another_kind_are_no_trouble() -> None:
    embedding = nn.Embedding(3, 4)
    before = embedding.weight.detach().clone()
    normal_init(nn.Sequential(nn.Linear(3, 4, bias=False), embedding, nn.ReLU()))
    assert torch.equal(embedding.weight, before)


def test_a_weight_under_spectral_normalisation_keeps_its_start() -> None:
    layer = spectral_norm(nn.Conv2d(3, 4, 3)).eval()
    before = layer.weight.detach().clone()
    normal_init(nn.Sequential(layer))
    assert torch.equal(layer.weight, before)


def test_orthogonal_weights_are_orthogonal_as_matrices_of_outputs_by_inputs() -> None:
    module = nn.Sequential(
        nn.Linear(12, 30), nn.Conv2d(4, 6, 3), UpConvolution(2, 40), nn.BatchNorm2d(5000)
    )
    orthogonal_init(module)
    linear, convolution, up, norm = module
    for layer in (linear, convolution, up):
        matrix = layer.weight.detach().flatten(1)
        if matrix.shape[0] > matrix.shape[1]:
            matrix = matrix.T
        torch.testing.assert_close(matrix @ matrix.T, torch.eye(len(matrix)), rtol=0, atol=1e-5)
    assert bool((linear.bias == 0).all())
    assert bool((norm.bias == 0).all())
    assert 0.999 < norm.weight.mean().item() < 1.001
    assert 0.018 < norm.weight.std().item() < 0.022


def test_the_biases_of_convolutions_keep_pytorchs_start_under_orthogonal_weights() -> None:
    """As in StackGAN-v2's code, whose only such bias is that of a logit."""
    layer = nn.Conv2d(3, 4, 3)
    assert layer.bias is not None
    before = layer.bias.detach().clone()
    orthogonal_init(layer)
    assert torch.equal(layer.bias, before)


def test_layers_of_the_meta_device_and_other_kinds_are_left_alone() -> None:
    embedding = nn.Embedding(3, 4)
    before = embedding.weight.detach().clone()
    orthogonal_init(nn.Sequential(nn.Linear(2, 2, device="meta"), embedding))
    assert torch.equal(embedding.weight, before)
