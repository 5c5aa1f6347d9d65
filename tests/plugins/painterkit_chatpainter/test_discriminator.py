from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.roles import Role
from painterkit.testing.inputs import condition, normal, pictures

from ...singular_values import largest_singular_values

Build = Callable[..., Any]


def judge(build: Build, table: dict[str, Any], resolution: int = 16) -> Any:
    return build(
        Role.DISCRIMINATOR, "stackgan", {"channels": 8, **table}, resolution=resolution
    ).eval()


def layers(module: nn.Module, kind: type[nn.Module]) -> list[nn.Module]:
    return [layer for layer in module.modules() if isinstance(layer, kind)]


@pytest.mark.parametrize("resolution", [8, 16, 64, 128])
def test_the_trunk_ends_at_four_by_four(build: Build, resolution: int) -> None:
    part = judge(build, {}, resolution)
    channels = min(64, 8 * resolution // 8)
    assert part.features(pictures(2, resolution)).shape == (2, channels, 4, 4)


def test_the_first_layer_has_no_batch_normalisation(build: Build) -> None:
    part = judge(build, {})
    assert not layers(part.trunk[0], nn.BatchNorm2d)
    assert all(layers(block, nn.BatchNorm2d) for block in part.trunk[1:])


def test_the_concatenating_head_is_the_papers(build: Build) -> None:
    part = judge(build, {})
    seen, told = normal(3, 16, 4, 4), condition(3)
    tiled = told.mu[:, :, None, None].expand(-1, -1, 4, 4)
    convolution, norm, _ = part.conditional.joined
    joined = functional.leaky_relu(norm(convolution(torch.cat([seen, tiled], dim=1))), 0.2)
    expected = part.conditional.logit(joined).view(3)
    torch.testing.assert_close(part.logits(seen, told).conditional, expected)
    assert convolution.kernel_size == (3, 3)


def test_the_projection_is_an_inner_product_with_the_pooled_map(build: Build) -> None:
    part = judge(build, {"head": "projection", "norm": "none"})
    seen, told = normal(3, 16, 4, 4), condition(3)
    head = part.conditional
    pooled = seen.sum(dim=(2, 3))
    alone = pooled @ head.logit.weight.T + head.logit.bias
    product = torch.einsum("bf,fc,bc->b", pooled, head.direction.weight, told.mu)
    torch.testing.assert_close(part.logits(seen, told).conditional, alone[:, 0] + product)


@pytest.mark.parametrize("reads", ["mu", "code", "embedding"])
def test_it_reads_the_field_that_it_says(build: Build, reads: str) -> None:
    part = judge(build, {"reads": reads, "condition": 7})
    seen, told = normal(3, 16, 4, 4), condition(3)
    before = part.logits(seen, told).conditional
    for field in ("embedding", "code", "mu"):
        changed = Condition(
            **{
                name: getattr(told, name) + (1 if name == field else 0)
                for name in ("embedding", "code", "mu", "log_variance")
            }
        )
        same = torch.equal(before, part.logits(seen, changed).conditional)
        assert same == (field != reads), field


def test_the_embedding_goes_through_a_linear_layer_of_its_own(build: Build) -> None:
    assert judge(build, {"reads": "embedding", "condition": 7}).told.weight.shape == (7, 20)
    assert not list(judge(build, {"reads": "mu"}).told.parameters())


def test_the_unconditional_head_is_there_when_asked_for(build: Build) -> None:
    seen = normal(3, 16, 4, 4)
    assert judge(build, {}).logits(seen, condition(3)).unconditional is None
    part = judge(build, {"unconditional": True})
    torch.testing.assert_close(
        part.logits(seen, condition(3)).unconditional, part.unconditional(seen).view(3)
    )


def test_spectral_normalisation_bounds_the_trunk_and_the_projection(build: Build) -> None:
    found = largest_singular_values(judge(build, {"norm": "spectral", "head": "projection"}))
    assert found.keys() == {"trunk.0.0", "trunk.1.0", "conditional.logit", "conditional.direction"}
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=0.02)


@pytest.mark.parametrize(
    "table",
    [{"head": "concatenate"}, {"unconditional": True}],
    ids=["concatenate", "unconditional"],
)
def test_spectral_normalisation_bounds_every_weight(build: Build, table: dict[str, Any]) -> None:
    found = largest_singular_values(
        judge(build, {"norm": "spectral", "head": "projection", **table})
    )
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=0.02)


def test_the_layer_that_reads_the_embedding_is_free(build: Build) -> None:
    # It sees no picture: normalisation bounds what a change of the picture can do.
    found = largest_singular_values(
        judge(build, {"norm": "spectral", "head": "projection", "reads": "embedding"})
    )
    free = {name for name, value in found.items() if value != pytest.approx(1.0, abs=0.02)}
    assert free == {"told"}


@pytest.mark.parametrize("norm", ["spectral", "none"])
def test_batch_normalisation_is_there_only_when_asked_for(build: Build, norm: str) -> None:
    assert not layers(judge(build, {"norm": norm, "unconditional": True}), nn.BatchNorm2d)


@pytest.mark.parametrize("resolution", [4, 12, 48])
def test_a_height_that_it_cannot_judge_is_refused(build: Build, resolution: int) -> None:
    with pytest.raises(WrongInput, match=f"discriminators.{resolution}   .* needs a power of two"):
        judge(build, {}, resolution)


@pytest.mark.parametrize("norm", ["batch", "none"])
def test_weights_start_small_only_under_batch_normalisation(build: Build, norm: str) -> None:
    part = judge(build, {"norm": norm, "channels": 32})
    deviation = part.trunk[1][0].weight.std().item()
    assert (0.019 < deviation < 0.021) == (norm == "batch")


def test_weights_may_start_orthogonal_as_in_stackgan_v2s_code(build: Build) -> None:
    part = judge(build, {"init": "orthogonal", "unconditional": True})
    for layer in layers(part, nn.Conv2d):
        matrix = layer.weight.detach().flatten(1)
        if matrix.shape[0] > matrix.shape[1]:
            matrix = matrix.T
        torch.testing.assert_close(matrix @ matrix.T, torch.eye(len(matrix)), rtol=0, atol=1e-5)


def test_orthogonal_weights_without_batch_normalisation_are_refused(build: Build) -> None:
    with pytest.raises(AssertionError, match="init = 'orthogonal' goes with norm = 'batch' alone"):
        judge(build, {"init": "orthogonal", "norm": "spectral"})
