from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit.testing.inputs import condition, normal, pictures, shaken

from ...singular_values import largest_singular_values

Build = Callable[..., Any]


def judge(build: Build, resolution: int = 16, **table: Any) -> Any:
    return build(Role.DISCRIMINATOR, "df-gan", {"channels": 4, **table}, resolution=resolution)


@pytest.mark.parametrize(("resolution", "width"), [(8, 8), (16, 16), (32, 32), (64, 32)])
def test_the_trunk_ends_at_four_by_four(build: Build, resolution: int, width: int) -> None:
    part = judge(build, resolution)
    assert part.features(pictures(2, resolution)).shape == (2, width, 4, 4)


def test_a_block_halves_and_adds_a_change_with_a_gain(build: Build) -> None:
    block, x = judge(build).trunk[1], normal(3, 4, 16, 16)
    (halving, _), (keeping, _) = block.change
    change = functional.conv2d(x, halving.weight, halving.bias, stride=2, padding=1)
    change = functional.leaky_relu(change, 0.2)
    change = functional.conv2d(change, keeping.weight, keeping.bias, padding=1)
    change = functional.leaky_relu(change, 0.2)
    convolved = functional.conv2d(x, block.shortcut.weight, block.shortcut.bias)
    shortcut = functional.avg_pool2d(convolved, 2)
    assert halving.kernel_size == (4, 4)
    assert block.gain.item() == 0
    torch.testing.assert_close(block(x), shortcut)
    with torch.no_grad():
        block.gain.fill_(0.7)
    torch.testing.assert_close(block(x), shortcut + 0.7 * change)


@pytest.mark.parametrize(
    ("shortcuts", "learned"),
    [("every-block", [True] * 5), ("where-widths-differ", [True, True, True, False, False])],
)
def test_which_blocks_have_a_convolution_beside_their_change(
    build: Build, shortcuts: str, learned: list[bool]
) -> None:
    blocks = judge(build, 128, shortcuts=shortcuts, channels=2).trunk[1:]
    assert [isinstance(block.shortcut, nn.Conv2d) for block in blocks] == learned


def test_the_words_are_joined_to_every_place_as_they_are(build: Build) -> None:
    part, seen, told = judge(build), normal(3, 16, 4, 4), condition(3)
    tiled = told.embedding[:, :, None, None].expand(-1, -1, 4, 4)
    convolution, _ = part.conditional.joined
    joined = functional.leaky_relu(convolution(torch.cat([seen, tiled], dim=1)), 0.2)
    logit = part.conditional.logit
    expected = (joined * logit.weight).sum(dim=(1, 2, 3)) + logit.bias
    judged = part.logits(seen, told)
    torch.testing.assert_close(judged.conditional, expected)
    assert judged.unconditional is None
    assert (convolution.kernel_size, convolution.out_channels) == ((3, 3), 8)


@pytest.mark.parametrize("reads", ["mu", "code", "embedding"])
def test_it_reads_the_field_that_it_says(build: Build, reads: str) -> None:
    part, seen, told = judge(build, reads=reads), normal(3, 16, 4, 4), condition(3)
    before = part.logits(seen, told).conditional
    for field in ("embedding", "code", "mu"):
        changed = evolve(told, **{field: getattr(told, field) + 1})
        same = torch.equal(before, part.logits(seen, changed).conditional)
        assert same == (field != reads), field


def penalised(part: Any) -> dict[str, Tensor]:
    """Return the weights' gradients of a penalty on each logit's gradient by picture and words."""
    shaken(part)
    image = pictures(3, 16).requires_grad_()
    told = condition(3)
    told = evolve(told, embedding=told.embedding.requires_grad_())
    logits = part.logits(part.features(image), told).conditional
    by_image, by_words = torch.autograd.grad(
        logits.sum(), [image, told.embedding], create_graph=True
    )
    norm = torch.cat([by_image.flatten(1), by_words], dim=1).norm(dim=1)
    norm.pow(6).mean().backward()
    return {name: one.grad for name, one in part.named_parameters() if one.grad is not None}


def test_a_gradient_penalty_reaches_trunk_and_judge(build: Build) -> None:
    found = penalised(judge(build))
    for name in ("trunk.0.weight", "trunk.1.gain", "trunk.2.change.1.0.weight"):
        assert found[name].abs().sum() > 0, name
    assert found["conditional.joined.0.weight"].abs().sum() > 0


def test_save_memory_changes_nothing_under_a_penalty_either(build: Build) -> None:
    usual, saving = judge(build), judge(build, save_memory=True)
    saving.load_state_dict(usual.state_dict())
    expected, found = penalised(usual), penalised(saving)
    assert expected.keys() == found.keys()
    for name, one in expected.items():
        torch.testing.assert_close(found[name], one, rtol=1e-4, atol=1e-6, msg=name)


def test_a_logit_depends_on_its_own_picture_and_words_alone(build: Build) -> None:
    """In train mode: what a penalty of single pictures needs."""
    part = shaken(judge(build)).train()
    image, told = pictures(3, 16).requires_grad_(), condition(3)
    told = evolve(told, embedding=told.embedding.requires_grad_())
    logits = part.logits(part.features(image), told).conditional
    for gradient in torch.autograd.grad(logits[1], [image, told.embedding]):
        assert gradient.flatten(1).abs().sum(dim=1).bool().tolist() == [False, True, False]
    assert not list(part.buffers())


def test_spectral_normalisation_bounds_every_weight(build: Build) -> None:
    part = judge(build, norm="spectral")
    with torch.no_grad():
        for block in part.trunk[1:]:
            block.gain.fill_(1.0)
    found = largest_singular_values(part)
    assert len(found) == 1 + 2 * 3 + 2
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=0.02)
    free = largest_singular_values(judge(build))
    assert min(free.values()) > 2, "nothing bounds them by default"


def test_spectral_normalisation_bounds_the_gain_of_a_block_as_well(build: Build) -> None:
    block, x = judge(build, norm="spectral").eval().trunk[1], normal(3, 4, 16, 16)
    shortcut = block.shortcut(functional.avg_pool2d(x, 2))
    for gain, bounded in ((0.0, 0.0), (0.01, 0.01), (100.0, 1.0), (-100.0, -1.0)):
        with torch.no_grad():
            block.gain.fill_(gain)
        torch.testing.assert_close(
            block(x), shortcut + bounded * block.change(x), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("resolution", [4, 12, 48])
def test_a_height_that_it_cannot_judge_is_refused(build: Build, resolution: int) -> None:
    with pytest.raises(WrongInput, match=f"discriminators.{resolution}   .* needs a power of two"):
        judge(build, resolution)
