"""Weights of a char-CNN-RNN from a file: painterkit's own, or the PyTorch port's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput

HELP = "docs/how-to/author_files.md tells which files are read"

PORT_LAYERS: Mapping[str, tuple[str, ...]] = {
    "convolutions.0": ("conv1",),
    "convolutions.1": ("conv2",),
    "convolutions.2": ("conv3",),
    "projection": ("emb_proj",),
}
PORT_RECURRENCE: Mapping[str, tuple[str, ...]] = {
    "recurrence.inputs": ("rnn_i2h_update", "rnn_i2h_reset", "rnn_i2h"),
    "recurrence.gates": ("rnn_h2h_update", "rnn_h2h_reset"),
    "recurrence.candidate": ("rnn_h2h",),
}
PORT_PLAIN_RECURRENCE: Mapping[str, tuple[str, ...]] = {
    "recurrence.inputs": ("rnn_i2h",),
    "recurrence.hidden": ("rnn_h2h",),
}
"""Our layers, and those of martinduartemore/char_cnn_rnn_pytorch that lie in them, in order.

Its extracted files are named so; its state dicts have a dot for some of the underscores.
"""


def load_weights(encoder: nn.Module, path: Path) -> None:
    """Put the weights of a file into an encoder.

    Raises WrongInput where the file is missing, cannot be read, or holds other layers or sizes.
    """
    weights = with_our_names(read_weights(path))
    wanted = encoder.state_dict()
    problems = list(_misfits(path, weights, wanted))
    if problems:
        raise WrongInput(problems)
    if not any(tensor.is_meta for tensor in wanted.values()):
        encoder.load_state_dict({name: weights[name] for name in wanted})


def read_weights(path: Path) -> Mapping[str, Tensor]:
    """Return the tensors of a .safetensors file, or of a state dict that torch saved."""
    if not path.is_file():
        raise WrongInput(Problem(str(path), "there is no such file of weights", HELP))
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, SafetensorError) as error:
        raise WrongInput(Problem(str(path), f"cannot be read: {error}", HELP)) from error
    except Exception as error:  # a damaged file makes torch's reader raise anything at all
        raise WrongInput(
            Problem(
                str(path),
                "is no state dict: a .pth file may hold tensors by name and nothing else",
                HELP,
            )
        ) from error
    if not isinstance(state, Mapping) or not all(isinstance(t, Tensor) for t in state.values()):
        raise WrongInput(Problem(str(path), "does not hold tensors by name", HELP))
    return {str(name): tensor for name, tensor in state.items()}


def with_our_names(weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Return the port's weights under our names; any others as they are."""
    port = {name.replace(".", "_"): tensor for name, tensor in weights.items()}
    if "emb_proj_weight" not in port:
        return weights
    plain = "rnn_i2h_update_weight" not in port
    layers = {**PORT_LAYERS, **(PORT_PLAIN_RECURRENCE if plain else PORT_RECURRENCE)}
    found: dict[str, Tensor] = {}
    for layer, names in layers.items():
        for kind in ("weight", "bias"):
            pieces = [port[f"{name}_{kind}"] for name in names if f"{name}_{kind}" in port]
            if len(pieces) == len(names) and len({piece.shape[1:] for piece in pieces}) == 1:
                found[f"{layer}.{kind}"] = torch.cat(pieces)
    return found


def _misfits(
    path: Path, weights: Mapping[str, Tensor], wanted: Mapping[str, Tensor]
) -> Iterator[Problem]:
    missing = sorted(wanted.keys() - weights.keys())
    if missing:
        yield Problem(
            str(path),
            f"has no {', '.join(missing)}",
            "give it the recurrence of the network that was trained"
            if len(missing) < len(wanted)
            else HELP,
        )
    for name in sorted(wanted.keys() & weights.keys()):
        has, needs = list(weights[name].shape), list(wanted[name].shape)
        if has != needs:
            yield Problem(
                str(path),
                f"'{name}' is {has}, and the encoder's is {needs}",
                "give the encoder the channels and the width of the network that was trained",
            )
