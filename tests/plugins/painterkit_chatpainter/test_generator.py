from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit.testing.inputs import noises, normal

Build = Callable[..., Any]

SMALL = {
    "resolutions": [8, 16],
    "channels": 8,
    "noise": 6,
    "residual_blocks": 1,
    "conditioner": {"use": "conditioning-augmentation", "width": 5},
}


@pytest.fixture
def generator(build: Build) -> Any:
    return build(Role.GENERATOR, "stackgan", SMALL)


def draw(generator: Any, **changed: Tensor) -> Any:
    noise = {**noises(generator.noise_widths, 4), **changed}
    return generator(normal(4, 20), noise)


def shapes_through(module: nn.Module, run: Callable[[], Any]) -> list[tuple[int, ...]]:
    """Return the shape of what comes out of each child of a module during a run."""
    seen: list[tuple[int, ...]] = []
    handles = [
        child.register_forward_hook(lambda _, __, out: seen.append(tuple(out.shape[1:])))
        for child in module.children()
    ]
    run()
    for handle in handles:
        handle.remove()
    return seen


def test_the_papers_stages_have_the_papers_maps(build: Build) -> None:
    """GF 128 at 64 and 256 px: N_gi = 512 channels at M_g = 16, as in sections 4.1 and 4.2."""
    with torch.device("meta"):
        generator = build(Role.GENERATOR, "stackgan", {}, embedding_width=20)
        noise = {name: torch.empty(2, width) for name, width in generator.noise_widths.items()}
        assert generator.noise_widths == {"z": 100, "epsilon1": 128, "epsilon2": 128}
        assert generator.condition_widths == {64: 128, 256: 128}
        run = lambda: generator(torch.empty(2, 20), noise)  # noqa: E731
        assert shapes_through(generator.stage1.up, run) == [
            (512, 8, 8),
            (256, 16, 16),
            (128, 32, 32),
            (64, 64, 64),
        ]
        assert shapes_through(generator.stage2.residual, run) == [(512, 16, 16)] * 4
        assert shapes_through(generator.stage2.up, run) == [
            (256, 32, 32),
            (128, 64, 64),
            (64, 128, 128),
            (32, 256, 256),
        ]


def test_with_one_resolution_there_is_no_second_stage(build: Build) -> None:
    generator = build(Role.GENERATOR, "stackgan", {**SMALL, "resolutions": [8]})
    assert generator.stage2 is None
    assert generator.noise_widths == {"z": 6, "epsilon1": 5}
    assert list(draw(generator).images) == [8]


def test_each_stage_has_a_condition_of_its_own(generator: Any) -> None:
    usual = draw(generator)
    changed = draw(generator, epsilon2=normal(4, 5, seed=9))
    assert torch.equal(usual.images[8], changed.images[8])
    assert torch.equal(usual.conditions[8].code, changed.conditions[8].code)
    assert not torch.equal(usual.images[16], changed.images[16])
    assert not torch.equal(usual.conditions[16].code, changed.conditions[16].code)
    first, second = generator.stage1.conditioner.linear, generator.stage2.conditioner.linear
    assert first.weight.shape == second.weight.shape
    assert not torch.equal(first.weight, second.weight)


def test_the_fine_picture_is_drawn_from_the_coarse_one(generator: Any) -> None:
    usual = draw(generator)
    changed = draw(generator, z=normal(4, 6, seed=9))
    assert torch.equal(usual.conditions[16].code, changed.conditions[16].code)
    assert not torch.equal(usual.images[16], changed.images[16])


def test_a_residual_picture_starts_from_the_coarse_one_enlarged(build: Build) -> None:
    generator = build(Role.GENERATOR, "stackgan", {**SMALL, "residual_picture": True})
    with torch.no_grad():
        generator.stage2.to_image.weight.zero_()
    images = draw(generator).images
    enlarged = functional.interpolate(images[8], size=(16, 16), mode="bilinear")
    torch.testing.assert_close(images[16], enlarged.clamp(-0.98, 0.98), rtol=1e-4, atol=1e-5)


def test_stage_two_can_have_a_width_of_its_own(build: Build) -> None:
    narrow = build(Role.GENERATOR, "stackgan", {**SMALL, "fine_channels": 4})
    wide = build(Role.GENERATOR, "stackgan", SMALL)
    shapes = [
        [parameter.shape for parameter in generator.stage1.parameters()]
        for generator in (narrow, wide)
    ]
    assert shapes[0] == shapes[1]
    assert narrow.stage2.residual[0].change[0].weight.shape == (16, 16, 3, 3)
    assert wide.stage2.residual[0].change[0].weight.shape == (32, 32, 3, 3)


def test_stage_one_reads_noise_first_and_the_condition_after(generator: Any) -> None:
    """The order of StackGAN's code, so that its weights can be brought over."""
    given: list[Tensor] = []
    generator.stage1.seed.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    output = draw(generator)
    z = noises(generator.noise_widths, 4)["z"]
    torch.testing.assert_close(given[0], torch.cat([z, output.conditions[8].code], dim=1))


def test_convolutions_start_at_two_hundredths_and_linear_biases_at_zero(build: Build) -> None:
    generator = build(Role.GENERATOR, "stackgan", {**SMALL, "channels": 32})
    for name, parameter in generator.named_parameters():
        if name.endswith("bias"):
            assert bool((parameter == 0).all()), name
        elif parameter.dim() > 1 and parameter.numel() > 5000:
            assert 0.019 < parameter.std().item() < 0.021, name


@pytest.mark.parametrize("resolutions", [[8, 16, 32], [16, 8], [8, 8], [12], [8, 24]])
def test_resolutions_that_it_cannot_draw_are_refused(build: Build, resolutions: list[int]) -> None:
    with pytest.raises(WrongInput) as raised:
        build(Role.GENERATOR, "stackgan", {**SMALL, "resolutions": resolutions})
    assert str(raised.value) == (
        "stackgan.resolutions   must be one or two rising powers of two, "
        f"got {resolutions}; the paper has [64, 256]"
    )
