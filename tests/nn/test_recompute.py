from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm
from torch.utils.checkpoint import checkpoint

from painterkit.nn.blocks import ResidualBlock, down_block, up_block
from painterkit.nn.conv_gru import ConvGRUCell
from painterkit.nn.recompute import run, run_each


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def blocks() -> nn.Sequential:
    """Return blocks with everything that a second pass could get wrong."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(
            up_block(4, 6),
            nn.Sequential(ResidualBlock(6), nn.Dropout(0.5)),
            down_block(6, 8, "batch"),
            down_block(8, 8, "spectral"),
        )


def trained(module: nn.Sequential, save_memory: bool, passes: int = 2) -> dict[str, Tensor]:
    """Run several passes, then one backward pass; return all that came of it."""
    torch.manual_seed(1)
    inputs = [normal(3, 4, 4, 4, seed=n).requires_grad_() for n in range(passes)]
    outputs = [run_each(module, x, save_memory) for x in inputs]
    loss = sum((out * normal(*out.shape, seed=9 + n)).sum() for n, out in enumerate(outputs))
    assert isinstance(loss, Tensor)
    loss.backward()
    found = {f"output {n}": out.detach() for n, out in enumerate(outputs)}
    found |= {f"gradient of input {n}": x.grad for n, x in enumerate(inputs) if x.grad is not None}
    found |= {
        f"gradient of {n}": p.grad for n, p in module.named_parameters() if p.grad is not None
    }
    found |= {f"buffer {n}": b.clone() for n, b in module.named_buffers()}
    found["random state"] = torch.get_rng_state()
    return found


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_everything_is_as_without(training: bool) -> None:
    """Outputs, gradients, running statistics, power iterations and the random state after it."""
    usual = trained(blocks().train(training), save_memory=False)
    saved = trained(blocks().train(training), save_memory=True)
    assert usual.keys() == saved.keys()
    assert sum(name.startswith("gradient of") for name in usual) == 2 + 14
    for name in usual:
        torch.testing.assert_close(saved[name], usual[name], rtol=1e-6, atol=1e-6, msg=name)
    exact = [n for n in usual if n.startswith(("output", "buffer", "random"))]
    assert all(torch.equal(saved[name], usual[name]) for name in exact)


def test_a_second_pass_alone_would_move_the_buffers_twice() -> None:
    """What is guarded against: the tests here would see it."""
    layer = nn.BatchNorm2d(4)
    output = checkpoint(layer, normal(3, 4, 4, 4), use_reentrant=False)
    output.sum().backward()
    assert layer.num_batches_tracked.item() == 2
    layer = nn.BatchNorm2d(4)
    run(layer, normal(3, 4, 4, 4), save_memory=True).sum().backward()
    assert layer.num_batches_tracked.item() == 1


def test_the_buffers_stay_the_same_tensors() -> None:
    module = blocks()
    before = dict(module.named_buffers())
    trained(module, save_memory=True)
    assert all(buffer is before[name] for name, buffer in module.named_buffers())
    assert list(module.state_dict()) == list(blocks().state_dict())


def test_a_fault_in_the_second_pass_leaves_the_buffers_in_place() -> None:
    class Once(nn.BatchNorm2d):
        passes = 0

        def forward(self, input: Tensor) -> Tensor:
            self.passes += 1
            if self.passes > 1:
                raise RuntimeError("twice")
            return super().forward(input)

    layer = Once(4)
    mean = layer.running_mean
    output = run(layer, normal(3, 4, 4, 4), save_memory=True)
    with pytest.raises(RuntimeError, match="twice"):
        output.sum().backward()
    assert layer.running_mean is mean


def test_it_goes_with_the_trainers_way_to_differentiate() -> None:
    """For some parameters only, and twice through the same pass."""
    one, other = blocks().eval(), blocks().eval()
    gradients: list[list[Tensor]] = []
    for module, save_memory in ((one, False), (other, True)):
        wanted = list(module[0].parameters())
        output = run_each(module, normal(3, 4, 4, 4), save_memory)
        output.sum().backward(inputs=wanted, retain_graph=True)
        output.square().sum().backward(inputs=wanted)
        assert all(p.grad is None for p in module[2].parameters())
        gradients.append([p.grad for p in wanted if p.grad is not None])
    assert len(gradients[0]) == 3
    torch.testing.assert_close(gradients[1], gradients[0])


def test_autocast_is_that_of_the_first_pass() -> None:
    def gradient(save_memory: bool) -> Tensor:
        module = blocks().eval()
        with torch.autocast("cpu", torch.bfloat16):
            output = run_each(module, normal(3, 4, 4, 4), save_memory)
        output.float().sum().backward()
        weight: Any = module[0][0].weight
        return weight.grad

    torch.testing.assert_close(gradient(True), gradient(False), rtol=0, atol=0)


def kept_bytes(save_memory: bool) -> int:
    """Return the size of all that a pass keeps for the backward pass, weights aside."""
    module = nn.Sequential(*(ResidualBlock(8) for _ in range(4)))
    weights = {p.data_ptr() for p in module.parameters()}
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in weights:
            kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        x = normal(4, 8, 16, 16).requires_grad_()
        output = run_each(module, x, save_memory)
    assert output.requires_grad
    return sum(kept.values())


def test_little_is_kept() -> None:
    one_map = 4 * 8 * 16 * 16 * 4
    assert kept_bytes(save_memory=False) > 4 * 3 * one_map
    assert kept_bytes(save_memory=True) <= 4 * one_map


def test_nothing_is_prepared_where_nothing_is_differentiated() -> None:
    module = blocks().requires_grad_(False)
    for parameter in module.parameters():
        assert not parameter.requires_grad
    seen: list[Tensor] = []
    module.register_forward_hook(lambda _, __, out: seen.append(out))
    assert not run(module, normal(3, 4, 4, 4), save_memory=True).requires_grad
    with torch.no_grad():
        assert not run(blocks(), normal(3, 4, 4, 4), save_memory=True).requires_grad
    assert len(seen) == 1


def test_spectral_normalisation_divides_by_what_the_first_pass_divided_by() -> None:
    def gradients(save_memory: bool) -> list[Tensor]:
        torch.manual_seed(0)
        layer = spectral_norm(nn.Conv2d(4, 8, 3))
        twin = copy.deepcopy(layer)
        first = run(layer, normal(3, 4, 4, 4), save_memory)
        for _ in range(5):
            layer(normal(3, 4, 4, 4))  # power iterations between both passes of the first
        (first * normal(*first.shape)).sum().backward()
        assert not torch.equal(next(layer.buffers()), next(twin.buffers()))
        return [p.grad for p in layer.parameters() if p.grad is not None]

    torch.testing.assert_close(gradients(True), gradients(False), rtol=0, atol=0)


def test_a_weight_that_is_made_once_an_update_is_the_same_in_every_pass() -> None:
    """As a discriminator that looks at two pictures, and is penalised within the update."""

    def gradients(save_memory: bool) -> list[Tensor]:
        torch.manual_seed(0)
        layer = spectral_norm(nn.Conv2d(4, 8, 3))
        judge = nn.Sequential(layer, nn.Softplus())
        images = [normal(3, 4, 4, 4, seed=seed).requires_grad_() for seed in (1, 2)]
        with parametrize.cached():
            seen = [run(judge, image, save_memory) for image in images]
            total = seen[0].sum() - seen[1].square().sum()
            (slope,) = torch.autograd.grad(seen[1].sum(), images[1], create_graph=True)
            total = total + slope.square().sum()
        total.backward()
        assert "forward" not in layer.parametrizations.weight.__dict__
        found = [*images, *layer.parameters()]
        return [*(one.grad for one in found if one.grad is not None), *layer.buffers()]

    usual, saved = gradients(False), gradients(True)
    assert len(usual) == 2 + 2 + 2
    torch.testing.assert_close(saved, usual, rtol=0, atol=0)


@pytest.mark.parametrize("frozen", [False, True], ids=["trained", "frozen"])
def test_a_block_of_several_inputs_and_outputs_is_as_without(frozen: bool) -> None:
    cell = ConvGRUCell(3).requires_grad_(not frozen)
    found = []
    for save_memory in (False, True):
        x = normal(2, 3, 4, 4)
        state = normal(2, 3, 4, 4, seed=1).requires_grad_()
        _, following = run(cell, x, save_memory, state)
        cell.zero_grad()
        (following * normal(2, 3, 4, 4, seed=2)).sum().backward()
        found.append([following.detach(), state.grad, *(p.grad for p in cell.parameters())])
    for usual, saved in zip(*found, strict=True):
        assert (usual is None) == (saved is None)
        if usual is not None:
            torch.testing.assert_close(saved, usual)
