from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from painterkit.training.ema import Average


def network() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        # A bias before batch normalisation has no gradient but what rounding leaves.
        return nn.Sequential(nn.Linear(4, 5, bias=False), nn.BatchNorm1d(5), nn.Linear(5, 2))


def tensors_of(module: nn.Module) -> dict[str, Tensor]:
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def train(module: nn.Module, steps: int, after: Callable[[], None]) -> None:
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    for step in range(steps):
        given = torch.randn(6, 4, generator=torch.Generator().manual_seed(step))
        module(given).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        after()


def copies(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def test_parameters_and_buffers_follow_a_slow_loop() -> None:
    module = network()
    live = tensors_of(module)
    average, slow = Average(live, decay=0.9), copies(live)

    def update() -> None:
        average.update()
        for name, tensor in live.items():
            if tensor.is_floating_point():
                slow[name] = 0.9 * slow[name] + 0.1 * tensor.detach()
            else:
                slow[name] = tensor.clone()

    train(module, 7, update)
    assert "1.running_mean" in slow
    for name, expected in slow.items():
        torch.testing.assert_close(average.tensors[name], expected, rtol=1e-5, atol=1e-6)
        if expected.is_floating_point():
            assert not torch.equal(average.tensors[name], live[name]), name
    assert average.tensors["1.num_batches_tracked"].item() == 7


def test_the_average_is_lent_and_the_weights_are_given_back_bit_for_bit() -> None:
    module = network()
    average = Average(tensors_of(module), decay=0.9)
    train(module, 5, average.update)
    before = copies(tensors_of(module))
    with average.applied():
        for name, tensor in tensors_of(module).items():
            assert torch.equal(tensor, average.tensors[name])
    for name, tensor in tensors_of(module).items():
        assert torch.equal(tensor, before[name]), name
    assert all(parameter.requires_grad for parameter in module.parameters())


def test_the_weights_are_given_back_after_a_failure_too() -> None:
    module = network()
    average = Average(tensors_of(module), decay=0.9)
    train(module, 2, average.update)
    before = copies(tensors_of(module))
    with pytest.raises(RuntimeError, match="while drawing"), average.applied():
        raise RuntimeError("while drawing")
    assert all(torch.equal(tensor, before[name]) for name, tensor in tensors_of(module).items())


def test_what_drawing_does_to_buffers_is_taken_back() -> None:
    module = network()
    average = Average(tensors_of(module), decay=0.9)
    train(module, 2, average.update)
    before, kept = copies(tensors_of(module)), copies(average.tensors)
    with average.applied(), torch.no_grad():
        module(torch.randn(6, 4))
    assert all(torch.equal(tensor, before[name]) for name, tensor in tensors_of(module).items())
    assert all(torch.equal(average.tensors[name], kept[name]) for name in kept)


def test_training_goes_on_as_if_the_average_had_never_been_lent() -> None:
    lent, plain = network(), network()
    average, other = Average(tensors_of(lent), 0.9), Average(tensors_of(plain), 0.9)

    def update_and_lend() -> None:
        average.update()
        with average.applied(), torch.no_grad():
            lent(torch.randn(6, 4))

    train(lent, 4, update_and_lend)
    train(plain, 4, other.update)
    for one, two in ((tensors_of(lent), tensors_of(plain)), (average.tensors, other.tensors)):
        assert all(torch.equal(one[name], two[name]) for name in one)


def test_adopting_makes_the_average_the_weights() -> None:
    module = network()
    average = Average(tensors_of(module), decay=0.9)
    train(module, 5, average.update)
    average.adopt()
    for name, tensor in tensors_of(module).items():
        assert torch.equal(tensor, average.tensors[name])
        assert tensor.data_ptr() != average.tensors[name].data_ptr(), name


def test_an_average_is_restored_and_goes_on() -> None:
    module = network()
    average = Average(tensors_of(module), decay=0.9)
    train(module, 5, average.update)
    other = Average(tensors_of(module), decay=0.9)
    other.restore(copies(average.tensors))
    for one in (average, other):
        one.update()
    assert all(torch.equal(average.tensors[n], other.tensors[n]) for n in average.tensors)


def test_at_the_start_the_average_is_the_weights() -> None:
    live = tensors_of(network())
    average = Average(live, decay=0.9)
    for name, tensor in average.tensors.items():
        assert torch.equal(tensor, live[name])
        assert not tensor.requires_grad
