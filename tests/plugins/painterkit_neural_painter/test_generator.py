from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.errors import WrongInput
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.testing import sample_settings
from painterkit.testing.inputs import noises, normal

Build = Callable[..., Any]

ROWS = 4
WIDTHS = {8: 16, 16: 8, 32: 4}

SMALL = {
    "resolutions": [8, 16, 32],
    "channels": 16,
    "noise": 6,
    "residual_blocks": 1,
    "conditioner": {"use": "conditioning-augmentation", "width": 5, "activation": "glu"},
}


def made(build: Build, **table: Any) -> Any:
    return build(Role.GENERATOR, "stackgan-pp", {**SMALL, **table})


def draw(generator: Any, state: Any = None, turn: int = 0, **told: Any) -> Any:
    noise = noises(generator.noise_widths, ROWS)
    return generator(normal(ROWS, 20, seed=turn), noise, state, **told)


def begin(generator: Any) -> Any:
    return generator.begin(ROWS, torch.device("cpu"))


def outputs_of(modules: dict[str, nn.Module], run: Callable[[], Any]) -> dict[str, Any]:
    """Return what came out of each module in a run."""
    seen: dict[str, Any] = {}
    handles = [
        module.register_forward_hook(lambda _, __, out, name=name: seen.update({name: out}))
        for name, module in modules.items()
    ]
    run()
    for handle in handles:
        handle.remove()
    return seen


def test_the_defaults_are_stackgan_v2s_tree(build: Build) -> None:
    with torch.device("meta"):
        generator = build(Role.GENERATOR, "stackgan-pp", {}, embedding_width=20)
        noise = {name: torch.empty(2, width) for name, width in generator.noise_widths.items()}
        stages = dict(generator.stages.items())
        maps = outputs_of(stages, lambda: generator(torch.empty(2, 20), noise))
        first = outputs_of(
            dict(generator.stages["64"].up.named_children()),
            lambda: generator(torch.empty(2, 20), noise),
        )
    assert {name: tuple(one.shape[1:]) for name, one in maps.items()} == {
        "64": (64, 64, 64),
        "128": (32, 128, 128),
        "256": (16, 256, 256),
    }
    assert [tuple(one.shape[1:]) for one in first.values()] == [
        (512, 8, 8),
        (256, 16, 16),
        (128, 32, 32),
        (64, 64, 64),
    ]
    assert generator.conditioner.activation == "glu"
    assert begin(generator) is None


def test_all_stages_share_one_condition(build: Build) -> None:
    conditions = draw(made(build)).conditions
    assert list(conditions) == [8, 16, 32]
    assert conditions[8] is conditions[16] is conditions[32]


def test_the_first_stage_reads_the_condition_first_and_noise_after(build: Build) -> None:
    """The order of StackGAN-v2's code."""
    generator, given = made(build), []
    generator.stages["8"].seed.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    output = draw(generator)
    z = noises(generator.noise_widths, ROWS)["z"]
    torch.testing.assert_close(given[0], torch.cat([output.conditions[8].code, z], dim=1))


def test_a_finer_stage_is_the_joined_map_residual_blocks_and_an_up_block(build: Build) -> None:
    stage = made(build).stages["16"].eval()
    coarse, code = normal(ROWS, 16, 8, 8), normal(ROWS, 5, seed=1)
    joined = stage.joined(coarse, code)
    convolution, norm, _ = stage.up[0]
    both = norm(convolution(stage.residual[0](joined)))
    torch.testing.assert_close(stage(coarse, code), functional.glu(both, dim=1))
    assert joined.shape == (ROWS, 16, 8, 8)
    assert stage(coarse, code).shape == (ROWS, 8, 16, 16)


def test_a_picture_is_a_convolution_of_its_stages_map(build: Build) -> None:
    generator = made(build)
    seen = outputs_of(dict(generator.stages.items()), lambda: draw(generator))
    images = draw(generator).images
    for size in (8, 16, 32):
        head = generator.heads[str(size)]
        expected = torch.tanh(functional.conv2d(seen[str(size)], head.weight, padding=1))
        torch.testing.assert_close(images[size], expected)


def test_a_stage_may_double_more_than_once(build: Build) -> None:
    generator = made(build, resolutions=[8, 32])
    assert len(generator.stages["32"].up) == 2
    assert {size: image.shape[2] for size, image in draw(generator).images.items()} == {
        8: 8,
        32: 32,
    }


def test_weights_are_orthogonal_and_the_cells_are_pytorchs(build: Build) -> None:
    generator = made(build, memory="gru")
    for name, layer in generator.named_modules():
        if isinstance(layer, nn.Conv2d | nn.Linear) and not name.startswith("conditioner"):
            matrix = layer.weight.detach().flatten(1)
            if matrix.shape[0] > matrix.shape[1]:
                matrix = matrix.T
            gap = (matrix @ matrix.T - torch.eye(len(matrix))).abs().max().item()
            assert (gap < 1e-5) != name.startswith("memory"), name


