"""Read a file of weights that a user names, and put it into the network that it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from attrs import field, frozen
from torch import Tensor, nn

from painterkit.errors import Problem, WrongInput

COUNTER = "num_batches_tracked"
"""A buffer of batch normalisation that older files lack; nothing reads it in eval mode."""

SHOWN = 3
"""How many keys a message names of each kind."""


@frozen
class Weights:
    """A file's tensors by name, and the SHA-256 of its bytes."""

    path: Path
    tensors: Mapping[str, Tensor] = field(repr=False)
    sha256: str


def read_weights(path: Path, where: str) -> Weights:
    """Read a state_dict that torch.save wrote, on the CPU, running no code from it.

    `where` names the setting. Raises WrongInput where there is no file, where it is cut short,
    or where it holds anything but tensors by name.
    """
    if not path.is_file():
        raise WrongInput(
            Problem(where, f"there is no file {path}", "give the path of a file that you have")
        )
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        held: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch has no one error for a file that it cannot read
        raise WrongInput(
            Problem(
                where,
                f"{path} cannot be read as weights ({type(error).__name__}): it is cut short, or "
                "holds more than weights",
                "compare its size with the original's, or give a state_dict saved by torch.save",
            )
        ) from error
    if not isinstance(held, Mapping) or not all(isinstance(one, Tensor) for one in held.values()):
        raise WrongInput(
            Problem(
                where,
                f"{path} holds something else than tensors by name",
                "give a state_dict, as torch.save(network.state_dict(), path) writes it",
            )
        )
    return Weights(path, dict(held), digest)


def load_into(network: nn.Module, weights: Weights) -> nn.Module:
    """Put weights that fit into a network made on the device "meta"; return it in eval mode."""
    wanted = network.state_dict()
    given = {name: tensor.float() for name, tensor in weights.tensors.items()}
    counters = {name: torch.tensor(0) for name in wanted if name.endswith(COUNTER)}
    network.load_state_dict({**given, **counters}, assign=True)
    return network.eval().requires_grad_(False)


def check_fit(wanted: Mapping[str, Tensor], weights: Weights, where: str, hint: str) -> None:
    """Raise WrongInput naming the keys and shapes of a file that are not those wanted."""
    given = weights.tensors
    missing = [name for name in wanted if name not in given and not name.endswith(COUNTER)]
    unknown = [name for name in given if name not in wanted]
    reshaped = [
        f"{name}, {_shape(given[name])} in place of {_shape(tensor)}"
        for name, tensor in wanted.items()
        if name in given and given[name].shape != tensor.shape
    ]
    faults = [
        f"{word} {_some(names)}"
        for word, names in (("lacks", missing), ("has besides", unknown), ("differs in", reshaped))
        if names
    ]
    if faults:
        what = f"{weights.path} holds other weights than the network's: it {'; it '.join(faults)}"
        raise WrongInput(Problem(where, what, hint))


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _shape(tensor: Tensor) -> str:
    return " x ".join(map(str, tensor.shape)) or "one number"
