"""The conversion from Torch7 that the documentation shows, on a network built as Torch7 has it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from painterkit.data.texts import encode
from painterkit.roles import Role
from painterkit_chatpainter.char_cnn_rnn.encoder import CharCNNRNN
from painterkit_chatpainter.char_cnn_rnn_settings import CharCNNRNNSettings

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "author_files.md"
Build = Callable[..., Any]


def layer(weight: Tensor, bias: Tensor) -> SimpleNamespace:
    return SimpleNamespace(weight=weight.detach().double().numpy(), bias=bias.detach().numpy())


def temporal(convolution: nn.Module) -> SimpleNamespace:
    """TemporalConvolution: a row of the weight runs over four places, and over inputs in each."""
    assert isinstance(convolution, nn.Conv1d)
    assert convolution.bias is not None
    rows = [
        torch.cat([convolution.weight[out, :, place] for place in range(4)])
        for out in range(convolution.out_channels)
    ]
    return layer(torch.stack(rows), convolution.bias)


def torch7(encoder: CharCNNRNN) -> SimpleNamespace:
    """The network as nngraph lists it; what has no weights is None."""
    first, second, third = map(temporal, encoder.convolutions)
    gru = encoder.recurrence
    width = encoder.settings.channels[2]
    inputs = [layer(*pair) for pair in zip(*pieces(gru.inputs, width), strict=True)]
    gates = [layer(*pair) for pair in zip(*pieces(gru.gates, width), strict=True)]
    recurrent: list[SimpleNamespace | None] = [None] * 20
    placed = {
        1: inputs[2],
        4: inputs[0],
        5: gates[0],
        9: inputs[1],
        10: gates[1],
        14: layer(gru.candidate.weight, gru.candidate.bias),
    }
    for place, one in placed.items():
        recurrent[place] = SimpleNamespace(modules=[one])
    convolved = SimpleNamespace(modules=[first, None, None, second, None, None, third, None])
    projection = layer(encoder.projection.weight, encoder.projection.bias)
    return SimpleNamespace(
        modules=[None, convolved, None, SimpleNamespace(modules=recurrent), None, projection]
    )


def pieces(linear: nn.Module, width: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    assert isinstance(linear, nn.Linear)
    return linear.weight.split(width), linear.bias.split(width)


@pytest.mark.parametrize("whole", [True, False], ids=["COCO", "birds"])
def test_the_page_converts_a_network(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    torch.manual_seed(2)
    encoder = CharCNNRNN(CharCNNRNNSettings(channels=(6, 7, 8), width=5))
    nn.init.normal_(encoder.convolutions[0].bias)
    net: Any = torch7(encoder)
    reader = ModuleType("torchfile")
    reader.load = lambda path: net if whole else {b"protos": {b"enc_doc": net}}  # pyright: ignore
    monkeypatch.setitem(sys.modules, "torchfile", reader)
    monkeypatch.chdir(tmp_path)
    [code] = [
        block.partition("```")[0]
        for block in PAGE.read_text(encoding="utf-8").split("```python\n")[1:]
        if "import torchfile" in block
    ]
    exec(compile(code, str(PAGE), "exec"), {})
    table = {"channels": [6, 7, 8], "width": 5, "file": "coco_gru18.pth"}
    again = build(Role.TEXT_ENCODER, "char-cnn-rnn", table)
    texts = ["a red bird", "two dogs on a bench"]
    np.testing.assert_allclose(encode(again, texts), encode(encoder, texts), atol=1e-7)
