from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from painterkit.data.texts import encode
from painterkit.errors import WrongInput
from painterkit.roles import Role
from painterkit_chatpainter.char_cnn_rnn.encoder import CharCNNRNN
from painterkit_chatpainter.char_cnn_rnn_settings import CharCNNRNNSettings

Build = Callable[..., Any]

TEXTS = ["a small red bird", "two dogs"]
SMALL: dict[str, Any] = {"channels": [6, 7, 8], "width": 5}


def trained(recurrence: str = "gru") -> CharCNNRNN:
    torch.manual_seed(5)
    encoder = CharCNNRNN(
        CharCNNRNNSettings(channels=(6, 7, 8), width=5, recurrence=recurrence)  # pyright: ignore
    )
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.4)
    return encoder


def port_weights(encoder: CharCNNRNN, separator: str = "_") -> dict[str, Tensor]:
    """The same network under the names of the PyTorch port: six layers where we have three."""
    state, found = encoder.state_dict(), {}
    for kind in ("weight", "bias"):
        for number in (1, 2, 3):
            found[f"conv{number}{separator}{kind}"] = state[f"convolutions.{number - 1}.{kind}"]
        found[f"emb_proj{separator}{kind}"] = state[f"projection.{kind}"]
        if encoder.settings.recurrence == "relu":
            pieces = {
                "i2h": state[f"recurrence.inputs.{kind}"],
                "h2h": state[f"recurrence.hidden.{kind}"],
            }
        else:
            inputs = state[f"recurrence.inputs.{kind}"].chunk(3)
            gates = state[f"recurrence.gates.{kind}"].chunk(2)
            pieces = {
                "i2h_update": inputs[0],
                "i2h_reset": inputs[1],
                "i2h": inputs[2],
                "h2h_update": gates[0],
                "h2h_reset": gates[1],
                "h2h": state[f"recurrence.candidate.{kind}"],
            }
        for name, tensor in pieces.items():
            found[f"rnn{separator}{name}{separator}{kind}"] = tensor.clone()
    return found


def read(build: Build, path: Path, **settings: Any) -> CharCNNRNN:
    return build(Role.TEXT_ENCODER, "char-cnn-rnn", {**SMALL, "file": str(path), **settings})


def test_our_own_weights_in_safetensors(build: Build, tmp_path: Path) -> None:
    encoder, path = trained(), tmp_path / "w.safetensors"
    save_file(encoder.state_dict(), path)
    again = read(build, path)
    np.testing.assert_array_equal(encode(again, TEXTS), encode(encoder, TEXTS))
    assert again.fingerprint == encoder.fingerprint


@pytest.mark.parametrize("recurrence", ["gru", "relu"])
@pytest.mark.parametrize("separator", ["_", "."])
@pytest.mark.parametrize("zipped", [True, False])
def test_the_ports_extracted_files_and_state_dicts(
    build: Build, tmp_path: Path, recurrence: str, separator: str, zipped: bool
) -> None:
    encoder, path = trained(recurrence), tmp_path / "lm_sje.pth"
    torch.save(
        port_weights(encoder, separator), path, _use_new_zipfile_serialization=zipped
    )  # not zipped: as PyTorch wrote files before 1.6
    again = read(build, path, recurrence=recurrence)
    np.testing.assert_array_equal(encode(again, TEXTS), encode(encoder, TEXTS))


def test_on_the_meta_device_a_file_is_checked_and_not_copied(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file(trained().state_dict(), path)
    with torch.device("meta"):
        encoder = read(build, path)
        assert encoder.projection.weight.is_meta
        with pytest.raises(WrongInput):
            read(build, path, width=6)


def problems(build: Build, path: Path, **settings: Any) -> str:
    with pytest.raises(WrongInput) as raised:
        read(build, path, **settings)
    return str(raised.value)


def test_a_missing_file_is_named(build: Build, tmp_path: Path) -> None:
    [problem] = read(build, tmp_path / "none.pth").lacks()
    said = str(problem)
    assert said.startswith(f"{tmp_path / 'none.pth'}   there is no such file of weights")
    assert "author_files.md" in said
    settings = {**SMALL, "file": str(tmp_path / "none.pth")}
    assert build(Role.TEXT_ENCODER, "char-cnn-rnn", settings, restoring=True).lacks() == ()


def test_other_sizes_are_told_all_at_once(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file(trained().state_dict(), path)
    said = problems(build, path, width=6, channels=[6, 7, 9]).splitlines()
    assert len(said) > 3
    assert f"{path}   'projection.weight' is [5, 8], and the encoder's is [6, 9]; give" in str(said)


def test_the_other_recurrence_is_told(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save(port_weights(trained("relu")), path)
    said = problems(build, path)
    assert "has no recurrence.candidate.bias, recurrence.candidate.weight" in said
    assert "give it the recurrence of the network that was trained" in said


def test_other_networks_are_told(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"linear.weight": torch.zeros(2)}, path)
    assert "has no convolutions.0.bias" in problems(build, path)


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
@pytest.mark.parametrize("content", [b"", b"not a file of weights", os.urandom(4000)])
def test_a_damaged_file_is_told(build: Build, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert str(path) in problems(build, path)


class Harmful:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.trace}",)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pth_file_runs_nothing(build: Build, tmp_path: Path, zipped: bool) -> None:
    path, trace = tmp_path / "w.pth", tmp_path / "trace"
    torch.save({"w": Harmful(trace)}, path, _use_new_zipfile_serialization=zipped)
    assert "may hold tensors by name and nothing else" in problems(build, path)
    assert not trace.exists()


def test_a_pth_file_of_something_else_is_told(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save([torch.zeros(1)], path)
    assert "does not hold tensors by name" in problems(build, path)
