from __future__ import annotations

import subprocess
import sys

import torch
from torch import nn

from painterkit.nn.spectral import is_spectral, spectral

CHECKED = """
import sys
import torch
from painterkit.nn.blocks import down_block
with torch.device("meta"):
    down_block(3, 8, "spectral")
assert "torch._dynamo" not in sys.modules
"""


def test_the_largest_singular_value_becomes_1() -> None:
    layer = spectral(nn.Conv2d(3, 5, 4)).train()
    with torch.no_grad():
        for _ in range(50):
            layer(torch.zeros(1, 3, 4, 4))
    found = torch.linalg.matrix_norm(layer.weight.flatten(1), 2)
    torch.testing.assert_close(found, torch.ones(()), rtol=1e-3, atol=0)


def test_on_meta_it_has_the_same_tensors() -> None:
    layer = spectral(nn.Conv2d(3, 5, 4))
    with torch.device("meta"):
        planned = spectral(nn.Conv2d(3, 5, 4))
    assert {name: tensor.shape for name, tensor in planned.state_dict().items()} == {
        name: tensor.shape for name, tensor in layer.state_dict().items()
    }
    assert all(tensor.is_meta for tensor in planned.state_dict().values())
    assert list(dict(planned.named_parameters())) == list(dict(layer.named_parameters()))


def test_what_holds_the_weight_of_a_normalised_layer_is_known() -> None:
    layers = nn.Sequential(spectral(nn.Conv2d(3, 5, 4)), nn.Conv2d(5, 5, 4))
    holders = {name: name.rpartition(".")[0] for name, _ in layers.named_parameters()}
    found = {name: is_spectral(layers.get_submodule(one)) for name, one in holders.items()}
    normalised = {name for name, spectrally in found.items() if spectrally}
    assert normalised == {"0.parametrizations.weight.original"}


def test_to_plan_a_discriminator_does_not_import_torchs_compiler() -> None:
    subprocess.run([sys.executable, "-c", CHECKED], check=True)
