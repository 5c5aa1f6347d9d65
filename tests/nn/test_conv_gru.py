"""The cells against the equations, computed number by number."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from painterkit.nn.conv_gru import ConvGRUCell, ConvLSTMCell

CHANNELS, HEIGHT, WIDTH = 3, 4, 5

Place = tuple[int, int]
"""Row and column of a map."""


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def seeded(make: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return make().double()


def sigmoid(number: float) -> float:
    return 1 / (1 + math.exp(-number))


def convolved(layer: nn.Conv2d, row: int, given: list[Tensor], at: Place) -> float:
    """Return one number of W * [first, second] + b: output channel `row` at one place.

    `given` are maps [C, H, W]; what lies outside of them is 0.
    """
    channels = [channel for one in given for channel in one]
    middle = layer.kernel_size[0] // 2
    total = 0.0 if layer.bias is None else layer.bias[row].item()
    for channel, numbers in enumerate(channels):
        for down in range(layer.kernel_size[0]):
            for right in range(layer.kernel_size[1]):
                y, x = at[0] + down - middle, at[1] + right - middle
                if 0 <= y < HEIGHT and 0 <= x < WIDTH:
                    weight = layer.weight[row, channel, down, right].item()
                    total += weight * numbers[y, x].item()
    return total


def each(compute: Callable[[int, Place], float]) -> Tensor:
    """Compute [C, H, W] number by number."""
    return torch.tensor(
        [
            [[compute(channel, (y, x)) for x in range(WIDTH)] for y in range(HEIGHT)]
            for channel in range(CHANNELS)
        ],
        dtype=torch.float64,
    )


def slow_gru(cell: ConvGRUCell, x: Tensor, h: Tensor) -> dict[str, Tensor]:
    """Equation 1, for one picture."""
    gates, candidate = cell.update_and_reset, cell.candidate
    z = each(lambda c, at: sigmoid(convolved(gates, c, [h, x], at)))
    r = each(lambda c, at: sigmoid(convolved(gates, CHANNELS + c, [h, x], at)))
    kept = each(lambda c, at: r[c, *at].item() * h[c, *at].item())
    new = each(lambda c, at: math.tanh(convolved(candidate, c, [kept, x], at)))
    following = each(lambda c, at: ((1 - z[c, *at]) * h[c, *at] + z[c, *at] * new[c, *at]).item())
    return {"update": z, "reset": r, "output": following, "state": following}


def slow_lstm(cell: ConvLSTMCell, x: Tensor, state: Tensor) -> dict[str, Tensor]:
    h, c = state[:CHANNELS], state[CHANNELS:]
    gates, candidate = cell.input_forget_output, cell.candidate
    i, f, o = (
        each(lambda n, at, k=k: sigmoid(convolved(gates, k * CHANNELS + n, [h, x], at)))
        for k in range(3)
    )
    g = each(lambda n, at: math.tanh(convolved(candidate, n, [h, x], at)))
    kept = each(lambda n, at: (f[n, *at] * c[n, *at] + i[n, *at] * g[n, *at]).item())
    output = each(lambda n, at: o[n, *at].item() * math.tanh(kept[n, *at].item()))
    state = torch.cat([output, kept])
    return {"input": i, "forget": f, "output gate": o, "output": output, "state": state}


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("kernel", [1, 3])
def test_the_gru_is_equation_1_as_printed(kernel: int, bias: bool) -> None:
    cell = seeded(lambda: ConvGRUCell(CHANNELS, kernel, bias))
    assert isinstance(cell, ConvGRUCell)
    x = normal(2, CHANNELS, HEIGHT, WIDTH).double()
    h = normal(2, CHANNELS, HEIGHT, WIDTH, seed=1).double()
    output, following = cell(x, h)
    for row in range(2):
        expected = slow_gru(cell, x[row], h[row])
        torch.testing.assert_close(output[row], expected["output"])
        torch.testing.assert_close(following[row], expected["state"])
        for name, gate in cell.gates(x, h).items():
            torch.testing.assert_close(gate[row], expected[name])


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("kernel", [1, 3])
def test_the_lstm_is_the_equations_of_its_docstring(kernel: int, bias: bool) -> None:
    cell = seeded(lambda: ConvLSTMCell(CHANNELS, kernel, bias))
    assert isinstance(cell, ConvLSTMCell)
    x = normal(2, CHANNELS, HEIGHT, WIDTH).double()
    state = normal(2, 2 * CHANNELS, HEIGHT, WIDTH, seed=1).double()
    output, following = cell(x, state)
    gates = cell.gates(x, state)
    assert list(gates) == ["input", "forget", "output"]
    for row in range(2):
        expected = slow_lstm(cell, x[row], state[row])
        torch.testing.assert_close(output[row], expected["output"])
        torch.testing.assert_close(following[row], expected["state"])
        torch.testing.assert_close(gates["input"][row], expected["input"])
        torch.testing.assert_close(gates["forget"][row], expected["forget"])
        torch.testing.assert_close(gates["output"][row], expected["output gate"])


def test_the_lstm_of_one_place_is_pytorchs() -> None:
    cell = seeded(lambda: ConvLSTMCell(CHANNELS))
    assert isinstance(cell, ConvLSTMCell)
    theirs = nn.LSTMCell(CHANNELS, CHANNELS).double()
    (i, f, o), g = cell.input_forget_output.weight.chunk(3), cell.candidate.weight
    assert cell.input_forget_output.bias is not None
    assert cell.candidate.bias is not None
    (bi, bf, bo), bg = cell.input_forget_output.bias.chunk(3), cell.candidate.bias
    with torch.no_grad():  # PyTorch's order of the gates
        of_both = torch.cat([i, f, g, o])[:, :, 0, 0]
        theirs.weight_hh.copy_(of_both[:, :CHANNELS])
        theirs.weight_ih.copy_(of_both[:, CHANNELS:])
        theirs.bias_hh.copy_(torch.cat([bi, bf, bg, bo]))
        theirs.bias_ih.zero_()
    x, h, c = (normal(6, CHANNELS, seed=n).double() for n in range(3))
    output, following = cell(x[:, :, None, None], torch.cat([h, c], dim=1)[:, :, None, None])
    hidden, kept = theirs(x, (h, c))
    torch.testing.assert_close(output[:, :, 0, 0], hidden)
    torch.testing.assert_close(following[:, :, 0, 0], torch.cat([hidden, kept], dim=1))


def test_the_update_gate_says_how_much_becomes_new() -> None:
    """In torch.nn.GRU it is the other way round."""
    cell = ConvGRUCell(CHANNELS)
    x, h = normal(2, CHANNELS, 4, 4), normal(2, CHANNELS, 4, 4, seed=1)
    with torch.no_grad():
        cell.update_and_reset.weight.zero_()
        assert cell.update_and_reset.bias is not None
        cell.update_and_reset.bias.fill_(-50.0)
        torch.testing.assert_close(cell(x, h)[1], h)
        cell.update_and_reset.bias.fill_(50.0)
        candidate = torch.tanh(cell.candidate(torch.cat([h, x], dim=1)))
        torch.testing.assert_close(cell(x, h)[1], candidate)


@pytest.mark.parametrize(("make", "sums"), [(ConvGRUCell, 3), (ConvLSTMCell, 4)])
def test_parameters_are_those_of_the_equations(
    make: type[ConvGRUCell] | type[ConvLSTMCell], sums: int
) -> None:
    def count(cell: nn.Module) -> int:
        return sum(parameter.numel() for parameter in cell.parameters())

    assert count(make(5)) == sums * (2 * 5 * 5 + 5)
    assert count(make(5, bias=False)) == sums * 2 * 5 * 5
    assert count(make(5, kernel=3)) == sums * (2 * 5 * 5 * 9 + 5)


@pytest.mark.parametrize("make", [ConvGRUCell, ConvLSTMCell])
def test_weights_and_biases_start_as_those_of_pytorchs_convolutions(
    make: type[ConvGRUCell] | type[ConvLSTMCell],
) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        cell = make(32)
    bound = 1 / math.sqrt(2 * 32)
    for parameter in cell.parameters():
        assert 0.9 * bound < parameter.abs().max().item() <= bound


@pytest.mark.parametrize("make", [ConvGRUCell, ConvLSTMCell])
def test_gates_lie_between_0_and_1_and_the_first_state_is_zeros(
    make: type[ConvGRUCell] | type[ConvLSTMCell],
) -> None:
    cell = make(CHANNELS)
    x = normal(2, CHANNELS, 4, 4)
    state = torch.zeros(2, cell.state_channels, 4, 4)
    for gate in cell.gates(x, state).values():
        assert gate.shape == x.shape
        assert bool(((gate > 0) & (gate < 1)).all())
    output, following = cell(x, state)
    assert (output.shape, following.shape) == (x.shape, state.shape)


@pytest.mark.parametrize("make", [ConvGRUCell, ConvLSTMCell])
def test_a_state_takes_the_type_of_what_comes_in(
    make: type[ConvGRUCell] | type[ConvLSTMCell],
) -> None:
    """So that a training in bfloat16 keeps the states of its turns in half the memory."""
    cell = make(CHANNELS)
    x = normal(2, CHANNELS, 4, 4)
    state = normal(2, cell.state_channels, 4, 4, seed=1)
    with torch.autocast("cpu", torch.bfloat16):
        output, following = cell(x.bfloat16(), state)
    assert (output.dtype, following.dtype) == (torch.bfloat16, torch.bfloat16)
    torch.testing.assert_close(following.float(), cell(x, state)[1], rtol=0.05, atol=0.05)
