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
from painterkit_gan_cls.bottleneck import BottleneckBlock

from ...singular_values import largest_singular_values

Build = Callable[..., Any]


def judge(build: Build, resolution: int = 16, **table: Any) -> Any:
    small = {"channels": 8, "condition": 7, **table}
    return build(Role.DISCRIMINATOR, "gan-cls", small, resolution=resolution).eval()


@pytest.mark.parametrize(("resolution", "width"), [(8, 8), (16, 16), (64, 64), (128, 128)])
def test_the_trunk_ends_at_four_by_four(build: Build, resolution: int, width: int) -> None:
    part = judge(build, resolution)
    assert part.features(pictures(2, resolution)).shape == (2, width, 4, 4)


def test_the_text_is_joined_by_a_1x1_convolution(build: Build) -> None:
    part = judge(build)
    seen, told = normal(3, 16, 4, 4), condition(3)
    text = functional.leaky_relu(part.told[0](told.embedding), 0.2)
    tiled = text[:, :, None, None].expand(-1, -1, 4, 4)
    convolution, norm, _ = part.joined
    joined = functional.leaky_relu(norm(convolution(torch.cat([seen, tiled], dim=1))), 0.2)
    logits = part.logits(seen, told)
    torch.testing.assert_close(logits.conditional, part.logit(joined).view(3))
    assert logits.unconditional is None
    assert (convolution.kernel_size, part.logit.kernel_size) == ((1, 1), (4, 4))


@pytest.mark.parametrize("reads", ["mu", "code", "embedding"])
def test_it_reads_the_field_that_it_says(build: Build, reads: str) -> None:
    part = judge(build, reads=reads)
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


def test_all_convolutions_of_a_picture_are_normalised_but_the_first_and_the_last(
    build: Build,
) -> None:
    part = judge(build, 64)
    norms = [isinstance(block[1], nn.BatchNorm2d) for block in part.trunk]
    assert norms == [False, True, True, True]
    assert isinstance(part.joined[1], nn.BatchNorm2d)


def test_a_residual_block_may_follow_the_map(build: Build) -> None:
    part, seen = judge(build, residual=True), normal(3, 16, 4, 4)
    block = part.trunk[-1]
    assert isinstance(block, BottleneckBlock)
    torch.testing.assert_close(block(seen), functional.leaky_relu(seen + block.change(seen), 0.2))
    assert not any(isinstance(one, BottleneckBlock) for one in judge(build).trunk)


def test_its_weights_start_as_dcgans(build: Build) -> None:
    part = judge(build, channels=64)
    for layer in part.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear) and layer.weight.numel() > 5000:
            assert 0.019 < layer.weight.std().item() < 0.021
            assert layer.bias is None or bool((layer.bias == 0).all())


@pytest.mark.parametrize("reads", ["embedding", "mu"])
@pytest.mark.parametrize("residual", [False, True])
def test_spectral_normalisation_bounds_every_weight(
    build: Build, residual: bool, reads: str
) -> None:
    found = largest_singular_values(judge(build, norm="spectral", residual=residual, reads=reads))
    assert len(found) == 4 + 3 * residual + (reads == "embedding")
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=0.02)


@pytest.mark.parametrize(
    ("norm", "kind"),
    [
        ("batch", nn.BatchNorm2d),
        ("layer", nn.GroupNorm),
        ("spectral", nn.Identity),
        ("none", nn.Identity),
    ],
)
def test_all_layers_have_the_normalisation_that_was_asked_for_and_no_other(
    build: Build, norm: str, kind: type[nn.Module]
) -> None:
    part = judge(build, 64, norm=norm, residual=True)
    blocks = [*part.trunk[1:4], part.trunk[4].change, part.joined]
    found = [sum(isinstance(one, kind) for one in block) for block in blocks]
    others = {nn.BatchNorm2d, nn.GroupNorm} - {kind}
    assert found == ([1, 1, 1, 3, 1] if kind is not nn.Identity else [0] * 5)
    assert not any(isinstance(one, tuple(others)) for one in part.modules())
    convolutions = [one for block in blocks for one in block if isinstance(one, nn.Conv2d)]
    assert {one.bias is None for one in convolutions} == {norm == "batch"}


def test_weights_start_small_only_under_batch_normalisation(build: Build) -> None:
    for norm in ("batch", "layer", "none"):
        deviation = judge(build, norm=norm, channels=64).trunk[1][0].weight.std().item()
        assert (0.019 < deviation < 0.021) == (norm == "batch"), norm


@pytest.mark.parametrize("norm", ["layer", "spectral", "none"])
def test_a_logit_depends_on_its_own_picture_alone_but_under_batch_normalisation(
    build: Build, norm: str
) -> None:
    def rows(norm: str) -> list[bool]:
        part, image = judge(build, norm=norm).train(), pictures(3, 16).requires_grad_()
        logits = part.logits(part.features(image), condition(3)).conditional
        (gradient,) = torch.autograd.grad(logits[1], [image])
        return gradient.flatten(1).abs().sum(dim=1).bool().tolist()

    assert rows(norm) == [False, True, False]
    assert rows("batch") == [True, True, True]


@pytest.mark.parametrize("resolution", [4, 12, 48])
def test_a_height_that_it_cannot_judge_is_refused(build: Build, resolution: int) -> None:
    with pytest.raises(WrongInput, match=f"discriminators.{resolution}   .* needs a power of two"):
        judge(build, resolution)