def test_the_conditioner_starts_orthogonal_unless_told_otherwise(
    build: Build, registry: Registry
) -> None:
    offer = registry.find(Role.GENERATOR, "stackgan-pp")
    slot = sample_settings(offer, registry).conditioner
    assert (slot.name, slot.settings.activation, slot.settings.init) == (
        "conditioning-augmentation", "glu", "orthogonal"
    )  # fmt: skip
    generator = build(Role.GENERATOR, "stackgan-pp", {"resolutions": [8], "channels": 4})
    weight = generator.conditioner.linear.weight.detach()
    torch.testing.assert_close(weight.T @ weight, torch.eye(20), rtol=0, atol=1e-5)


@pytest.mark.parametrize(("memory", "parts"), [("gru", 1), ("lstm", 2)])
def test_a_state_is_zeros_as_wide_as_each_stage(build: Build, memory: str, parts: int) -> None:
    state = begin(made(build, memory=memory))
    assert {size: tuple(one.shape) for size, one in state.items()} == {
        size: (ROWS, parts * width, size, size) for size, width in WIDTHS.items()
    }
    assert not any(bool(one.any()) for one in state.values())


@pytest.mark.parametrize("residual", [False, True])
def test_each_stage_sees_what_the_cell_below_remembers(build: Build, residual: bool) -> None:
    generator = made(build, memory="gru", memory_residual=residual).eval()
    state = draw(generator, begin(generator)).state
    modules = {f"stage {size}": stage for size, stage in generator.stages.items()}
    modules |= {f"cell {size}": cell for size, cell in generator.memory.items()}
    seen = outputs_of(modules, lambda: draw(generator, state, turn=1))
    output = draw(generator, state, turn=1)
    code = output.conditions[8].code
    for size, finer in ((8, 16), (16, 32), (32, None)):
        made_here = seen[f"stage {size}"]
        following = generator.memory[str(size)](made_here, state[size])[1]
        torch.testing.assert_close(output.state[size], following)
        passed_on = made_here + following if residual else following
        image = torch.tanh(generator.heads[str(size)](passed_on))
        torch.testing.assert_close(output.images[size], image)
        if finer:
            torch.testing.assert_close(
                seen[f"stage {finer}"], generator.stages[str(finer)](passed_on, code)
            )


def test_without_a_state_it_draws_as_if_it_had_no_memory(build: Build) -> None:
    remembering, bare = made(build, memory="gru"), made(build)
    bare.load_state_dict(
        {n: t for n, t in remembering.state_dict().items() if not n.startswith("memory")}
    )
    alone, expected = draw(remembering), draw(bare)
    assert alone.state is None
    for size, image in expected.images.items():
        assert torch.equal(alone.images[size], image)


def test_what_is_not_drawn_is_not_forgotten(build: Build) -> None:
    generator = made(build, memory="gru").eval()
    state = draw(generator, begin(generator)).state
    output = draw(generator, state, turn=1, largest=16)
    assert list(output.images) == [8, 16]
    assert output.state[32] is state[32]
    assert not torch.equal(output.state[16], state[16])


def learnt(generator: Any, start: dict[str, Tensor]) -> dict[str, Tensor]:
    """Draw two turns and learn from the second; return gradients and buffers."""
    generator.load_state_dict(start)
    state = draw(generator, begin(generator)).state
    images = draw(generator, state, turn=1).images
    torch.stack([(one * normal(*one.shape)).sum() for one in images.values()]).sum().backward()
    found = {n: p.grad for n, p in generator.named_parameters() if p.grad is not None}
    return {**found, **{f"buffer {n}": b for n, b in generator.named_buffers()}}


def test_save_memory_changes_nothing(build: Build) -> None:
    usual, saving = (made(build, memory="gru", save_memory=save) for save in (False, True))
    start = {name: tensor.clone() for name, tensor in usual.state_dict().items()}
    expected, found = learnt(usual, start), learnt(saving, start)
    assert expected.keys() == found.keys()
    assert len([name for name in found if name.startswith("memory")]) == 3 * 4
    for name, one in expected.items():
        torch.testing.assert_close(found[name], one, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize("resolutions", [[16, 8], [8, 8], [12], [8, 24]])
def test_resolutions_that_it_cannot_draw_are_refused(build: Build, resolutions: list[int]) -> None:
    with pytest.raises(WrongInput) as raised:
        made(build, resolutions=resolutions)
    assert str(raised.value) == (
        f"stackgan-pp.resolutions   must be rising powers of two, got {resolutions}; "
        "StackGAN++ has [64, 128, 256]"
    )


def test_an_even_kernel_is_refused(build: Build) -> None:
    with pytest.raises(AssertionError, match="memory_kernel   must be odd"):
        made(build, memory="gru", memory_kernel=2)
